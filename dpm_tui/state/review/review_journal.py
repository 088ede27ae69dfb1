"""The review in a journal: every mark survives a kill at once, a power cut within seconds.

A line is ``[number, act, ...]``, its number one more than that before. The acts are those of
``history.record_codec``, and some more: ``files`` brings files, ``more`` changes that belong to the next
act, ``view`` and ``passed`` what they say.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from dpm_tui.review.history.record_codec import (
    Reader,
    Writer,
    read_delta,
    read_names,
    read_record,
    read_view,
    write_record,
    write_view,
)
from dpm_tui.review.history.review_record import HistoryEvent, Identity, ReviewRecord, tell
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import Journal, read_frames

FILES_PER_LINE = 200
"""A path of 4,096 bytes takes up to 24 KB of JSON, and a line holds at most a megabyte."""
CHANGES_PER_LINE = 1_500
"""Two names of rules in a change, 24 characters of 12 bytes of JSON each, make it 600 bytes."""
_REWRITE_BYTES = 4 << 20
_REWRITE_LINES = 2_000
_REWRITE_CHANGES = 100_000


class ReviewStore:
    """The record of one root's review; only its one writer changes it.

    ``damaged`` says that lines could not be read: they and all lines after them are lost. A last line that
    a power cut tore does not count. Raises DamagedError, OSError.
    """

    def __init__(self, path: Where, *, writable: bool = True) -> None:
        replay = Replay(read_frames(path).records)
        self.record, self.damaged = replay.record, replay.damaged
        self._number = replay.last
        self._writer = Writer()
        self._small = 0
        self._whole = replay.damaged or replay.last > _REWRITE_LINES or replay.superseded > _REWRITE_CHANGES
        self._journal = Journal(path) if writable else None
        if self._journal is not None:
            self._small = self._journal.size
            if self._whole:
                # A full disk must not prevent opening: the file stays, and the next event tries again.
                with contextlib.suppress(OSError):
                    self._rewrite()
            elif self._number:
                self._append([["files", 0, []]])

    def replace(self, value: object) -> None:
        """Store a whole record, as ``write_record`` returns it; raises ValueError, OSError."""
        self.record = read_record(value)
        self._whole = True
        self._rewrite()

    def hear(self, value: object) -> None:
        """Store what ``read_delta`` reads; raises ValueError, with nothing stored, or OSError."""
        delta = read_delta(value)
        self.record.follow(delta)
        lines = [line for news in delta.news for line in _lines(self._writer, news)]
        if delta.view is not None:
            lines.append(["view", write_view(delta.view)])
        if delta.passed or delta.not_passed:
            lines.append(["passed", sorted(delta.passed), sorted(delta.not_passed)])
        if self._journal is None:
            return
        if self._whole or self._journal.size > _REWRITE_BYTES + 2 * self._small:
            self._rewrite()
        else:
            self._append(lines)
            self._journal.flush()

    def text(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return write_record(self.record)

    def sync(self) -> None:
        """Make all survive a power cut; raises OSError."""
        if self._journal is not None:
            self._journal.sync()

    def close(self) -> None:
        """Sync and close."""
        if self._journal is not None:
            self.sync()
            self._journal.close()

    def _append(self, lines: Iterable[list[Any]]) -> None:
        if self._journal is not None:
            for line in lines:
                self._number += 1
                self._journal.append([self._number, *line])

    def _rewrite(self) -> None:
        """Write the journal anew with nothing in it that was superseded; raises OSError."""
        if self._journal is not None:
            self._writer = Writer()
            lines = list(whole_lines(self.record, self._writer))
            self._journal.rewrite(lines)
            self._number = len(lines)
            self._small = self._journal.size
            self._whole = False


def whole_lines(record: ReviewRecord, writer: Writer) -> Iterator[list[Any]]:
    """Yield the lines of a journal that says nothing but ``record``."""
    lines = [line for news in tell(record.history) for line in _lines(writer, news)]
    passed = sorted(record.passed)
    for at in range(0, len(passed), CHANGES_PER_LINE):
        lines.append(["passed", passed[at : at + CHANGES_PER_LINE], []])
    lines.append(["view", write_view(record.view)])
    return ([number, *line] for number, line in enumerate(lines, 1))


def _lines(writer: Writer, news: HistoryEvent[Identity]) -> Iterator[list[Any]]:
    """Yield the lines of one act: the files that are new, then its changes in parts."""
    at = writer.count
    line = writer.news(news)
    fresh = writer.take_files()
    for start in range(0, len(fresh), FILES_PER_LINE):
        yield ["files", at + start, fresh[start : start + FILES_PER_LINE]]
    if len(line) > 1:
        changes, part = line[1], 3 * CHANGES_PER_LINE
        last = max(len(changes) - 1, 0) // part * part
        for start in range(0, last, part):
            yield ["more", changes[start : start + part]]
        line[1] = changes[last:]
    yield line


class Replay:
    """Applies the lines of a journal up to the first that is missing or invalid."""

    def __init__(self, lines: Iterable[Any]) -> None:
        self.record = ReviewRecord()
        self.last = 0
        self.damaged = False
        self._changes = 0
        self._reader = Reader()
        self._more: list[Any] = []
        for line in lines:
            match line:
                case [int(number), *rest] if number <= self.last + 1:
                    if number <= self.last:
                        continue  # written again after a partial write
                    try:
                        self._follow(rest)
                    except ValueError:
                        self.damaged = True
                        return
                    self.last = number
                case _:
                    self.damaged = True
                    return

    @property
    def superseded(self) -> int:
        """How many superseded changes the journal holds."""
        history = self.record.history
        needed = sum(step.weight for step in (*history.done, *history.undone)) + len(history.markings)
        return self._changes - needed

    def _follow(self, line: list[Any]) -> None:
        more, self._more = self._more, []
        match line:
            case ["files", 0, files]:
                self._reader = Reader()
                self._reader.add_files(files)
            case ["files", int(at), files] if at == self._reader.count:
                self._reader.add_files(files)
            case ["more", [*changes]]:
                self._more = more + changes
            case ["view", view]:
                self.record.view = read_view(view)
            case ["passed", [*passed], [*not_passed]]:
                self.record.passed = (self.record.passed | read_names(passed)) - read_names(not_passed)
            case [str(act)]:
                self.record.hear(self._reader.news([act]))
            case [str(act), [*changes], *rest]:
                self._changes += (len(more) + len(changes)) // 3
                self.record.hear(self._reader.news([act, more + changes, *rest]))
            case _:
                raise ValueError("no line")


def read_review(path: Where) -> tuple[int, int, Iterable[object]]:
    """Return how many lines of a journal are valid, how many are not, and lines with the valid content.

    Raises DamagedError, OSError.
    """
    frames = read_frames(path)
    replay = Replay(frames.records)
    lost = len(frames.records) - replay.last if replay.damaged else 0
    return replay.last, frames.rejected + max(lost, 0), whole_lines(replay.record, Writer())
