"""The table of pairs that are not alike: 16 bytes each, where a line of the journal has almost 200.

A file is a line of JSON with a checksum, then two columns of numbers, little-endian: for each pair the XOR of
the prefixes of both digests, by which they are sorted, and the prefix of the first one. It is replaced as a
whole; what came since is in the journal.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from dpm_tui.catalog.content_digest import Prefixes
from dpm_tui.state.disk.atomic_write import write_parts_atomic
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.journal import MAX_LINE_BYTES, decode_frame, encode_frame
from dpm_tui.state.disk.regular_file import open_regular

_NUMBER = np.dtype("<u8")
_COLUMNS = 2
_BLOCK_BYTES = 1 << 20
_MAX_PAIRS = 1 << 36


@dataclass(frozen=True, slots=True)
class UnlikeTable:
    """What the first line of a table says: how many pairs there are, the version of the judge that looked at
    them, and the checksum of what follows."""

    place: HeldPath
    pairs: int
    version: str
    checksum: int

    def check(self) -> None:
        """Read the whole table, some of it at a time.

        Raises ValueError unless it is as it was written, DamagedError for what is no file, OSError.
        """
        checksum = size = 0
        with self._opened() as file:
            while block := file.read(_BLOCK_BYTES):
                checksum, size = zlib.crc32(block, checksum), size + len(block)
        if (checksum, size) != (self.checksum, self._bytes):
            raise ValueError("checksum differs")

    def read(self) -> tuple[Prefixes, Prefixes]:
        """Return the prefixes of the first digests and the XORs of both, sorted by these.

        Raises as ``check``, ValueError also for a table that is not sorted.
        """
        with self._opened() as file:
            if os.fstat(file.fileno()).st_size - file.tell() != self._bytes:
                raise ValueError("of another length")
            content = file.read(self._bytes)
        if zlib.crc32(content) != self.checksum:
            raise ValueError("checksum differs")
        numbers = np.frombuffer(content, _NUMBER)
        combined, firsts = numbers[: self.pairs], numbers[self.pairs :]
        if (combined[1:] < combined[:-1]).any():
            raise ValueError("not sorted")
        return firsts, combined

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """Yield the file behind its first line; raises ValueError if that says something else by now."""
        with open(open_regular(self.place), "rb") as file:
            if _read_head(file, self.place) != self:
                raise ValueError("another table")
            yield file

    @property
    def _bytes(self) -> int:
        return _COLUMNS * _NUMBER.itemsize * self.pairs


def open_table(place: HeldPath) -> UnlikeTable | None:
    """Return the table at ``place``, None if there is none.

    Raises ValueError for what no run wrote, DamagedError for what is no file, OSError.
    """
    try:
        descriptor = open_regular(place)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:
        return _read_head(file, place)


def save_table(place: HeldPath, version: str, firsts: Prefixes, combined: Prefixes) -> UnlikeTable:
    """Replace the table by pairs that are sorted by ``combined`` and return it; raises OSError."""
    checksum = 0
    for block in _blocks(combined, firsts):
        checksum = zlib.crc32(block, checksum)
    head = {"version": version, "pairs": len(firsts), "crc32": checksum}
    write_parts_atomic(place, _file(encode_frame(head), combined, firsts))
    return UnlikeTable(place, len(firsts), version, checksum)


def _file(line: bytes, *columns: Prefixes) -> Iterator[bytes]:
    yield line
    yield from _blocks(*columns)


def _blocks(*columns: Prefixes) -> Iterator[bytes]:
    for column in columns:
        step = _BLOCK_BYTES // _NUMBER.itemsize
        for start in range(0, len(column), step):
            yield column[start : start + step].astype(_NUMBER).tobytes()


def _read_head(file: BinaryIO, place: HeldPath) -> UnlikeTable:
    line = file.readline(MAX_LINE_BYTES)
    head: Any = decode_frame(line.removesuffix(b"\n"))
    match head:
        case {"version": str(version), "pairs": int(pairs), "crc32": int(checksum)}:
            if not isinstance(pairs, bool) and 0 <= pairs < _MAX_PAIRS:
                return UnlikeTable(place, pairs, version, checksum)
    raise ValueError("no table of pairs")
