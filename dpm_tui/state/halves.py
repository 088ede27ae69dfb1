"""Halves: the first eight bytes of digests as numbers, of which millions are searched at once.

That two contents have the same happens once in some million libraries of a million pictures; where it does,
something is kept that might go.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.image_file import DIGEST_BYTES

_DIGITS = 16

Halves = NDArray[np.uint64]


def half_of(digest: str) -> int:
    """Return the half of a digest in hexadecimal digits."""
    return int(digest[:_DIGITS], 16)


def halves_of(digests: Iterable[str]) -> Halves:
    """Return the halves of digests in hexadecimal digits."""
    return np.array([half_of(digest) for digest in digests], np.uint64)


def halves_in(digests: bytes) -> Halves:
    """Return the halves of raw digests, one after the other."""
    return np.frombuffer(digests, ">u8").reshape(-1, DIGEST_BYTES // 8)[:, 0].astype(np.uint64)


def both_known(pairs: Iterable[tuple[str, str]], known: Halves) -> list[bool]:
    """Return for each pair of digests whether both are among the known ones."""
    halves = halves_of([digest for pair in pairs for digest in pair])
    found: NDArray[np.bool_] = np.isin(halves, known).reshape(-1, 2)
    return [bool(both) for both in found[:, 0] & found[:, 1]]
