"""Has decisions made by the worker, and takes them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision import Decision, decide, set_apart
from dpm_tui.review.history.mark_history import Step
from dpm_tui.review_session.outcomes import Decided, Hindered
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import ReviewWorker
from dpm_tui.worker.protocol import messages

Files = Mapping[int, ImageFile]


class DecisionMaker:
    """Keeps the history of the marks in step with what was decided. Every method raises DpmError."""

    def __init__(self, review: Review, worker: ReviewWorker) -> None:
        self._review = review
        self._worker = worker

    async def decide(self, files: Iterable[int], decisions: Sequence[Decision]) -> bool:
        """Have decisions made and take the marks of ``files`` away; False if they would say nothing."""
        if not decisions:
            return False
        done = await self._worker.ask(messages.Decide(tuple(decisions)), messages.Decided)
        self._review.marks.note_decision(files, decisions, done.before)
        return True

    async def decide_group(self, files: Files, group: Group, chosen: Sequence[int], verdict: str) -> str:
        """Decide on all of a group, on one of its files and each other, or on the several that were chosen.

        Returns the sentence that says so, empty where all of them have the same content.
        """
        members = chosen if len(chosen) > 1 else group.members
        if len(chosen) == 1:
            decisions = set_apart(files[chosen[0]], [files[id_] for id_ in members], verdict)
            words = translate(f"tui.set_apart_{verdict}", count=len(members) - 1)
        else:
            decisions = decide([files[id_] for id_ in members], verdict)
            words = translate(f"tui.decided_{verdict}", count=len(members))
        return words if await self.decide(chosen or members, decisions) else ""

    async def take_back(self, step: Step[int]) -> Decided | Hindered:
        """Undo the decisions of the last step."""
        if reason := self._worker.obstacle():
            return Hindered(translate(reason))
        await self._worker.ask(messages.Decide(step.before), messages.Decided)
        # Whoever marked something meanwhile takes that back first; to revoke this again changes nothing.
        marks = self._review.marks
        if _is_same(marks.history.last, step):
            marks.step_back()
        return _changed(step, step.before)

    async def decide_again(self, step: Step[int]) -> Decided | Hindered:
        """Make the decisions of the step that was undone last again."""
        if reason := self._worker.obstacle():
            return Hindered(translate(reason))
        done = await self._worker.ask(messages.Decide(step.decisions), messages.Decided)
        marks = self._review.marks
        if _is_same(marks.history.next, step):
            marks.step_forward()
        else:
            # A mark that was set meanwhile has settled what was undone: this is a new step.
            marks.note_decision(step.changes.keys, step.decisions, done.before)
        return _changed(step, step.decisions)


def _changed(step: Step[int], change: Sequence[Decision]) -> Decided:
    count = len({digest for decision in change for digest in decision.digests})
    made = any(decision.verdict for decision in change)
    names = [name for decision in step.decisions for name in decision.names]
    return Decided(translate("tui.decision_made" if made else "tui.decision_revoked", count=count), names)


def _is_same(step: Step[int] | None, other: Step[int]) -> bool:
    """Tell a step by its decisions: its files may have got other ids meanwhile."""
    return step is not None and (step.decisions, step.before) == (other.decisions, other.before)
