"""Has decisions made by the worker, and takes them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history.mark_history import Step
from dpm_tui.tui.command_table import TO_WRITE
from dpm_tui.tui.screens.base.command_host import WorkerHost
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.worker.protocol.messages import Decide, Decided


class Decider:
    """Keeps the history of the marks in step with what was decided."""

    def __init__(self, host: WorkerHost) -> None:
        self._host = host

    async def decide(self, files: Iterable[int], decisions: Sequence[Decision]) -> bool:
        """Have decisions made and take the marks of ``files`` away; False if they would say nothing."""
        if not decisions:
            self._host.prompt.say(translate("tui.same_content"))
            return False
        done = await self._host.link.ask(Decide(tuple(decisions)), Decided)
        self._host.session.marks.note_decision(files, decisions, done.before)
        return True

    async def take_back(self, step: Step[int]) -> None:
        """Undo the decisions of the last step."""
        if await self._send(step.before) is None:
            return
        # Whoever marked something meanwhile takes that back first; to revoke this again changes nothing.
        marks = self._host.session.marks
        if _is_same(marks.history.last, step):
            marks.step_back()

    async def decide_again(self, step: Step[int]) -> None:
        """Make the decisions of the step that was undone last again."""
        before = await self._send(step.decisions)
        if before is None:
            return
        marks = self._host.session.marks
        if _is_same(marks.history.next, step):
            marks.step_forward()
        else:
            # A mark that was set meanwhile has settled what was undone: this is a new step.
            marks.note_decision((id_ for id_, *_ in step.changes), step.decisions, before)

    async def _send(self, change: tuple[Decision, ...]) -> tuple[Decision, ...] | None:
        """Have decisions made or taken back and say so; return what undoes it, None if it cannot be now."""
        session, prompt = self._host.session, self._host.prompt
        if reason := missing_need(session, TO_WRITE):
            prompt.say(translate(reason))
            return None
        done = await self._host.link.ask(Decide(change), Decided)
        count = len({digest for decision in change for digest in decision.digests})
        made = any(decision.verdict for decision in change)
        prompt.say(translate("tui.decision_made" if made else "tui.decision_revoked", count=count))
        return done.before


def _is_same(step: Step[int] | None, other: Step[int]) -> bool:
    """Tell a step by its decisions: its files may have got other ids meanwhile."""
    return step is not None and (step.decisions, step.before) == (other.decisions, other.before)
