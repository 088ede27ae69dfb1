"""The commands that move files or settle groups: apply, undo, redo."""

from __future__ import annotations

from typing import ClassVar

from dpm_tui.locale import translate
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review.history.reviewed_groups import ReviewedStep
from dpm_tui.review.marks.plan import Plan
from dpm_tui.review.marks.shown_moves import choose_shown
from dpm_tui.tui.command_table import TO_MOVE
from dpm_tui.tui.screens.commands.decide_commands import DecideCommands
from dpm_tui.tui.screens.commands.move_commands import counted
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.worker.protocol.messages import BatchDone, RedoBatch, RestoreDone, UndoBatch


class ApplyCommands(DecideCommands):
    """Commands for a screen that shows marks, or what they led to."""

    SHOWS_MARKS: ClassVar[bool] = True

    def show_marks(self) -> None:
        """Show changed marks."""
        self.show_session()

    async def do_apply(self) -> None:
        """Move every marked file to the recycle bin, after one question with the numbers."""
        chosen = await self._choose_shown(await self.find_plan())
        plan = None if chosen is None else await self.settle_orphans(chosen)
        if plan is None:
            return
        match await self.confirm(plan, "yl"):
            case "y":
                await self.move_to_bin(plan)
            case "l":
                self.open_plan(plan, arranged=True)

    async def _choose_shown(self, plan: Plan) -> Plan | None:
        if not self.session.filter.words:
            return plan
        return await choose_shown(plan, self.session.filtered, self._ask_shown)

    async def _ask_shown(self, count: int, shown: int, letters: str) -> str:
        key = "tui.ask_shown" if shown else "tui.ask_none_shown"
        return await self.prompt.choose(translate(key, count=count, shown=shown), letters)

    async def do_show_plan(self) -> None:
        """Open the list of every move that the marks amount to."""
        plan = await self.find_plan()
        if plan.moves:
            self.open_plan(plan, arranged=False)

    def do_show_result(self) -> None:
        """Open the list of what became of the last batches."""
        self.app.push_named("result")

    def open_plan(self, plan: Plan, *, arranged: bool) -> None:
        """Open the plan screen; ``arranged`` if it was asked what becomes of unique companions."""
        self.app.push_named("plan", plan, self, arranged=arranged)

    async def do_undo(self) -> None:
        """Take back what was done last: marks, a decision, or a batch."""
        marks = self.session.marks
        last = marks.history.last if self.SHOWS_MARKS else None
        if self.SHOWS_MARKS and (passed := self.session.passing.back(marks.history)):
            self._show_pass(passed, now=not passed.passed)
        elif last is not None and last.deed is StepKind.MARK:
            self._show_step(marks.step_back(), "tui.undone")
        elif last is not None and last.deed is StepKind.DECIDE:
            await self.take_decision_back(last)
        elif last is not None and not self.session.bin.can_undo:
            # Its files came back in another way, or were deleted for good.
            marks.drop_step()
            self.prompt.say(translate("tui.move_passed_over", count=len(last.changes)))
        elif self._may_move("tui.nothing_to_undo", self.session.bin.can_undo):
            await self._undo_batch()

    async def do_redo(self) -> None:
        """Do again what was undone last: marks, a decision, or a batch."""
        marks = self.session.marks
        following = marks.history.next if self.SHOWS_MARKS else None
        if self.SHOWS_MARKS and (passed := self.session.passing.forward(marks.history)):
            self._show_pass(passed, now=passed.passed)
        elif following is not None and following.deed is StepKind.MARK:
            self._show_step(marks.step_forward(), "tui.redone")
        elif following is not None and following.deed is StepKind.DECIDE:
            await self.decide_again(following)
        elif self._may_move("tui.nothing_to_redo", self._can_redo_batch(following)):
            await self._redo_batch()

    async def _undo_batch(self) -> None:
        result = (await self.move_files(UndoBatch(), RestoreDone)).result
        session, back = self.session, [restored.origin for restored in result.restored]
        companions = session.bin.count_companions(back)
        pictures = len(back) - companions
        words, last = counted("tui.batch_undone", pictures, companions), session.marks.history.last
        if last is not None and _moved(last):
            session.marks.step_back()
            # Those that were restored or deleted one by one are not what undo is about.
            elsewhere = len(last.changes) - pictures - len(result.skipped)
            if elsewhere > 0:
                words = f"{words} {translate('tui.left_bin_before', count=elsewhere)}"
        await self.report_moved(words, result.skipped)

    async def _redo_batch(self) -> None:
        result = (await self.move_files(RedoBatch(), BatchDone)).result
        session, pictures, companions = self.session, len(result.moved), len(result.companions)
        session.tally.add(result)
        if _moved(session.marks.history.next):
            session.marks.step_forward()
        await self.report_moved(counted("tui.batch_redone", pictures, companions), result.skipped)

    def _can_redo_batch(self, following: Step[int] | None) -> bool:
        """Return whether redo is about a batch: not where something else was done since it was undone."""
        since = self.SHOWS_MARKS and following is None and self.session.marks.history.last is not None
        return self.session.bin.can_redo and not since

    def _show_step(self, step: Step[int], words: str) -> None:
        self.session.follow(step)
        self.show_session()
        self.prompt.say(translate(words, count=len(step.changes)))

    def _show_pass(self, passed: ReviewedStep, *, now: bool) -> None:
        """Go to the group that is passed ``now`` or not, and say so."""
        if self.session.hides_reviewed:
            self.session.lay_out()
        self.session.go_to_file(passed.file)
        self.show_session()
        self.prompt.say(translate("tui.passed" if now else "tui.not_passed"))

    def _may_move(self, nothing: str, possible: bool) -> bool:
        """Say why a batch cannot be undone or done again, if it cannot."""
        reason = missing_need(self.session, TO_MOVE) if possible else nothing
        if reason:
            self.prompt.say(translate(reason))
        return not reason


def _moved(step: Step[int] | None) -> bool:
    return step is not None and step.deed is StepKind.MOVE
