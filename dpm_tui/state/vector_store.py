"""Fingerprint vectors of one model: fixed-size rows, appended, each with its own checksum.

A row is 32 bytes of content digest, a byte that tells whether this model is the one that fits the
picture, a byte that tells whether the other models have a vector of it too, the vector as
little-endian float16, and the crc32 of it all.
Row numbers never change, so that matching can say how far it came.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.state.atomic import sync_folder, write_all
from dpm_tui.state.regular_file import open_regular

_DIGEST_BYTES = 32
HEAD_BYTES = _DIGEST_BYTES + 2
SEAL_BYTES = 4
_GROW_ROWS = 4096


class VectorStore:
    """Digest -> row -> unit vector, for one model with one set of weights.

    Opening raises DamagedError, OSError. A torn tail is cut off; a row that does not check keeps its
    number but belongs to no digest, and its vector is zero, which is near to nothing.
    """

    def __init__(self, path: bytes, dims: int, *, writable: bool = True) -> None:
        self._dims = dims
        self._row_bytes = HEAD_BYTES + 2 * dims + SEAL_BYTES
        self._writable = writable
        if writable:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            self._descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
            sync_folder(os.path.dirname(path))
        else:
            self._descriptor = open_regular(path)
        self._rows: dict[str, int] = {}
        self._digests: list[str] = []
        self._fitting: set[str] = set()
        self._shared: set[str] = set()
        self._vectors: NDArray[np.float16] = np.zeros((0, dims), dtype=np.float16)
        self._buffer = bytearray()
        self._load()

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, digest: str) -> bool:
        return digest in self._rows

    def __iter__(self) -> Iterator[str]:
        """Yield the digest of each row in order, empty for a row that did not check."""
        return iter(self._digests)

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        """Return the rows from ``start`` to ``end``, shape (end - start, dims)."""
        return self._vectors[start : min(end, len(self._digests))]

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers."""
        rows: NDArray[np.float16] = self._vectors[numbers]
        return rows

    def fits(self, digest: str) -> bool:
        """Tell whether this model is the one that fits the picture."""
        return digest in self._fitting

    def shared(self, digest: str) -> bool:
        """Tell whether the picture should have a vector of every model."""
        return digest in self._shared

    def add(self, digest: str, vector: NDArray[np.float32], *, fits: bool, shared: bool = False) -> None:
        """Append the unit vector of a digest that has none yet."""
        if digest in self._rows:
            return
        row = vector.astype("<f2")
        content = bytes.fromhex(digest) + bytes((fits, shared)) + row.tobytes()
        self._buffer += content + seal_of(content)
        if len(self._digests) == len(self._vectors):
            grown = np.zeros((len(self._vectors) * 3 // 2 + _GROW_ROWS, self._dims), dtype=np.float16)
            grown[: len(self._vectors)] = self._vectors
            self._vectors = grown
        self._vectors[len(self._digests)] = row
        self._rows[digest] = len(self._digests)
        self._digests.append(digest)
        if fits:
            self._fitting.add(digest)
        if shared:
            self._shared.add(digest)

    def sync(self) -> None:
        """Make the rows added so far survive a crash.

        Raises OSError; the next sync then writes the same rows to the same place.
        """
        if self._buffer:
            os.lseek(self._descriptor, len(self._digests) * self._row_bytes - len(self._buffer), os.SEEK_SET)
            write_all(self._descriptor, bytes(self._buffer))
            os.fsync(self._descriptor)
            self._buffer.clear()

    def close(self) -> None:
        """Sync and close."""
        if self._descriptor >= 0:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = -1

    def _load(self) -> None:
        size = os.fstat(self._descriptor).st_size
        count = size // self._row_bytes
        if size % self._row_bytes and self._writable:
            os.ftruncate(self._descriptor, count * self._row_bytes)
        with open(self._descriptor, "rb", closefd=False) as file:
            file.seek(0)
            content = file.read(count * self._row_bytes)
        table = np.frombuffer(content, dtype=np.uint8).reshape(-1, self._row_bytes)
        vectors = table[:, HEAD_BYTES:-SEAL_BYTES].copy().view("<f2").astype(np.float16)
        for row in range(len(table)):
            start = row * self._row_bytes
            end = start + self._row_bytes
            body, seal = content[start : end - SEAL_BYTES], content[end - SEAL_BYTES : end]
            checks = seal_of(body) == seal
            digest = body[:_DIGEST_BYTES].hex() if checks else ""
            if digest:
                self._rows[digest] = row
                if body[_DIGEST_BYTES]:
                    self._fitting.add(digest)
                if body[_DIGEST_BYTES + 1]:
                    self._shared.add(digest)
            else:
                vectors[row] = 0
            self._digests.append(digest)
        self._vectors = np.nan_to_num(vectors.reshape(-1, self._dims))


def seal_of(row: bytes) -> bytes:
    """Return the checksum that follows a row."""
    return zlib.crc32(row).to_bytes(SEAL_BYTES, "little")
