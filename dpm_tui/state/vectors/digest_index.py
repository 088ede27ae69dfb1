"""Row numbers by content digest, in 50 bytes a row: a dictionary of a million would take 250 MB."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import Prefixes, prefixes_in
from dpm_tui.catalog.image_file import DIGEST_BYTES

_RECENT = 8192
"""Rows that are found by a dictionary; with more of them all are sorted anew."""


class DigestIndex:
    """Digests as raw bytes in the order of their rows. A row may have none; the last of equal ones counts."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._has = bytearray()
        self._keys = array("Q")
        self._rows = array("q")
        self._recent: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._has)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the digest of each row, empty where it has none."""
        return (self.at(row) for row in range(len(self)))

    def at(self, row: int) -> bytes:
        """Return the digest of a row, empty if it has none."""
        return bytes(self._digests[row * DIGEST_BYTES : (row + 1) * DIGEST_BYTES]) if self._has[row] else b""

    def lacking(self, start: int, end: int) -> NDArray[np.bool_]:
        """Return the mask of the rows from ``start`` to ``end`` that have none."""
        has = np.frombuffer(bytes(self._has[start:end]), np.bool_)
        return np.logical_not(has)

    def known(self, halves: Prefixes) -> NDArray[np.bool_]:
        """Return the mask of the rows whose digest is among the known ones."""
        has = np.frombuffer(bytes(self._has), np.bool_)
        return np.logical_and(has, np.isin(prefixes_in(bytes(self._digests)), halves))

    def find(self, digest: bytes) -> int:
        """Return the row of a digest, -1 if there is none."""
        if digest in self._recent:
            return self._recent[digest]
        key = int.from_bytes(digest[:8])
        place, found = bisect_left(self._keys, key), -1
        while place < len(self._keys) and self._keys[place] == key:
            row = self._rows[place]
            if self.at(row) == digest:
                found = row
            place += 1
        return found

    def add(self, digest: bytes) -> None:
        """Append a row."""
        self._recent[digest] = len(self)
        self._digests += digest
        self._has.append(1)
        if len(self._recent) > max(_RECENT, len(self) // 8):
            self.settle()

    def discard(self, row: int) -> None:
        """Let a row have no digest."""
        self._recent.pop(self.at(row), None)
        self._has[row] = 0

    def extend(self, digests: NDArray[np.uint8], has: NDArray[np.bool_]) -> None:
        """Append rows of shape (n, 32), of which some have no digest; they are found after ``settle``."""
        self._digests += digests.tobytes()
        self._has += has.astype(np.uint8).tobytes()

    def settle(self) -> None:
        """Let every row be found."""
        rows = np.flatnonzero(np.frombuffer(bytes(self._has), np.uint8))
        keys = prefixes_in(bytes(self._digests))[rows]
        order = np.argsort(keys, kind="stable")
        self._keys = array("Q", keys[order].tobytes())
        self._rows = array("q", rows[order].astype(np.int64).tobytes())
        self._recent.clear()
