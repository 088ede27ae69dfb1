"""Has files moved to the recycle bin and back; the marks and their history follow."""

from __future__ import annotations

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BatchResult
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review.marks.plan import Plan
from dpm_tui.review_session.outcomes import BatchRedone, BatchUndone, Hindered
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import Asks, ReviewWorker
from dpm_tui.worker.protocol.messages import ApplyPlan, BatchDone, RedoBatch, RestoreDone, UndoBatch


class BatchMover:
    """Moves by way of ``mover``. Whatever is marked while files move stays. Every method raises DpmError."""

    def __init__(self, review: Review, worker: ReviewWorker, mover: Asks) -> None:
        self._review = review
        self._worker = worker
        self._mover = mover

    async def apply(self, plan: Plan) -> BatchResult:
        """Move the files of a plan; their marks go with them."""
        review = self._review
        ids = {path: id_ for id_, path in review.library.paths(review.marks.removed).items()}
        result = (await self._mover.ask(ApplyPlan(plan), BatchDone)).result
        if result.moved:
            review.marks.note_move(ids[path] for path in result.moved if path in ids)
        return result

    async def undo(self) -> BatchUndone | Hindered:
        """Bring the last batch back, with the marks that went if it was the last step."""
        if reason := self._worker.obstacle(moves=True):
            return Hindered(translate(reason))
        step = _move(self._review.marks.history.last)
        try:
            result = (await self._mover.ask(UndoBatch(), RestoreDone)).result
        except DpmError as error:
            if error.key != "undo_nothing":
                raise
            if step is None:
                return Hindered(translate("tui.nothing_to_undo"))
            # Its files came back in another way, or were deleted for good.
            self._review.marks.drop_move()
            return Hindered(translate("tui.move_passed_over", count=len(step.changes)))
        if step is None:
            return BatchUndone(result)
        names = self._review.marks.names.of(step.changes.keys).values()
        # What was stopped goes on with the next undo.
        if not any(skipped.is_rest for skipped in result.skipped):
            self._review.marks.take_move_back()
        own = {path for path, _ in names}
        pictures = sum(restored.origin in own for restored in result.restored)
        left = sum(skipped.path in own for skipped in result.skipped)
        return BatchUndone(result, step.changes.keys, pictures, len(step.changes) - pictures - left)

    async def redo(self) -> BatchRedone | Hindered:
        """Move the files of the batch again that was brought back last."""
        if reason := self._worker.obstacle(moves=True):
            return Hindered(translate(reason))
        step = _move(self._review.marks.history.next)
        try:
            result = (await self._mover.ask(RedoBatch(), BatchDone)).result
        except DpmError as error:
            if error.key != "redo_nothing":
                raise
            return Hindered(translate("tui.nothing_to_redo"))
        marks = self._review.marks
        if _move(marks.history.next) is not None:
            marks.step_forward()
        elif step is not None:
            # A mark that was set meanwhile has settled what was undone: this is a new step.
            marks.note_move(step.changes.keys)
        return BatchRedone(result)


def _move(step: Step[int] | None) -> Step[int] | None:
    return step if step is not None and step.deed is StepKind.MOVE else None
