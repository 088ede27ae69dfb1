"""Keys of 64 bits that stand for paths: equal for equal ones, and by chance alone for others.

The names of millions of files are hashed at once, by multilinear hashing with secret random multipliers
(Carter and Wegman, "Universal classes of hash functions", 1979; for strings as in Lemire and Kaser, "Strongly
universal string hashing is fast", 2014): nobody can choose names that share a key. A process has multipliers
of its own, so keys are never stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = 4
"""Bytes of a name that are multiplied at once."""
_HALF = np.uint64(32)

Keys = NDArray[np.int64]


class _Multipliers:
    """Secret random numbers, as many as the longest name so far has words."""

    def __init__(self) -> None:
        self._seed = secrets.randbits(128)
        self._numbers = np.zeros((2, 0), np.uint64)

    def first(self, count: int) -> NDArray[np.uint64]:
        """Return the first numbers of both rows, the same ones each time, shape (2, count)."""
        if self._numbers.shape[1] < count:
            size = 2 * count
            rows = (np.random.default_rng((self._seed, row)) for row in range(2))
            whole = [row.integers(0, 1 << 64, size, np.uint64, endpoint=False) for row in rows]
            self._numbers = np.stack(whole)
        return self._numbers[:, :count]


_MULTIPLIERS = _Multipliers()


def keys_of_paths(paths: Sequence[bytes]) -> Keys:
    """Return the key of each path."""
    parts = [path.rpartition(b"/") for path in paths]
    prefixes = np.fromiter((hash(folder + slash) for folder, slash, _ in parts), np.int64, len(parts))
    lengths = np.fromiter((len(name) for _, _, name in parts), np.int64, len(parts))
    starts = np.cumsum(lengths) - lengths
    return keys_of_names(prefixes, b"".join(name for _, _, name in parts), starts, lengths)


def keys_of_prefixes(prefixes: Sequence[bytes]) -> Keys:
    """Return the key of each prefix: a folder with a slash at its end, or nothing."""
    return np.fromiter(map(hash, prefixes), np.int64, len(prefixes))


def keys_of_names(
    prefixes: Keys, names: bytes | bytearray, starts: NDArray[np.integer], lengths: NDArray[np.integer]
) -> Keys:
    """Return the keys of paths, each given by the key of its prefix and where its name lies in ``names``."""
    keys = prefixes.view(np.uint64).copy()
    words = (lengths.astype(np.int64) + _WORD - 1) // _WORD
    longest = int(words.max(initial=0))
    octets = np.frombuffer(bytes(names) + bytes(_WORD * longest), np.uint8)
    for count in np.flatnonzero(np.bincount(words)).tolist():
        if count:
            rows = np.flatnonzero(words == count)
            windows = np.lib.stride_tricks.sliding_window_view(octets, _WORD * count)
            table = windows[starts[rows].astype(np.int64)]
            table[np.arange(_WORD * count) >= lengths[rows].astype(np.int64)[:, None]] = 0
            keys[rows] ^= _hash(table.view("<u4").astype(np.uint64))
    return keys.view(np.int64)


def _hash(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 64 bits for each row of words of 32 bits."""
    one, other = _MULTIPLIERS.first(words.shape[1])
    high: NDArray[np.uint64] = (words * one).sum(axis=1, dtype=np.uint64) >> _HALF << _HALF
    low: NDArray[np.uint64] = (words * other).sum(axis=1, dtype=np.uint64) >> _HALF
    return high | low
