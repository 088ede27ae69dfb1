"""Undo and redo of whatever was done last: a mark, a decision, a passed group, or a batch."""

from __future__ import annotations

from typing import Protocol

from dpm_tui.review_session.outcomes import Decided, Marked, Outcome
from dpm_tui.review_session.review_undo import ReviewUndo
from dpm_tui.tui.screens.base.command_host import Handlers, SessionHost, WorkerHost
from dpm_tui.tui.screens.commands.batch_undo import BatchUndo
from dpm_tui.tui.screens.commands.file_mover import FileMover


class UndoHost(SessionHost, WorkerHost, Protocol):
    """A screen that shows marks."""


class UndoCommands:
    """Commands of the scope ``undo``; files come and go by way of ``mover``."""

    def __init__(self, host: UndoHost, mover: FileMover) -> None:
        self._host = host
        self._mover = mover
        self._batches = BatchUndo(host, mover)

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"undo": self._undo, "redo": self._redo}

    async def _undo(self) -> None:
        await self._tell(await self._travel.undo())

    async def _redo(self) -> None:
        await self._tell(await self._travel.redo())

    @property
    def _travel(self) -> ReviewUndo:
        return ReviewUndo(self._host.session.review, self._host.link, self._mover)

    async def _tell(self, outcome: Outcome) -> None:
        """Show what changed and say what that was."""
        session = self._host.session
        match outcome:
            case Marked(words, files, passed):
                if passed and session.hides_reviewed:
                    session.lay_out()
                for file in files[:1]:
                    session.go_to_file(file)
                self._host.show_session()
                self._host.prompt.say(words)
            case Decided(words):
                self._host.prompt.say(words)
            case _:
                await self._batches.tell(outcome)
