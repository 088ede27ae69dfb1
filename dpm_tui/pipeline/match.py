"""Match stage: compares every pair of vectors, exactly, with memory bounded by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_A_BLOCK = 2048
COLUMNS_A_BLOCK = 8192
"""A block of cosines takes 64 MiB; larger ones are no faster."""
SURE = 0.9
NEAREST = 24
"""Pairs from a cosine of SURE on are all candidates. Of weaker ones a picture brings its NEAREST at most:
the true partner is among the ten nearest of a picture, and a library of pictures that are all a little
alike (a season of one series, a shelf of one shop) would else bring millions to verify."""

DigestPair = tuple[str, str]


def digest_pair(first: str, second: str) -> DigestPair:
    """Return the key of two content digests, whatever their order."""
    return (first, second) if first < second else (second, first)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two rows of a table of vectors with their cosine; ``first`` comes before ``second``."""

    first: int
    second: int
    cosine: float


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Rows ``start`` to ``end`` compared with every row before them, and the candidates found."""

    start: int
    end: int
    near: list[Candidate]


def match_vectors(vectors: NDArray[np.float16], start: int, threshold: float) -> Iterator[MatchedRows]:
    """Compare rows from ``start`` on with all rows before them; yield block by block.

    ``vectors`` has shape (n, dims) and unit rows. No product is left out or approximated. Each row
    brings every earlier row with a cosine of at least SURE, and of those from ``threshold`` on its
    NEAREST, whatever the blocks.
    """
    for top in range(start, len(vectors), ROWS_A_BLOCK):
        end = min(top + ROWS_A_BLOCK, len(vectors))
        rows = vectors[top:end].astype(np.float32)
        found: list[_Near] = []
        for left in range(0, end, COLUMNS_A_BLOCK):
            columns = vectors[left : min(left + COLUMNS_A_BLOCK, end)].astype(np.float32)
            cosines = rows @ columns.T
            seconds, firsts = np.nonzero(cosines >= threshold)
            before = left + firsts < top + seconds
            seconds, firsts = seconds[before], firsts[before]
            found.append(_Near(left + firsts, top + seconds, cosines[seconds, firsts]))
            if sum(len(near.cosines) for near in found) > ROWS_A_BLOCK * COLUMNS_A_BLOCK:
                found = [_keep_nearest(found)]
        yield MatchedRows(top, end, _keep_nearest(found).candidates())


@dataclass(frozen=True, slots=True)
class _Near:
    """Rows and cosines of pairs, three arrays of one length."""

    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    cosines: NDArray[np.float32]

    def candidates(self) -> list[Candidate]:
        cosines = np.minimum(self.cosines, 1.0).tolist()
        return list(map(Candidate, self.firsts.tolist(), self.seconds.tolist(), cosines))


def _keep_nearest(parts: list[_Near]) -> _Near:
    """Keep of each second row all that are sure and the nearest of the others, ordered by rows."""
    firsts = np.concatenate([part.firsts for part in parts])
    seconds = np.concatenate([part.seconds for part in parts])
    cosines = np.concatenate([part.cosines for part in parts])
    order = np.lexsort((firsts, -cosines, seconds))
    sorted_seconds = seconds[order]
    starts = np.searchsorted(sorted_seconds, sorted_seconds)
    place = np.arange(len(order)) - starts
    kept = np.sort(order[(place < NEAREST) | (cosines[order] >= SURE)])
    return _Near(firsts[kept], seconds[kept], cosines[kept])
