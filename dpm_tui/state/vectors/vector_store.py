"""Fingerprint vectors of one model: fixed-size rows, appended, each with its own checksum.

A row is 32 bytes of content digest, a byte that tells whether this model is the one that fits the picture,
a byte that tells whether the other models have a vector of it too, the vector as little-endian float16, and
the crc32 of it all. Row numbers never change while a table exists, so that matching can record its
progress. Where many rows are unused, ``garbage_collection`` writes a new table.
"""

from __future__ import annotations

import contextlib
import errno
import os
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import Prefixes
from dpm_tui.catalog.image_file import DIGEST_BYTES
from dpm_tui.errors import DamagedError
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.state.disk.atomic_write import create_partial, fill_and_close, write_all
from dpm_tui.state.disk.held_folder import HeldPath, Where, place_of
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.state.vectors.digest_index import DigestIndex

HEAD_BYTES = DIGEST_BYTES + 2
CHECKSUM_BYTES = 4
MAX_BYTES = 1 << 36
"""A larger table was not written by us: it has room for 28 million pictures with their parts."""
HELD_BYTES = 1 << 26
"""Vectors from the beginning that are kept in memory, those of 27,000 pictures with their parts. Others are
read each time: never mapped, as a network that goes away in the middle would kill the process."""
_READ_BYTES = 1 << 24
_FITS, _SHARED = 1, 2
_NO_NUMBER = np.uint16(0x7C00)
"""Bits of half precision that only NaN and the infinities have all of."""


