"""Review actions: what reaches the worker: decisions, moves to the recycle bin, and taking them back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from dpm_tui.catalog.group import Group
from dpm_tui.cli.plain_review.console import Console, Interrupted
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.plan_text import (
    move_question,
    moved_lines,
    orphans_question,
    plan_lines,
    restored_lines,
)
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BatchResult
from dpm_tui.review.decisions.decision import Decision, decide, set_apart
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review.marks.plan import ORPHAN_ANSWERS, Plan, plan_marks
from dpm_tui.review.marks.shown_moves import choose_shown


class ReviewActions:
    """``moved`` counts the files that went to the bin, ``left`` tells whether any had to stay."""

    def __init__(self, console: Console, backend: ReviewBackend, walk: PlainSession) -> None:
        self.moved = 0
        self.left = False
        self._console = console
        self._backend = backend
        self._walk = walk
        self._decided: list[tuple[int, ...]] = []

    async def decide(self, group: Group, chosen: Sequence[int], verdict: str) -> bool:
        """Remember a verdict: on the group, on one file and all others, or on the files chosen."""
        if not self._may_change():
            return False
        files = self._walk.library.files
        members = [files[id_] for id_ in (chosen if len(chosen) > 1 else group.members)]
        if len(chosen) == 1:
            decisions = set_apart(files[chosen[0]], members, verdict)
            said = translate(f"tui.set_apart_{verdict}", count=len(group.members) - 1)
        else:
            decisions = decide(members, verdict)
            said = translate(f"tui.decided_{verdict}", count=len(members))
        if not decisions:
            self._console.say(translate("plain.same_content"))
            return False
        before = await self._console.unless_stopped(self._backend.decide(decisions))
        about = tuple(chosen or group.members)
        self._walk.marks.note_decision(about, decisions, before)
        self._decided.append(about)
        self._console.say(said)
        await self._renew()
        return True

    async def undo(self) -> bool:
        """Take back what was done last; tell whether anything was."""
        marks = self._walk.marks
        last = marks.history.last
        if last is None:
            self._console.say(translate("tui.nothing_to_undo"))
            return False
        if last.deed is StepKind.MARK:
            self._follow(marks.step_back(), "tui.undone")
            return True
        if not self._may_change():
            return False
        if last.deed is StepKind.DECIDE:
            await self._send(last.before)
            marks.step_back()
            await self._renew()
            self._walk.go_to(self._decided.pop() if self._decided else ())
        else:
            try:
                result = (await self._console.unless_stopped(self._backend.undo_batch())).result
            except DpmError as error:
                if error.key != "undo_nothing":
                    raise
                # Its files came back in another way, or were deleted for good.
                marks.drop_step()
                self._console.say(translate("plain.move_passed_over", count=len(last.changes)))
                return False
            step = marks.step_back()
            self.moved -= len(result.restored)
            self._console.say(*restored_lines(result, len(step.changes)))
            await self._renew()
            self._walk.go_to(id_ for id_, *_ in step.changes)
        return True

    async def redo(self) -> bool:
        """Do again what was undone last; tell whether anything was."""
        marks = self._walk.marks
        following = marks.history.next
        if following is None:
            self._console.say(translate("tui.nothing_to_redo"))
            return False
        if following.deed is StepKind.MARK:
            self._follow(marks.step_forward(), "tui.redone")
            return True
        if not self._may_change():
            return False
        if following.deed is StepKind.DECIDE:
            await self._send(following.decisions)
            marks.step_forward()
        else:
            result = (await self._console.unless_stopped(self._backend.redo_batch())).result
            marks.step_forward()
            self._report(result)
        await self._renew()
        return True

    async def show_plan(self) -> None:
        """Say every move that the marks amount to."""
        plan = await self._plan()
        self._console.say(*plan_lines(plan) if plan.moves else [translate("plain.nothing_marked")])

    async def move(self) -> bool:
        """Move what is marked to the bin, after a question with the numbers; tell whether anything moved."""
        if not self._may_change():
            return False
        plan = await self._plan()
        if not plan.moves:
            self._console.say(translate("plain.nothing_marked"))
            return False
        chosen = await self._choose_shown(plan)
        settled = None if chosen is None else await self._settle_orphans(chosen)
        if settled is None or not await self._confirm(settled):
            self._console.say(translate("plain.not_moved"))
            return False
        ids = {self._walk.library.files[id_].path: id_ for id_ in self._walk.marks.removed}
        moving = asyncio.ensure_future(self._backend.apply(settled))
        try:
            result = (await self._console.unless_stopped(asyncio.shield(moving))).result
        except Interrupted:
            self._console.say("", translate("plain.stopping"))
            await self._backend.stop_batch()
            self._take_note((await moving).result, ids)
            raise
        self._take_note(result, ids)
        await self._renew()
        return bool(result.moved)

    def _take_note(self, result: BatchResult, ids: Mapping[bytes, int]) -> None:
        """Say what moved; its marks go with it."""
        self._report(result)
        if result.moved:
            self._walk.marks.note_move(ids[path] for path in result.moved if path in ids)

    async def _choose_shown(self, plan: Plan) -> Plan | None:
        walk = self._walk
        if not walk.filter.words:
            return plan
        groups = {walk.library.groups[number].id for number in walk.numbers}
        return await choose_shown(plan, groups, self._ask_shown)

    async def _ask_shown(self, count: int, shown: int, letters: str) -> str:
        key = "plain.ask_shown" if shown else "plain.ask_none_shown"
        return await self._console.choose(translate(key, count=count, shown=shown), letters)

    async def _settle_orphans(self, plan: Plan) -> Plan | None:
        """Ask what becomes of companions that exist nowhere else; None where nothing is to be moved."""
        if not plan.orphans or self._backend.config.companions != "ask":
            return plan
        settled = plan.settled(await self._console.choose(orphans_question(plan), ORPHAN_ANSWERS))
        return settled if settled.moves else None

    async def _confirm(self, plan: Plan) -> bool:
        while (key := await self._console.choose(move_question(plan), "yp")) == "p":
            self._console.say(*plan_lines(plan))
        return key == "y"

    async def _plan(self) -> Plan:
        plan, _ = plan_marks(self._walk.library, self._walk.marks)
        return await self._console.unless_stopped(self._backend.find_companions(plan))

    async def _send(self, change: tuple[Decision, ...]) -> None:
        await self._console.unless_stopped(self._backend.decide(change))
        made = any(decision.verdict for decision in change)
        count = len({digest for decision in change for digest in decision.digests})
        self._console.say(translate("tui.decision_made" if made else "tui.decision_revoked", count=count))

    async def _renew(self) -> None:
        self._walk.adopt(await self._console.unless_stopped(self._backend.library()))

    def _follow(self, step: Step[int], words: str) -> None:
        self._walk.go_to(id_ for id_, *_ in step.changes)
        self._console.say(translate(words, count=len(step.changes)))

    def _report(self, result: BatchResult) -> None:
        self.moved += len(result.moved)
        self.left = self.left or bool(result.skipped)
        self._console.say(*moved_lines(result))

    def _may_change(self) -> bool:
        if self._backend.view_only:
            self._console.say(translate(self._backend.view_only))
        return not self._backend.view_only
