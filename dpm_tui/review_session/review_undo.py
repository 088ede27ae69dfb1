"""Undo and redo of whatever was done last: a mark, a decision, a passed group, or a batch."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review_session.batch_mover import BatchMover
from dpm_tui.review_session.decision_maker import DecisionMaker
from dpm_tui.review_session.outcomes import Hindered, Marked, Outcome
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import Asks, ReviewWorker


class ReviewUndo:
    """Goes back and forward in a review; files move by way of ``mover``. Both methods raise DpmError."""

    def __init__(self, review: Review, worker: ReviewWorker, mover: Asks) -> None:
        self._review = review
        self._decisions = DecisionMaker(review, worker)
        self._batches = BatchMover(review, worker, mover)

    async def undo(self) -> Outcome:
        """Take back what was done last; where nothing was, the last batch."""
        marks, last = self._review.marks, self._review.marks.history.last
        if passed := self._review.passing.back(marks.history):
            return _passed(passed.file, now=not passed.passed)
        if last is not None and last.deed is StepKind.MARK:
            return _marked(marks.step_back(), "tui.undone")
        if last is not None and last.deed is StepKind.DECIDE:
            return await self._decisions.take_back(last)
        return await self._batches.undo()

    async def redo(self) -> Outcome:
        """Do again what was undone last, unless something else was done since."""
        marks, following = self._review.marks, self._review.marks.history.next
        if passed := self._review.passing.forward(marks.history):
            return _passed(passed.file, now=passed.passed)
        if following is not None and following.deed is StepKind.MARK:
            return _marked(marks.step_forward(), "tui.redone")
        if following is not None and following.deed is StepKind.DECIDE:
            return await self._decisions.decide_again(following)
        if following is None and marks.history.last is not None:
            return Hindered(translate("tui.nothing_to_redo"))
        return await self._batches.redo()


def _marked(step: Step[int], words: str) -> Marked:
    return Marked(translate(words, count=len(step.changes)), step.changes.keys)


def _passed(file: int, *, now: bool) -> Marked:
    return Marked(translate("tui.passed" if now else "tui.not_passed"), (file,), passed=True)
