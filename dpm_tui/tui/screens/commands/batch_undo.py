"""Undo and redo of whole batches: what was moved to the bin comes back, or goes there again."""

from __future__ import annotations

from dpm_tui.locale import translate
from dpm_tui.review_session.batch_mover import BatchMover
from dpm_tui.review_session.outcomes import BatchOutcome, BatchRedone, BatchUndone
from dpm_tui.tui.screens.base.command_host import Handlers, WorkerHost
from dpm_tui.tui.screens.commands.file_mover import FileMover, counted


class BatchUndo:
    """Commands of the scope ``undo`` for a screen that shows no marks."""

    def __init__(self, host: WorkerHost, mover: FileMover) -> None:
        self._host = host
        self._mover = mover

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"undo": self._undo, "redo": self._redo}

    async def tell(self, outcome: BatchOutcome) -> None:
        """Say what became of a batch."""
        session = self._host.session
        match outcome:
            case BatchUndone(result):
                back = [restored.origin for restored in result.restored]
                companions = session.bin.count_companions(back)
                words = counted("tui.batch_undone", len(back) - companions, companions)
                # Those that were restored or deleted one by one are not what undo is about.
                if outcome.elsewhere > 0:
                    words = f"{words} {translate('tui.left_bin_before', count=outcome.elsewhere)}"
                await self._mover.report(words, result.skipped)
            case BatchRedone(result):
                session.tally.add(result)
                words = counted("tui.batch_redone", len(result.moved), len(result.companions))
                await self._mover.report(words, result.skipped)
            case _:
                self._host.prompt.say(outcome.words)

    async def _undo(self) -> None:
        await self.tell(await self._batches.undo())

    async def _redo(self) -> None:
        await self.tell(await self._batches.redo())

    @property
    def _batches(self) -> BatchMover:
        return BatchMover(self._host.session.review, self._host.link, self._mover)
