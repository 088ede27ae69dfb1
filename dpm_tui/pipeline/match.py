"""Match stage: finds every pair of near vectors, exactly, with memory bounded by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_A_BLOCK = 2048
COLUMNS_A_BLOCK = 8192
"""A block of cosines takes 64 MiB; larger ones are no faster."""

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

    ``vectors`` has shape (n, dims) and unit rows. Every pair with a cosine of at least ``threshold``
    is found: the products are computed in float32, none is left out.
    """
    for top in range(start, len(vectors), ROWS_A_BLOCK):
        end = min(top + ROWS_A_BLOCK, len(vectors))
        rows = vectors[top:end].astype(np.float32)
        near: list[Candidate] = []
        for left in range(0, end, COLUMNS_A_BLOCK):
            columns = vectors[left : min(left + COLUMNS_A_BLOCK, end)].astype(np.float32)
            cosines = rows @ columns.T
            seconds, firsts = np.nonzero(cosines >= threshold)
            for second, first in zip(seconds.tolist(), firsts.tolist(), strict=True):
                if left + first < top + second:
                    cosine = min(float(cosines[second, first]), 1.0)
                    near.append(Candidate(left + first, top + second, cosine))
        yield MatchedRows(top, end, near)
