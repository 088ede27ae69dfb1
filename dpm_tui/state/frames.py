"""Append-only journals of JSON lines whose reader can tell a whole record from a torn one.

A line is ``<crc32 as 8 hex digits> <json>\\n``. Reading skips what does not check and says how many
lines that were; writing after a torn tail starts on a line of its own.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.state.atomic import sync_folder, write_all, write_atomic

LINE_BYTES_AT_MOST = 1 << 20
"""A longer line was not written by us; parsing it could cost any amount of memory."""


@dataclass(slots=True)
class Frames:
    """What a journal held: its records in order, and the number of lines that did not check."""

    records: list[Any] = field(default_factory=list)
    rejected: int = 0


def encode_frame(record: object) -> bytes:
    """Return the line for one record."""
    text = json.dumps(record, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode_frame(line: bytes) -> Any:
    """Return the record of one line without its newline; raises ValueError if it does not check."""
    if len(line) > LINE_BYTES_AT_MOST or line[8:9] != b" ":
        raise ValueError("not a frame")
    if int(line[:8], 16) != zlib.crc32(line[9:]):
        raise ValueError("checksum differs")
    try:
        return json.loads(line[9:])
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def read_frames(path: bytes) -> Frames:
    """Return the records of the journal at ``path``; a missing file is an empty journal."""
    frames = Frames()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return frames
    with open(descriptor, "rb") as file:
        for line in file:
            if line == b"\n":
                continue
            if not line.endswith(b"\n"):
                frames.rejected += 1
                continue
            try:
                frames.records.append(decode_frame(line[:-1]))
            except ValueError:
                frames.rejected += 1
    return frames


class Journal:
    """The writing end of one journal; records are buffered until ``sync``."""

    def __init__(self, path: bytes) -> None:
        self.path = path
        new = not os.path.exists(path)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        self._buffer = bytearray()
        if new:
            sync_folder(os.path.dirname(path))
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            self._buffer += b"\n"

    def append(self, record: object) -> None:
        """Buffer one record."""
        self._buffer += encode_frame(record)

    def sync(self) -> None:
        """Write what is buffered and wait until the disk has it.

        Raises OSError; the records stay buffered then, and the next sync writes them again on a line
        of their own, as the disk may have taken a part.
        """
        if self._buffer:
            try:
                write_all(self._descriptor, bytes(self._buffer))
                os.fsync(self._descriptor)
            except OSError:
                if not self._buffer.startswith(b"\n"):
                    self._buffer[:0] = b"\n"
                raise
            self._buffer.clear()

    def rewrite(self, records: Iterable[object]) -> None:
        """Replace the journal, buffered records too, by ``records`` at once; used to drop superseded ones.

        Raises OSError, in which case everything is as it was.
        """
        write_atomic(self.path, b"".join(map(encode_frame, records)))
        fresh = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        os.close(self._descriptor)
        self._descriptor = fresh
        self._buffer.clear()

    def close(self) -> None:
        """Sync and close."""
        if self._descriptor >= 0:
            try:
                self.sync()
            finally:
                os.close(self._descriptor)
                self._descriptor = -1
