"""Undo and redo of whole batches: what was moved to the bin comes back, or goes there again."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.tui.command_table import TO_MOVE
from dpm_tui.tui.screens.base.command_host import CommandHost, Handlers
from dpm_tui.tui.screens.commands.file_mover import FileMover, counted
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.worker.protocol.messages import BatchDone, RedoBatch, RestoreDone, UndoBatch


class BatchUndo:
    """Commands of the scope ``undo`` for a screen that shows no marks."""

    def __init__(self, host: CommandHost, mover: FileMover) -> None:
        self._host = host
        self._mover = mover

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"undo": self.undo, "redo": self.redo}

    async def undo(self) -> None:
        """Bring the files of the last batch back."""
        session = self._host.session
        if not self._may_move("tui.nothing_to_undo", session.bin.can_undo):
            return
        result = (await self._mover.move(UndoBatch(), RestoreDone)).result
        back = [restored.origin for restored in result.restored]
        companions = session.bin.count_companions(back)
        pictures = len(back) - companions
        words, last = counted("tui.batch_undone", pictures, companions), session.marks.history.last
        if last is not None and _moved(last):
            session.marks.step_back()
            # Those that were restored or deleted one by one are not what undo is about.
            elsewhere = len(last.changes) - pictures - len(result.skipped)
            if elsewhere > 0:
                words = f"{words} {translate('tui.left_bin_before', count=elsewhere)}"
        await self._mover.report(words, result.skipped)

    async def redo(self, *, overtaken: bool = False) -> None:
        """Move the files of the batch that was undone last again, unless something else was done since."""
        session = self._host.session
        if not self._may_move("tui.nothing_to_redo", session.bin.can_redo and not overtaken):
            return
        result = (await self._mover.move(RedoBatch(), BatchDone)).result
        pictures, companions = len(result.moved), len(result.companions)
        session.tally.add(result)
        if _moved(session.marks.history.next):
            session.marks.step_forward()
        await self._mover.report(counted("tui.batch_redone", pictures, companions), result.skipped)

    def _may_move(self, nothing: str, possible: bool) -> bool:
        """Say why a batch cannot be undone or done again, if it cannot."""
        reason = missing_need(self._host.session, TO_MOVE) if possible else nothing
        if reason:
            self._host.prompt.say(translate(reason))
        return not reason


def _moved(step: Step[int] | None) -> bool:
    return step is not None and step.deed is StepKind.MOVE
