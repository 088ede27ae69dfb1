"""History: what undo and redo would do next, derived from the log and from what lies in the bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dpm_tui.recycle.bin.removal_log import Action, LogEntry
from dpm_tui.review.marks.plan import Move, Witness


@dataclass(slots=True)
class History:
    """Which batches were applied (``order``), which of them stand (``done``) and which were undone.

    All three have the latest at the end. ``files`` holds, by batch and path, what the log says last
    of each file; ``moves`` why it went; ``pictures`` with which picture a companion went.
    """

    order: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    undoing: set[str] = field(default_factory=set)
    files: dict[str, dict[bytes, LogEntry]] = field(default_factory=dict)
    moves: dict[str, dict[bytes, Move]] = field(default_factory=dict)
    pictures: dict[tuple[str, bytes], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[LogEntry], lying: Iterable[str] = ()) -> History:
        """Return the history from the log, with the batches in the bin that the log does not know."""
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
            replace(
                move,
                victim=replace(move.victim, path=now),
                side=None,
                adds=("side",) if move.side else (),
                companions=tuple(
                    replace(each, file=replace(each.file, path=place))
                    for each in move.companions
                    if (place := self._undone_to(batch, each.file.path))
                ),
            )
            for path, move in self.moves.get(batch, {}).items()
            if (now := self._undone_to(batch, path))
        )

    def redoable(self) -> str:
        """Return the batch undone last that has something to redo, empty if there is none."""
        return next((batch for batch in reversed(self.undone) if self.redo_moves(batch)), "")

    def witness_of(self, batch: str, path: bytes) -> Witness | None:
        """Return what was known of a file of ``batch``, a picture or a companion, before it moved."""
        moves = self.moves.get(batch, {})
        if move := moves.get(path):
            return move.victim
        move = moves.get(self.pictures.get((batch, path), b""))
        if move is None:
            return None
        if move.side is not None and move.side.old is not None and move.side.old.path == path:
            return move.side.old
        return next((each.file for each in move.companions if each.file.path == path), None)

    def _undone_to(self, batch: str, path: bytes) -> bytes:
        """Return where undoing ``batch`` brought a file, empty if it did not or not below the root."""
        last = self.files.get(batch, {}).get(path)
        undone = last is not None and last.action is Action.RESTORED and last.undo and not last.below
        return last.to if last is not None and undone else b""

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
            case Action.RESTORING | Action.COPYING:
                pass
            case _:
                self.files.setdefault(entry.batch, {})[entry.path] = entry
                if entry.of:
                    self.pictures[entry.batch, entry.path] = entry.of
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
