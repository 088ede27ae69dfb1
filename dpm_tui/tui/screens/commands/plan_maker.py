"""What leads from marks to moved files: the companions and the questions with numbers."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.plan import ORPHAN_ANSWERS, Companion, Plan
from dpm_tui.review_session.plan_finder import PlanFinder
from dpm_tui.text_format import similarity
from dpm_tui.tui.lines.plan_lines import link_words
from dpm_tui.tui.screens.base.command_host import AT_ONCE, WorkerHost
from dpm_tui.units import long_size

_ENDINGS_SHOWN = 3


class PlanMaker:
    """Makes the plan of what the marks amount to, and asks what must be known before it is applied."""

    def __init__(self, host: WorkerHost) -> None:
        self._host = host
        self._finding: asyncio.Task[object] | None = None

    async def find(self) -> Plan:
        """Return the moves that the marks amount to, with the companions that go where they go."""
        own = asyncio.current_task()
        if self._finding is not None:
            self._finding.cancel()
        self._finding = own
        try:
            return await self._find()
        finally:
            if self._finding is own:
                self._finding = None

    def stop(self) -> bool:
        """Give up the search for a plan; tell whether there was one."""
        if self._finding is None:
            return False
        self._finding.cancel()
        self._host.prompt.say(translate("tui.plan_dropped"))
        return True

    async def _find(self) -> Plan:
        session, prompt = self._host.session, self._host.prompt
        count = len(session.marks.removed)
        if count > AT_ONCE:
            prompt.say(translate("tui.planning", count=count))

        def tell(done: int, total: int) -> None:
            prompt.say(translate("tui.finding_companions", done=done, total=total))

        plan = await PlanFinder(session.review, self._host.link).find(tell)
        prompt.say("")
        return plan

    async def settle_orphans(self, plan: Plan) -> Plan | None:
        """Ask what becomes of companions that exist nowhere else; None where nothing is to be moved."""
        if not plan.moves:
            self._host.prompt.say(translate("tui.need_marks"))
            return None
        if not plan.orphans or self._host.session.config.companions != "ask":
            return plan
        answer = await self._host.prompt.choose(self._orphans_question(plan), ORPHAN_ANSWERS)
        settled = plan.settled(answer)
        if answer and not settled.moves:
            self._host.prompt.say(translate("tui.plan_emptied"))
        return settled if settled.moves else None

    async def confirm(self, plan: Plan, keys: str = "y") -> str:
        """Ask before a plan, with its numbers, unless the settings say not to; return the key."""
        if not self._host.session.config.confirm:
            return "y"
        return await self._host.prompt.choose(self._question(plan, can_list="l" in keys), keys)

    def _question(self, plan: Plan, *, can_list: bool) -> str:
        """Return the question before a plan in as many words as there is room for."""
        kinds = Counter(move.kind for move in plan.moves)
        doubtful = [kind for kind in (Kind.VARIANT, Kind.EDITED, Kind.TURNED, Kind.CROP) if kinds[kind]]
        names = [f"{kinds[kind]} {translate(f'tui.kind_{kind.value}')}" for kind in doubtful]
        count = sum(kinds[kind] for kind in doubtful)
        short = [translate("tui.doubtful", number=count)] if count else []
        keys = translate("tui.keys_apply_list" if can_list else "tui.keys_apply")
        more = f" + {translate('tui.companions', count=plan.companions)}" if plan.companions else ""
        more += "".join(translate("tui.in_brackets", words=words) for words in link_words(plan.links))
        values = {
            "count": len(plan.moves),
            "size": long_size(plan.size),
            "weakest": similarity(plan.weakest),
            "more": more,
        }
        wordings = [
            f"{translate(key, kinds=''.join(f', {name}' for name in kinds_named), **values)}  {keys}"
            for key, kinds_named in (
                ("tui.ask_apply", names), ("tui.ask_apply_short", names), ("tui.ask_apply_short", short),
            )
        ]  # fmt: skip
        return self._host.prompt.fitting(*wordings)

    def _orphans_question(self, plan: Plan) -> str:
        orphans = [companion for move in plan.moves for companion in move.orphans]
        values = {
            "count": len(orphans),
            "pictures": sum(bool(move.orphans) for move in plan.moves),
            "endings": endings_of(orphans),
        }
        keys = ("tui.ask_orphans", "tui.ask_orphans_short", "tui.ask_orphans_shorter")
        return self._host.prompt.fitting(*(translate(key, **values) for key in keys))


def endings_of(companions: Iterable[Companion]) -> str:
    """Return the endings of the companions' names, the most frequent first."""
    endings = Counter(os.path.splitext(each.file.path)[1].lower() for each in companions)
    shown = [display_name(ending, 6) for ending, _ in endings.most_common(_ENDINGS_SHOWN) if ending]
    return " ".join([*shown, *["..."][: len(endings) > _ENDINGS_SHOWN]])
