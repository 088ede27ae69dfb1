"""Undo and redo of whatever was done last: a mark, a decision, a passed group, or a batch."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review.history.reviewed_groups import ReviewedStep
from dpm_tui.tui.screens.base.command_host import Handlers, SessionHost
from dpm_tui.tui.screens.commands.batch_undo import BatchUndo
from dpm_tui.tui.screens.commands.decider import Decider


class UndoCommands:
    """Commands of the scope ``undo``; ``batches`` are undone where no mark and no decision came later."""

    def __init__(self, host: SessionHost, batches: BatchUndo, decider: Decider) -> None:
        self._host = host
        self._batches = batches
        self._decider = decider

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"undo": self._undo, "redo": self._redo}

    async def _undo(self) -> None:
        session = self._host.session
        marks = session.marks
        last = marks.history.last
        if passed := session.passing.back(marks.history):
            self._show_pass(passed, now=not passed.passed)
        elif last is not None and last.deed is StepKind.MARK:
            self._show_step(marks.step_back(), "tui.undone")
        elif last is not None and last.deed is StepKind.DECIDE:
            await self._decider.take_back(last)
        elif last is not None and not session.bin.can_undo:
            # Its files came back in another way, or were deleted for good.
            marks.drop_step()
            self._host.prompt.say(translate("tui.move_passed_over", count=len(last.changes)))
        else:
            await self._batches.undo()

    async def _redo(self) -> None:
        session = self._host.session
        marks = session.marks
        following = marks.history.next
        if passed := session.passing.forward(marks.history):
            self._show_pass(passed, now=passed.passed)
        elif following is not None and following.deed is StepKind.MARK:
            self._show_step(marks.step_forward(), "tui.redone")
        elif following is not None and following.deed is StepKind.DECIDE:
            await self._decider.decide_again(following)
        else:
            await self._batches.redo(overtaken=following is None and marks.history.last is not None)

    def _show_step(self, step: Step[int], words: str) -> None:
        self._host.session.follow(step)
        self._host.show_session()
        self._host.prompt.say(translate(words, count=len(step.changes)))

    def _show_pass(self, passed: ReviewedStep, *, now: bool) -> None:
        """Go to the group that is passed ``now`` or not, and say so."""
        session = self._host.session
        if session.hides_reviewed:
            session.lay_out()
        session.go_to_file(passed.file)
        self._host.show_session()
        self._host.prompt.say(translate("tui.passed" if now else "tui.not_passed"))
