"""History: what undo and redo would do next, derived from the log and from what lies in the bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dpm_tui.recycle.removal_log import Action, LogEntry
from dpm_tui.review.plan import Move


@dataclass(slots=True)
class History:
    """Which batches were applied (``order``), which of them stand (``done``) and which were undone.

    All three have the latest at the end. ``files`` holds, by batch and path, what the log says last
    of each file; ``moves`` why it went.
    """

    order: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    undoing: set[str] = field(default_factory=set)
    files: dict[str, dict[bytes, LogEntry]] = field(default_factory=dict)
    moves: dict[str, dict[bytes, Move]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[LogEntry], lying: Iterable[str] = ()) -> History:
        """Return the history that the log tells, with batches that lie in the bin unknown to it."""
        history = cls()
        for entry in entries:
            history._follow(entry)
        known = {*history.done, *history.undone}
        unknown = sorted(batch for batch in lying if batch not in known)
        history.done.extend(unknown)
        history.order.extend(unknown)
        return history

    def redo_moves(self, batch: str) -> tuple[Move, ...]:
        """Return the moves that would take back what undoing ``batch`` brought back."""
        return tuple(
            replace(move, victim=replace(move.victim, path=last.to))
            for path, last in self.files.get(batch, {}).items()
            if last.action is Action.RESTORED and last.undo and not last.below
            if (move := self.moves.get(batch, {}).get(path)) is not None
        )

    def redoable(self) -> str:
        """Return the batch undone last that has something to redo, empty if there is none."""
        return next((batch for batch in reversed(self.undone) if self.redo_moves(batch)), "")

    def _follow(self, entry: LogEntry) -> None:
        match entry.action:
            case Action.APPLIED:
                self._apply(entry)
            case Action.UNDOING:
                self.undoing.add(entry.batch)
            case Action.UNDONE:
                self.undoing.discard(entry.batch)
                if entry.batch in self.done:
                    self.done.remove(entry.batch)
                    self.undone.append(entry.batch)
            case Action.RESTORING:
                pass
            case _:
                self.files.setdefault(entry.batch, {})[entry.path] = entry
                if entry.move is not None:
                    self.moves.setdefault(entry.batch, {})[entry.path] = entry.move

    def _apply(self, entry: LogEntry) -> None:
        if entry.batch in self.done:
            return
        self.order.append(entry.batch)
        if entry.redo_of in self.undone:
            self.undone.remove(entry.redo_of)
        else:
            self.undone.clear()
        self.done.append(entry.batch)
