"""The log: an append-only record of everything recycled, restored and purged."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dpm_tui.errors import is_full, reason_of
from dpm_tui.file_names import display_name, from_json, to_json
from dpm_tui.recycle.bin.move_record import decode_move, encode_move
from dpm_tui.recycle.filesystem.disk_reserve import give_up_reserve
from dpm_tui.recycle.refusal import BinError
from dpm_tui.recycle.results import Removal
from dpm_tui.review.marks.plan import Move
from dpm_tui.state.disk.held_folder import HeldFolder, Where, place_of
from dpm_tui.state.disk.journal import Journal, read_frames

LOG = b"log.jsonl"

_Version = tuple[int, int, int]
_UNREAD: _Version = (-1, -1, -1)


class Action(StrEnum):
    """What one line of the log says; those about a whole batch have no path."""

    APPLIED = "applied"
    """A batch was applied; its files follow as ``recycled``."""
    RECYCLED = "recycled"
    COPYING = "copying"
    """A file is about to have a copy in the bin for a moment; only recovery asks for it."""
    STAYED = "stayed"
    """A file that was being copied to the bin is in its place all the same."""
    RESTORING = "restoring"
    """A file is about to have two names for a moment; only recovery asks for it."""
    RESTORED = "restored"
    PURGED = "purged"
    KEPT = "kept"
    """A file is still in the bin: an operation that was announced was not carried out."""
    MISSING = "missing"
    """A file left the bin by unknown means: most likely another program moved it."""
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log.

    ``time`` is ISO 8601 UTC; order in the log counts, not time. ``path`` is the original path.
    ``size`` is in bytes. For ``restored`` and ``restoring``, ``to`` is the path now, relative to
    ``below``, or to the root where that is empty; ``part`` names a partial copy beside it. For
    ``copying``, ``to`` is the source's name for a moment and ``part`` the partial copy in the batch.
    ``of`` is the picture that a companion went with.
    """

    action: Action
    batch: str
    time: str = ""
    path: bytes = b""
    size: int = 0
    to: bytes = b""
    below: bytes = b""
    part: bytes = b""
    move: Move | None = None
    redo_of: str = ""
    undo: bool = False
    of: bytes = b""


def encode_entry(entry: LogEntry) -> dict[str, Any]:
    """Return ``entry`` as JSON values, without its empty fields."""
    record = {
        "time": entry.time,
        "action": entry.action.value,
        "batch": entry.batch,
        "path": to_json(entry.path),
        "size": entry.size,
        "to": to_json(entry.to),
        "below": to_json(entry.below),
        "part": to_json(entry.part),
        "move": encode_move(entry.move) if entry.move else None,
        "redo_of": entry.redo_of,
        "undo": entry.undo,
        "of": to_json(entry.of),
    }
    return {key: value for key, value in record.items() if value}


def decode_entry(record: Any) -> LogEntry:
    """Return the entry that ``encode_entry`` wrote; raises ValueError for anything else."""
    match record:
        case {"time": str(time), "action": str(action), "batch": str(batch)}:
            size, redo_of = record.get("size", 0), record.get("redo_of", "")
            if not isinstance(size, int) or not isinstance(redo_of, str):
                raise ValueError("not an entry of the log")
            return LogEntry(
                Action(action),
                batch,
                time,
                from_json(record.get("path", "")),
                size,
                from_json(record.get("to", "")),
                from_json(record.get("below", "")),
                from_json(record.get("part", "")),
                decode_move(record["move"]) if "move" in record else None,
                redo_of,
                record.get("undo") is True,
                from_json(record.get("of", "")),
            )
    raise ValueError("not an entry of the log")


@dataclass(slots=True)
class _Memory:
    """What was read last, so that a large log is not read for every request."""

    version: _Version
    entries: list[LogEntry]