class VectorStore:
    """Digest -> row -> unit vector, for one model with one set of weights.

    Opening raises DamagedError, OSError. A torn tail is cut off; a row with a wrong checksum keeps its
    number but has no digest, and its vector is zero, which is near no other.
    """

    def __init__(self, path: Where, dims: int, *, writable: bool = True) -> None:
        self.place = place_of(path)
        self.row_bytes = HEAD_BYTES + 2 * dims + CHECKSUM_BYTES
        self._dims = dims
        self._writable = writable
        if writable:
            self.place.folder.make()
            self._descriptor = open_regular(self.place, os.O_RDWR | os.O_CREAT, at_most=MAX_BYTES)
            self.place.folder.sync()
        else:
            self._descriptor = open_regular(self.place, at_most=MAX_BYTES)
        self._buffer = bytearray()
        self._digests = DigestIndex()
        self._flags = bytearray()
        self._held: NDArray[np.float16] = np.zeros((0, dims), dtype=np.float16)
        self._read_at = _stamp(os.fstat(self._descriptor))
        self._load()

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, digest: str) -> bool:
        return self._row(digest) >= 0

    def __iter__(self) -> Iterator[str]:
        """Yield the digest of each row in order, empty for a row with a wrong checksum."""
        return (digest.hex() for digest in self._digests)

    def digest_at(self, row: int) -> str:
        """Return the digest of a row, empty if its checksum was wrong."""
        return self._digests.at(row).hex()

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        """Return the rows from ``start`` to ``end``, shape (end - start, dims); raises OSError."""
        end = min(end, len(self))
        # Whoever only reads goes through the table once.
        if self._writable and end > len(self._held) and len(self._held) < HELD_BYTES // (2 * self._dims):
            self._hold(end)
        return self._held[start:end] if end <= len(self._held) else self._fetch(start, end)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers, which come in order; raises OSError."""
        rows = np.zeros((len(numbers), self._dims), np.float16)
        breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
        for run in np.split(np.arange(len(numbers)), breaks):
            if len(run):
                rows[run] = self.read(int(numbers[run[0]]), int(numbers[run[-1]]) + 1)
        return rows

    def fits(self, digest: str) -> bool:
        """Return whether this model is the one that fits the picture."""
        return self._has_flag(digest, _FITS)

    def shared(self, digest: str) -> bool:
        """Return whether the picture should have a vector of every model."""
        return self._has_flag(digest, _SHARED)

    def add(self, digest: str, vector: NDArray[np.float32], *, fits: bool, shared: bool = False) -> None:
        """Append the unit vector of a digest that has none yet."""
        if digest in self:
            return
        raw = bytes.fromhex(digest)
        content = raw + bytes((fits, shared)) + vector.astype("<f2").tobytes()
        self._buffer += content + checksum_of(content)
        self._digests.add(raw)
        self._flags.append(fits * _FITS | shared * _SHARED)

    def discard(self, digest: str) -> None:
        """Empty the row of a digest for good: it keeps its number. Raises OSError."""
        row = self._row(digest)
        if row < 0:
            return
        self.sync()
        empty = bytes(self.row_bytes - CHECKSUM_BYTES)
        os.lseek(self._descriptor, row * self.row_bytes, os.SEEK_SET)
        write_all(self._descriptor, empty + checksum_of(empty))
        self._digests.discard(row)
        self._flags[row] = 0
        if row < len(self._held):
            self._held[row] = 0

    def known_rows(self, known: Prefixes) -> NDArray[np.bool_]:
        """Return the mask of the rows whose digest is among the known ones."""
        return self._digests.known(known)

    def copy_rows(self, kept: NDArray[np.bool_], cancelled: Callable[[], bool]) -> HeldPath:
        """Write some of the rows to a file beside the table; return its place. Raises Cancelled, OSError."""
        self.sync()
        partial = self.place.part
        try:
            fill_and_close(create_partial(partial), self._kept_rows(kept, cancelled))
        except (Cancelled, OSError):
            with contextlib.suppress(OSError):
                partial.unlink()
            raise
        return partial

    def replace(self, copy: HeldPath) -> None:
        """Put a copy in the place of the table: row numbers change. Raises OSError."""
        self.place.folder.replace(copy.name, self.place.name)
        self.place.folder.sync()
        fresh = open_regular(self.place, os.O_RDWR, at_most=MAX_BYTES)
        os.close(self._descriptor)
        self._descriptor = fresh
        self._load()

    def sync(self) -> None:
        """Make the rows added so far survive a crash.

        Raises OSError; the next sync then writes the same rows to the same place.
        """
        if self._buffer:
            os.lseek(self._descriptor, self._written * self.row_bytes, os.SEEK_SET)
            write_all(self._descriptor, bytes(self._buffer))
            os.fsync(self._descriptor)
            self._buffer.clear()

    def is_current(self) -> bool:
        """Return whether the table on the disk is still the one that was read; for whoever only reads."""
        try:
            return _stamp(self.place.folder.status(self.place.name)) == self._read_at
        except (OSError, DamagedError):
            return False

    def close(self) -> None:
        """Sync and close."""
        if self._descriptor >= 0:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def _written(self) -> int:
        """The number of rows that the file holds for sure."""
        return len(self) - len(self._buffer) // self.row_bytes

    def _row(self, digest: str) -> int:
        try:
            return self._digests.find(bytes.fromhex(digest))
        except ValueError:
            return -1

    def _has_flag(self, digest: str, flag: int) -> bool:
        row = self._row(digest)
        return row >= 0 and bool(self._flags[row] & flag)

    def _hold(self, end: int) -> None:
        """Keep the vectors up to ``end`` in memory, as many of them as may be."""
        end = min(max(end, min(len(self), 2 * len(self._held))), HELD_BYTES // (2 * self._dims))
        fresh = self._fetch(len(self._held), end)
        self._held = np.concatenate([self._held, fresh])

    def _fetch(self, start: int, end: int) -> NDArray[np.float16]:
        """Return rows from the file and from the buffer."""
        written = self._written
        content = self._read_file(start, min(end, written))
        first, last = max(start - written, 0), max(end - written, 0)
        content += self._buffer[first * self.row_bytes : last * self.row_bytes]
        table = np.frombuffer(content, np.uint8).reshape(-1, self.row_bytes)
        vectors = table[:, HEAD_BYTES:-CHECKSUM_BYTES].copy().view("<f2").astype(np.float16, copy=False)
        vectors[self._digests.lacking(start, end)] = 0
        # Looking for what is no number takes several times as long as looking at the bits of all.
        if ((vectors.view(np.uint16) & _NO_NUMBER) == _NO_NUMBER).any():
            np.nan_to_num(vectors, copy=False)
        return vectors

    def _kept_rows(self, kept: NDArray[np.bool_], cancelled: Callable[[], bool]) -> Iterator[bytes]:
        """Yield the bytes of the rows that are kept; raises Cancelled, OSError."""
        start = 0
        for content in self._blocks(len(self)):
            if cancelled():
                raise Cancelled
            table = np.frombuffer(content, np.uint8).reshape(-1, self.row_bytes)
            yield table[kept[start : start + len(table)]].tobytes()
            start += len(table)

    def _blocks(self, rows: int) -> Iterator[bytes]:
        """Yield the bytes of the first so many rows of the file, some rows at a time; raises OSError."""
        step = max(_READ_BYTES // self.row_bytes, 1)
        for start in range(0, rows, step):
            yield self._read_file(start, min(start + step, rows))

    def _read_file(self, start: int, end: int) -> bytes:
        """Return the bytes of rows in the file; raises OSError."""
        parts: list[bytes] = []
        at, left = start * self.row_bytes, max(end - start, 0) * self.row_bytes
        while left:
            part = os.pread(self._descriptor, left, at)
            if not part:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            parts.append(part)
            at, left = at + len(part), left - len(part)
        return b"".join(parts)

    def _load(self) -> None:
        self._digests, self._flags, self._held = DigestIndex(), bytearray(), self._held[:0]
        size = os.fstat(self._descriptor).st_size
        count = size // self.row_bytes
        if size % self.row_bytes and self._writable:
            os.ftruncate(self._descriptor, count * self.row_bytes)
        for block in self._blocks(count):
            content, checked = memoryview(block), self.row_bytes - CHECKSUM_BYTES
            starts = range(0, len(content), self.row_bytes)
            found = np.array([zlib.crc32(content[start : start + checked]) for start in starts], np.uint32)
            table = np.frombuffer(content, np.uint8).reshape(-1, self.row_bytes)
            stored = table[:, checked:].copy().view("<u4")[:, 0]
            self._digests.extend(table[:, :DIGEST_BYTES], found == stored)
            fits, shared = (table[:, DIGEST_BYTES + at] != 0 for at in (0, 1))
            self._flags += (fits * np.uint8(_FITS) | shared * np.uint8(_SHARED)).tobytes()
        self._digests.settle()


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def checksum_of(row: bytes | memoryview) -> bytes:
    """Return the checksum that follows a row."""
    return zlib.crc32(row).to_bytes(CHECKSUM_BYTES, "little")
