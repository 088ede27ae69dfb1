"""Review actions: what reaches the worker: decisions, moves to the recycle bin, and taking them back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

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
from dpm_tui.review.marks.plan import ORPHAN_ANSWERS, Plan
from dpm_tui.review.marks.shown_moves import choose_shown
from dpm_tui.review_session.batch_mover import BatchMover
from dpm_tui.review_session.decision_maker import DecisionMaker
from dpm_tui.review_session.outcomes import BatchRedone, BatchUndone, Decided, Hindered, Marked, Outcome
from dpm_tui.review_session.pair_completion import Lacking, PairCompletion
from dpm_tui.review_session.plan_finder import PlanFinder
from dpm_tui.review_session.review_undo import ReviewUndo
from dpm_tui.worker.protocol.messages import Done, StopBatch, StopRun

T = TypeVar("T")


class ReviewActions:
    """``moved`` counts the files that went to the bin, ``left`` tells whether any had to stay."""

    def __init__(self, console: Console, backend: ReviewBackend, walk: PlainSession) -> None:
        self.moved = 0
        self.left = False
        self._console = console
        self._backend = backend
        self._walk = walk
        self._decisions = DecisionMaker(walk.review, backend)
        self._batches = BatchMover(walk.review, backend, backend)
        self._plans = PlanFinder(walk.review, backend)
        self._steps = ReviewUndo(walk.review, backend, backend)
        self._completion = PairCompletion(backend, self.renew, self._tell_comparing)

    async def renew(self) -> None:
        """Go on with the groups as they are now, and say how many marks were lost by it."""
        self._walk.adopt(await self._console.unless_stopped(self._backend.library()))
        if changed := self._walk.marks.changed:
            self._console.say(translate("tui.marks_changed", count=changed))

    async def compare(self, lacking: Lacking) -> None:
        """Have compared what a keeper lacks; whoever leaves meanwhile stops it."""
        try:
            await self._console.unless_stopped(self._completion.complete(lacking))
        except Interrupted:
            with suppress(DpmError):
                await self._backend.ask(StopRun(), Done)
            raise

    async def decide(self, group: Group, chosen: Sequence[int], verdict: str) -> bool:
        """Remember a verdict: on the group, on one file and all others, or on the files chosen."""
        if not self._may_change():
            return False
        if len(chosen) == 1:
            await self.compare(partial(self._walk.review.lacking_apart, group, chosen))
        files = self._walk.library.files
        deciding = self._decisions.decide_group(files, group, chosen, verdict)
        same = translate("plain.same_content")
        words = await self._carry_out(deciding, lambda words: self._console.say(words or same))
        if words:
            await self.renew()
        return bool(words)

    async def undo(self) -> bool:
        """Take back what was done last; tell whether anything was."""
        return await self._follow(await self._carry_out(self._steps.undo(), self._tell))

    async def redo(self) -> bool:
        """Do again what was undone last; tell whether anything was."""
        return await self._follow(await self._carry_out(self._steps.redo(), self._tell))

    async def show_plan(self) -> None:
        """Say every move that the marks amount to."""
        plan = await self._console.unless_stopped(self._plans.find())
        self._console.say(*plan_lines(plan) if plan.moves else [translate("plain.nothing_marked")])

    async def move(self) -> bool:
        """Move what is marked to the bin, after a question with the numbers; tell whether anything moved."""
        if not self._may_change():
            return False
        plan = await self._console.unless_stopped(self._plans.find())
        if not plan.moves:
            self._console.say(translate("plain.nothing_marked"))
            return False
        chosen = await self._choose_shown(plan)
        settled = None if chosen is None else await self._settle_orphans(chosen)
        if settled is None or not await self._confirm(settled):
            self._console.say(translate("plain.not_moved"))
            return False
        result = await self._carry_out(self._batches.apply(settled), self._report)
        await self.renew()
        return bool(result.moved)

    def _tell_comparing(self, pairs: int) -> None:
        if pairs:
            self._console.say(translate("plain.comparing", count=pairs))

    def _tell(self, outcome: Outcome) -> None:
        """Say what was taken back or done again."""
        match outcome:
            case BatchUndone(result, _, pictures, elsewhere):
                self.moved = max(self.moved - pictures, 0)
                self._console.say(*restored_lines(result, elsewhere))
            case BatchRedone(result):
                self._report(result)
            case _:
                self._console.say(outcome.words)

    async def _follow(self, outcome: Outcome) -> bool:
        """Go where something was taken back or done again; tell whether anything was."""
        walk = self._walk
        if isinstance(outcome, BatchUndone | BatchRedone | Decided):
            await self.renew()
        match outcome:
            case Decided(_, names):
                walk.go_to(walk.library.file_at(name) for name in names)
            case Marked(_, files) | BatchUndone(_, files):
                walk.go_to(files)
        return not isinstance(outcome, Hindered)

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

    async def _carry_out(self, work: Awaitable[T], tell: Callable[[T], None]) -> T:
        """Tell and return what ``work`` returns; whoever leaves meanwhile waits for its end.

        What the worker has done by then is in the history.
        """
        task = asyncio.ensure_future(work)
        try:
            result = await self._console.unless_stopped(asyncio.shield(task))
        except Interrupted:
            self._console.say("", translate("plain.stopping"))
            if not (self._backend.offline or task.done()):
                with suppress(DpmError):
                    await self._backend.ask(StopBatch(), Done)
            tell(await task)
            raise
        tell(result)
        return result

    def _report(self, result: BatchResult) -> None:
        self.moved += len(result.moved)
        self.left = self.left or bool(result.skipped)
        self._console.say(*moved_lines(result))

    def _may_change(self) -> bool:
        if self._backend.view_only:
            self._console.say(translate(self._backend.view_only))
        return not self._backend.view_only
