"""What leads from marks to moved files: the companions and the questions with numbers."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.plan import Companion, Plan, join_plans
from dpm_tui.text_format import similarity
from dpm_tui.tui.screens.commands.move_commands import MoveCommands, counted
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import ApplyPlan, BatchDone, FindCompanions, PlanData

T = TypeVar("T")

AT_ONCE = 3000
"""So many groups or files are worked through before anybody notices."""
_ENDINGS_SHOWN = 3


class PlanCommands(MoveCommands):
    """Commands for a screen that applies a plan."""

    _finding: asyncio.Task[object] | None = None

    async def find_plan(self) -> Plan:
        """Return the moves that the marks amount to, with the companions that go where they go."""
        own = asyncio.current_task()
        if self._finding is not None:
            self._finding.cancel()
        self._finding = own
        try:
            return await self._find_plan()
        finally:
            if self._finding is own:
                self._finding = None

    def stops_files(self) -> bool:
        """Give up the search for a plan, or have the files that move stop; tell whether there was either."""
        if self._finding is None:
            return super().stops_files()
        self._finding.cancel()
        self.prompt.say(translate("tui.plan_dropped"))
        return True

    async def _find_plan(self) -> Plan:
        removed = self.session.marks.removed
        if len(removed) > AT_ONCE:
            self.prompt.say(translate("tui.planning", count=len(removed)))
        plan, _ = await work(len(removed), self.session.plan)
        if self.session.config.companions == "never":
            self.prompt.say("")
            return plan
        found: list[Plan] = []
        for part in plan.parts():
            done = sum(len(each.moves) for each in found)
            self.prompt.say(translate("tui.finding_companions", done=done, total=len(plan.moves)))
            found.append((await self.app.link.ask(FindCompanions(part), PlanData)).plan)
        self.prompt.say("")
        # Marks may have changed while the worker looked.
        marked = set(self.session.library.paths(self.session.marks.removed).values())
        return Plan(tuple(move for move in join_plans(found).moves if move.victim.path in marked))

    async def settle_orphans(self, plan: Plan) -> Plan | None:
        """Ask what becomes of companions that exist nowhere else; None where nothing is to be moved."""
        if not plan.moves:
            self.prompt.say(translate("tui.need_marks"))
            return None
        if not plan.orphans or self.session.config.companions != "ask":
            return plan
        match await self.prompt.choose(self._orphans_question(plan), "tps"):
            case "t":
                return plan
            case "p":
                return plan.alone()
            case "s":
                rest, _ = plan.split_orphans()
                if not rest.moves:
                    self.prompt.say(translate("tui.plan_emptied"))
                return rest if rest.moves else None
        return None

    async def confirm(self, plan: Plan, keys: str = "y") -> str:
        """Ask before a plan, with its numbers, unless the settings say not to; return the key."""
        if not self.session.config.confirm:
            return "y"
        return await self.prompt.choose(self._question(plan, can_list="l" in keys), keys)

    async def move_to_bin(self, plan: Plan) -> None:
        """Have a plan applied and say what became of it."""
        ids = {path: id_ for id_, path in self.session.library.paths(self.session.marks.removed).items()}
        result = (await self.move_files(ApplyPlan(plan), BatchDone, len(plan.moves))).result
        if result.moved:
            self.session.settle((ids[path] for path in result.moved if path in ids), result)
        words = counted("tui.moved", len(result.moved), len(result.companions), size=long_size(result.size))
        self.report(words, result.skipped)
        self.app.refresh_soon()
        await self.read_bin()

    def _question(self, plan: Plan, *, can_list: bool) -> str:
        """Return the question before a plan in as many words as there is room for."""
        kinds = Counter(move.kind for move in plan.moves)
        doubtful = [kind for kind in (Kind.VARIANT, Kind.EDITED, Kind.TURNED, Kind.CROP) if kinds[kind]]
        names = [f"{kinds[kind]} {translate(f'tui.kind_{kind.value}')}" for kind in doubtful]
        count = sum(kinds[kind] for kind in doubtful)
        short = [translate("tui.doubtful", number=count)] if count else []
        keys = translate("tui.keys_apply_list" if can_list else "tui.keys_apply")
        values = {
            "count": len(plan.moves),
            "size": long_size(plan.size),
            "weakest": similarity(plan.weakest),
            "more": f" + {translate('tui.companions', count=plan.companions)}" if plan.companions else "",
        }
        wordings = [
            f"{translate(key, kinds=''.join(f', {name}' for name in kinds_named), **values)}  {keys}"
            for key, kinds_named in (
                ("tui.ask_apply", names), ("tui.ask_apply_short", names), ("tui.ask_apply_short", short),
            )
        ]  # fmt: skip
        return self.prompt.fitting(*wordings)

    def _orphans_question(self, plan: Plan) -> str:
        orphans = [companion for move in plan.moves for companion in move.orphans]
        values = {
            "count": len(orphans),
            "pictures": sum(bool(move.orphans) for move in plan.moves),
            "endings": endings_of(orphans),
        }
        keys = ("tui.ask_orphans", "tui.ask_orphans_short", "tui.ask_orphans_shorter")
        return self.prompt.fitting(*(translate(key, **values) for key in keys))


async def work(amount: int, task: Callable[[], T]) -> T:
    """Return what ``task`` returns; much of it is done beside the app, which stays usable."""
    return await asyncio.to_thread(task) if amount > AT_ONCE else task()


def endings_of(companions: Iterable[Companion]) -> str:
    """Return the endings of the companions' names, the most frequent first."""
    endings = Counter(os.path.splitext(each.file.path)[1].lower() for each in companions)
    shown = [display_name(ending, 6) for ending, _ in endings.most_common(_ENDINGS_SHOWN) if ending]
    return " ".join([*shown, *["..."][: len(endings) > _ENDINGS_SHOWN]])