class RemovalLog:
    """The log at ``path``; with ``bin_`` the one in that open bin, whatever comes to lie under the path.

    ``rejected`` counts the lines that did not check when it was read last.
    """

    def __init__(self, path: bytes, bin_: HeldFolder | None = None, memory: _Memory | None = None) -> None:
        self.path = path
        self._where: Where = path if bin_ is None else bin_.place(os.path.basename(path))
        self.rejected = 0
        self._memory = memory or _Memory(_UNREAD, [])

    def lying_in(self, bin_: HeldFolder) -> RemovalLog:
        """Return the log of this bin as it is reached through an open folder."""
        return RemovalLog(self.path, bin_, self._memory)

    def read(self) -> list[LogEntry]:
        """Return all entries in the order in which they happened; lines that do not check are left out.

        A missing log is empty. Raises BinError if the log is a link or cannot be read.
        """
        try:
            version = self._version()
            if self._memory.version == version:
                return list(self._memory.entries)
            frames = read_frames(self._where)
        except OSError as error:
            raise BinError(
                "bin_log_unusable", path=display_name(self.path), reason=reason_of(error)
            ) from error
        entries: list[LogEntry] = []
        self.rejected = frames.rejected
        for record in frames.records:
            try:
                entries.append(decode_entry(record))
            except ValueError:
                self.rejected += 1
        self._memory.version, self._memory.entries = version, entries
        return list(entries)

    def salvage(self) -> list[LogEntry]:
        """Return what ``read`` returns, nothing if the log cannot be read: files can come back without it."""
        try:
            return self.read()
        except BinError:
            return []

    def append(self, entries: Iterable[LogEntry], *, sync: bool = True) -> bool:
        """Add ``entries`` and, with ``sync``, wait until the disk has them; return whether it was possible.

        On a full disk the bin's reserve makes room. If the log cannot be written even then, files still
        come back: recovery later derives the missing lines from the files in the bin.
        """
        entries = list(entries)
        if not entries:
            return True
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        entries = [replace(entry, time=now) for entry in entries]
        try:
            before = self._version()
            try:
                self._write(entries, sync)
            except OSError as error:
                if not is_full(error) or not self._make_room():
                    raise
                self._write(entries, sync)
            if self._memory.version == before:
                self._memory.entries = self._memory.entries + entries
                self._memory.version = self._version()
        except OSError:
            return False
        return True

    def _write(self, entries: list[LogEntry], sync: bool) -> None:
        journal = Journal(self._where)
        try:
            for entry in entries:
                journal.append(encode_entry(entry))
        finally:
            journal.close(sync=sync)

    def _make_room(self) -> bool:
        bin_ = place_of(self._where).folder
        return give_up_reserve(bin_.descriptor)

    def _version(self) -> _Version:
        """Return what changes with every line of the log; raises OSError if it is no regular file."""
        place = place_of(self._where)
        try:
            found = place.folder.status(place.name)
        except FileNotFoundError:
            return (0, 0, 0)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return (found.st_ino, found.st_size, found.st_mtime_ns)


_TOLD = (Action.RECYCLED, Action.RESTORED, Action.PURGED, Action.KEPT, Action.MISSING)


def list_removals(entries: Sequence[LogEntry]) -> Iterator[Removal]:
    """Yield what happened to files, newest first; a file that came back or went for good names its move."""
    moves: dict[tuple[str, bytes], Move] = {}
    for entry in entries:
        if entry.move is not None:
            moves[entry.batch, entry.path] = entry.move
    for entry in reversed(entries):
        if entry.action not in _TOLD:
            continue
        move = moves.get((entry.batch, entry.path))
        linked = entry.action is Action.RECYCLED and move is not None and move.link
        yield Removal(
            time=entry.time,
            action="linked" if linked else entry.action.value,
            batch=entry.batch,
            path=entry.path,
            size=entry.size,
            to=os.path.join(entry.below, entry.to) if entry.below else entry.to,
            keeper=move.keeper.path if move else b"",
            kind=move.kind.value if move else "",
            rule=move.rule if move else "",
        )
