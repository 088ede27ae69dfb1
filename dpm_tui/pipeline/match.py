"""Match stage: compares every pair of vectors, exactly, with memory bounded by block.

Pairs from a threshold on are candidates, and whatever the threshold the few nearest neighbours of each
picture: a strong crop may lie below it and still be nearest to its original.
"""

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
NEIGHBOURS = 2
"""Nearest neighbours of a picture that are candidates even below the threshold."""
FLOOR = 0.5
"""Cosine below which not even a nearest neighbour is worth a look."""
_RUN = 64
RULE = f"{SURE}-{NEAREST}-{NEIGHBOURS}-{FLOOR}"
"""Names what makes a pair a candidate besides threshold and vectors; other candidates are matched anew."""

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
    """Compare rows from ``start`` on with all rows; yield block by block.

    ``vectors`` has shape (n, dims) and unit rows. No product is left out or approximated. Each row
    brings every earlier row with a cosine of at least SURE, of those from ``threshold`` on its NEAREST,
    and its NEIGHBOURS among all rows, whatever the blocks. A pair can come from both of its rows.
    """
    for top in range(start, len(vectors), ROWS_A_BLOCK):
        end = min(top + ROWS_A_BLOCK, len(vectors))
        rows = vectors[top:end].astype(np.float32)
        numbers = np.arange(top, end)
        found: list[Near] = []
        neighbours = Near.none()
        bars = np.full(len(rows), FLOOR, np.float32)
        for left in range(0, len(vectors), COLUMNS_A_BLOCK):
            columns = vectors[left : left + COLUMNS_A_BLOCK].astype(np.float32)
            cosines = rows @ columns.T
            own = numbers[(numbers >= left) & (numbers < left + len(columns))]
            cosines[own - top, own - left] = -1
            if left < end:
                seconds, firsts = np.nonzero(cosines >= threshold)
                before = left + firsts < top + seconds
                seconds, firsts = seconds[before], firsts[before]
                found.append(Near(left + firsts, top + seconds, cosines[seconds, firsts]))
                if sum(len(near.cosines) for near in found) > ROWS_A_BLOCK * COLUMNS_A_BLOCK:
                    found = [keep_nearest(found, NEAREST, SURE)]
            seconds, firsts = np.nonzero(cosines >= np.maximum(bars, _bars(cosines))[:, None])
            closer = Near(left + firsts, top + seconds, cosines[seconds, firsts])
            neighbours = keep_nearest([neighbours, closer], NEIGHBOURS)
            bars = neighbours.bars(top, len(rows))
        yield MatchedRows(top, end, keep_nearest(found, NEAREST, SURE).candidates(neighbours))


def _bars(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each row a cosine that at least NEIGHBOURS of its columns reach, found in one pass."""
    rows, columns = cosines.shape
    runs = columns // _RUN
    if runs < NEIGHBOURS:
        return np.full(rows, FLOOR, np.float32)
    highest = cosines[:, : runs * _RUN].reshape(rows, runs, _RUN).max(axis=2)
    reached: NDArray[np.float32] = np.partition(highest, runs - NEIGHBOURS, axis=1)[:, runs - NEIGHBOURS]
    return reached


@dataclass(frozen=True, slots=True)
class Near:
    """Rows and cosines of pairs, three arrays of one length."""

    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    cosines: NDArray[np.float32]

    @classmethod
    def none(cls) -> Near:
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))

    def candidates(self, *others: Near) -> list[Candidate]:
        """Return every pair of these and others once, the lower row first, with its highest cosine."""
        pairs: dict[tuple[int, int], float] = {}
        for part in (self, *others):
            rows = np.sort([part.firsts, part.seconds], axis=0).T.tolist()
            for (first, second), cosine in zip(rows, np.minimum(part.cosines, 1.0).tolist(), strict=True):
                pairs[first, second] = max(cosine, pairs.get((first, second), -1.0))
        return [Candidate(first, second, cosine) for (first, second), cosine in pairs.items()]

    def bars(self, top: int, rows: int) -> NDArray[np.float32]:
        """Return the cosine below which nothing joins the neighbours of each row from ``top`` on."""
        full = np.bincount(self.seconds - top, minlength=rows) >= NEIGHBOURS
        lowest = np.full(rows, 2, np.float32)
        np.minimum.at(lowest, self.seconds - top, self.cosines)
        return np.where(full, lowest, np.float32(FLOOR))


def keep_nearest(parts: list[Near], nearest: int, sure: float = 2.0) -> Near:
    """Keep of each second row all from a cosine of ``sure`` on and its nearest others, ordered by rows."""
    firsts = np.concatenate([part.firsts for part in parts])
    seconds = np.concatenate([part.seconds for part in parts])
    cosines = np.concatenate([part.cosines for part in parts])
    order = np.lexsort((firsts, -cosines, seconds))
    sorted_seconds = seconds[order]
    starts = np.searchsorted(sorted_seconds, sorted_seconds)
    place = np.arange(len(order)) - starts
    kept = np.sort(order[(place < nearest) | (cosines[order] >= sure)])
    return Near(firsts[kept], seconds[kept], cosines[kept])
