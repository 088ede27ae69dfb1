"""Append-only journals of JSON lines whose reader can tell a whole record from a torn one.

A line is ``<crc32 as 8 hex digits> <json>\\n``. Reading skips lines with a wrong checksum and counts them.
Writing after a torn tail starts on a new line.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.atomic_write import write_all, write_parts_atomic
from dpm_tui.state.disk.held_folder import Where, place_of
from dpm_tui.state.disk.regular_file import open_regular

MAX_LINE_BYTES = 1 << 20
"""A longer line was not written by us; parsing it could take any amount of memory."""

_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class JournalRecords:
    """The content of a journal: its records in order, and the number of lines with a wrong checksum."""

    records: list[Any] = field(default_factory=list)
    rejected: int = 0


def encode_frame(record: object) -> bytes:
    """Return the line for one record."""
    text = json.dumps(record, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode_frame(line: bytes) -> Any:
    """Return the record of one line without its newline; raises ValueError for a wrong checksum."""
    if len(line) > MAX_LINE_BYTES or line[8:9] != b" ":
        raise ValueError("not a frame")
    if int(line[:8], 16) != zlib.crc32(line[9:]):
        raise ValueError("checksum differs")
    text = line[9:].decode("utf-8")
    try:
        # Half the time of json.loads, and a journal may have a million lines.
        record, end = _DECODER.raw_decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if end != len(text):
        raise ValueError("more than one record")
    return record


def encode_frames(records: Iterable[object]) -> bytes:
    """Return the content of a journal of ``records``."""
    return b"".join(map(encode_frame, records))


def read_frames(path: Where) -> JournalRecords:
    """Return the records of the journal at ``path``; a missing file is an empty journal.

    Raises DamagedError if what lies there is no file of ours, OSError.
    """
    frames = JournalRecords()
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return frames
    with open(descriptor, "rb") as file:
        for line in _lines(file):
            if line == b"\n":
                continue
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("torn")
                frames.records.append(decode_frame(line[:-1]))
            except ValueError:
                frames.rejected += 1
    return frames


def ends_torn(path: Where) -> bool:
    """Return whether the last line of a journal was not written to its end, as a crash leaves it."""
    try:
        with open(open_regular(path), "rb") as file:
            return file.seek(0, os.SEEK_END) > 0 and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n"
    except (OSError, DamagedError):
        return False


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line; of one that is too long only its beginning, so that it never fills the memory."""
    while line := file.readline(MAX_LINE_BYTES + 2):
        yield line
        while not line.endswith(b"\n") and (line := file.readline(MAX_LINE_BYTES)):
            pass


class Journal:
    """The writing end of one journal; records are buffered until ``sync``. Opening raises as reading does."""

    def __init__(self, path: Where) -> None:
        self.place = place_of(path)
        new = not self.place.exists()
        self._descriptor = open_regular(self.place, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self._buffer = bytearray()
        self._writing = threading.Lock()
        self._unsynced = False
        if new:
            self.place.folder.sync()
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            self._buffer += b"\n"

    @property
    def size(self) -> int:
        """Bytes in the file; what is buffered comes on top."""
        return os.fstat(self._descriptor).st_size

    def append(self, record: object) -> None:
        """Buffer one record."""
        self._buffer += encode_frame(record)

    def flush(self) -> None:
        """Write what is buffered: it survives a kill, but no power cut yet. Raises as ``sync``."""
        self._write(sync=False)

    def sync(self) -> None:
        """Write what is buffered and wait until the disk has it.

        Raises OSError; the records stay buffered then, and the next sync writes them again on a line
        of their own, as the disk may have taken a part.
        """
        self._write(sync=True)

    def _write(self, *, sync: bool) -> None:
        with self._writing:
            content = bytes(self._buffer)
            if not content and not (sync and self._unsynced):
                return
            try:
                write_all(self._descriptor, content)
                if sync:
                    os.fsync(self._descriptor)
                self._unsynced = not sync
            except OSError:
                if not self._buffer.startswith(b"\n"):
                    self._buffer[:0] = b"\n"
                raise
            # Another thread may have appended meanwhile: that stays for the next time.
            del self._buffer[: len(content)]

    def rewrite(self, records: Iterable[object]) -> None:
        """Replace the journal, buffered records too, by ``records`` at once; used to drop superseded ones.

        Raises OSError, in which case everything is as it was.
        """
        self.replace((encode_frames(records),))

    def replace(self, lines: Iterable[bytes]) -> None:
        """Replace the journal, as ``rewrite`` does, by whole lines, some of them at a time."""
        write_parts_atomic(self.place, lines)
        fresh = open_regular(self.place, os.O_RDWR | os.O_APPEND)
        os.close(self._descriptor)
        self._descriptor = fresh
        self._buffer.clear()

    def abandon(self) -> None:
        """Close without writing what is buffered."""
        self._buffer.clear()
        self.close(sync=False)

    def close(self, *, sync: bool = True) -> None:
        """Write what is buffered, with ``sync`` wait until the disk has it, and close."""
        if self._descriptor >= 0:
            try:
                self._write(sync=sync)
            finally:
                os.close(self._descriptor)
                self._descriptor = -1
