"""The log: an append-only record of everything recycled, restored and purged."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from dpm_tui.names import display_name
from dpm_tui.plain import from_plain, to_plain
from dpm_tui.recycle.refusal import BinError, reason_of
from dpm_tui.review.plan import Move
from dpm_tui.state.frames import Journal, read_frames


class Action(StrEnum):
    """What one line of the log tells; those about a whole batch have no path."""

    APPLIED = "applied"
    """A batch was applied; its files follow as ``recycled``."""
    RECYCLED = "recycled"
    RESTORING = "restoring"
    """A file is about to have two names for a moment; only recovery asks for it."""
    RESTORED = "restored"
    PURGED = "purged"
    KEPT = "kept"
    """A file lies in the bin after all: an operation announced before was not carried out."""
    MISSING = "missing"
    """A file left the bin by another hand."""
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log.

    ``time`` is ISO 8601 UTC; order in the log counts, not time. ``path`` is the original path.
    ``size`` is in bytes. For ``restored`` and ``restoring``, ``to`` is the path now, relative to
    ``below``, or to the root where that is empty; ``part`` names a partial copy beside it.
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


class RemovalLog:
    """The log at ``path``, which lies in a recycle bin that was opened and checked before."""

    def __init__(self, path: bytes) -> None:
        self.path = path

    def read(self) -> list[LogEntry]:
        """Return all entries in the order in which they happened; lines that do not check are left out.

        A missing log is empty. Raises BinError if the log is a link or cannot be read.
        """
        try:
            self._check()
            frames = read_frames(self.path)
        except OSError as error:
            raise BinError(
                "bin_log_unusable", path=display_name(self.path), reason=reason_of(error)
            ) from error
        entries: list[LogEntry] = []
        for record in frames.records:
            with contextlib.suppress(ValueError, TypeError, OverflowError, RecursionError):
                entries.append(from_plain(LogEntry, record))
        return entries

    def append(self, entries: Iterable[LogEntry]) -> bool:
        """Add ``entries`` and wait until the disk has them; tell whether it was possible.

        A log that cannot be written (a full disk) never keeps a file from coming back: recovery
        derives later what is missing from what lies in the bin.
        """
        entries = list(entries)
        if not entries:
            return True
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        try:
            self._check()
            journal = Journal(self.path)
            for entry in entries:
                filled = {key: value for key, value in to_plain(entry).items() if value}
                journal.append(filled | {"time": now})
            journal.close()
        except OSError:
            return False
        return True

    def _check(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(self.path).st_mode):
                raise OSError("not a regular file")
