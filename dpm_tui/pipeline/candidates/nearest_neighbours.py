"""Nearest neighbours: compares every pair of vectors, exactly, with memory bounded by block.

Pairs from a threshold on are candidates, and below it the few nearest neighbours of each picture: a strong
crop may lie there and still be nearest to its original. Places count families rather than files: copies of
one picture take one place, until every other family has one. Neighbours are those that are in the library: a
picture that left must not take the place of one that stayed, nor one that was there first the place of one
that came.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, keep_nearest
from dpm_tui.pipeline.candidates.neighbour_quota import KIN, Families, keep_families
from dpm_tui.pipeline.candidates.search_space import MatchedRows, NeighbourBounds, SearchSpace, blocks_of

ROWS_PER_BLOCK = 2048
COLUMNS_PER_BLOCK = 8192
"""A block of cosines takes 64 MiB; larger ones are no faster."""
SURE = 0.9
NEAREST = 24
"""Pairs from a cosine of SURE on are all candidates. Of weaker ones a picture brings its NEAREST at most:
the true partner is among the ten nearest of a picture, and a library of pictures that are all a little
alike (a season of one series, a shelf of one shop) would else bring millions to verify."""
NEIGHBOURS = 2
"""Nearest neighbours of a picture that are candidates although they lie below the threshold."""
LOOKED_AT = 4
"""Times as many are looked at, in case that some are copies of others."""
NEIGHBOURS_LOOKED_AT = 24
FLOOR = 0.5
"""Cosine below which not even a nearest neighbour is worth a look."""
_RUN = 64
_ROUNDED = 1e-4
"""By how much a stored cosine may be off."""
RULE = f"kin-{SURE}-{NEAREST}-{NEIGHBOURS}-{FLOOR}-{KIN}"
"""Names what makes a pair a candidate besides threshold and vectors; other candidates are matched anew."""


def match_vectors(field: SearchSpace, threshold: float) -> Iterator[MatchedRows]:
    """Compare the open rows, of unit length, with all live ones; yield block by block.

    No product is left out or approximated. Each open row brings every settled row, and every open one
    before it, with a cosine of at least SURE, and of those from ``threshold`` on its NEAREST. Every live row
    brings its NEIGHBOURS below the threshold among all of them, whatever the blocks. A pair can come from
    both of its rows.
    """
    settled = field.settled
    families = Families.of(len(field.rows), field.near)
    among = field.near.only(settled[field.near.firsts] & settled[field.near.seconds])
    nearest = _nearest(among, threshold, families)
    for numbers in field.open_blocks(ROWS_PER_BLOCK):
        rows = field.rows.take(numbers).astype(np.float32)
        found: list[NeighbourPairs] = []
        approached: list[NeighbourPairs] = []
        neighbours = NeighbourPairs.none()
        bars = np.full(len(rows), FLOOR, np.float32)
        for left, right in blocks_of(field.live, COLUMNS_PER_BLOCK):
            cosines = rows @ field.rows.read(left, right).astype(np.float32).T
            cosines[:, ~field.live[left:right]] = -1
            own = np.flatnonzero((numbers >= left) & (numbers < right))
            cosines[own, numbers[own] - left] = -1
            here = settled[left:right]
            seconds, firsts = np.nonzero(cosines >= threshold)
            above = cosines[seconds, firsts]
            cosines[seconds, firsts] = -1  # what is left lies below the threshold
            before = here[firsts] | (left + firsts < numbers[seconds])
            found.append(NeighbourPairs(left + firsts, seconds, above).only(before))
            if sum(map(len, found)) > ROWS_PER_BLOCK * COLUMNS_PER_BLOCK:
                found = [keep_nearest(found, LOOKED_AT * NEAREST, SURE)]
            seconds, firsts = np.nonzero(cosines >= np.maximum(bars, _bars(cosines))[:, None])
            closer = NeighbourPairs(left + firsts, seconds, cosines[seconds, firsts])
            neighbours = keep_nearest([neighbours, closer], NEIGHBOURS_LOOKED_AT)
            bars = _last_cosines(neighbours, len(rows))
            if here.any():
                approached.append(_approach(cosines, here, nearest.bars[left:right], left))
        crowd = keep_nearest(found, LOOKED_AT * NEAREST, SURE)
        sure = crowd.cosines >= SURE
        weak = keep_families(field.rows, crowd.only(~sure), NEAREST)
        neighbours = keep_families(field.rows, neighbours, NEIGHBOURS)
        own_near = NeighbourPairs.joined([crowd.only(sure), weak, neighbours])
        near = NeighbourPairs(own_near.firsts, numbers[own_near.seconds], own_near.cosines)
        others = NeighbourPairs.joined(approached)
        others = NeighbourPairs(numbers[others.firsts], others.seconds, others.cosines)
        others = keep_families(field.rows, others, NEIGHBOURS)
        families.add(near)
        nearest.add(families.leading(others))
        yield MatchedRows(numbers, NeighbourPairs.joined([near, others]).unique())


def rows_to_search_again(
    near: NeighbourPairs, gone: NDArray[np.bool_], threshold: float
) -> NDArray[np.int64]:
    """Return the rows that must be compared anew because a row that is ``gone`` took a place of theirs."""
    nearest = _nearest(near, threshold, Families.of(len(gone), near))
    both = NeighbourPairs.joined([near, near.swapped()])
    lost = both.only(gone[both.firsts] & ~gone[both.seconds])
    neighbour = (lost.cosines < threshold) & (lost.cosines >= nearest.bars[lost.seconds] - _ROUNDED)
    weak = np.bincount(both.seconds[both.cosines < SURE], minlength=len(gone))
    crowded = (lost.cosines < SURE) & (weak[lost.seconds] >= NEAREST)
    return np.unique(lost.seconds[neighbour | crowded])


def _nearest(near: NeighbourPairs, threshold: float, families: Families) -> NeighbourBounds:
    """Return how near the neighbours are that rows have below the threshold, a family counting once."""
    nearest = NeighbourBounds(len(families), NEIGHBOURS, FLOOR)
    both = NeighbourPairs.joined([near, near.swapped()])
    nearest.add(families.leading(both.only(both.cosines < threshold)))
    return nearest


def _approach(
    cosines: NDArray[np.float32], settled: NDArray[np.bool_], bars: NDArray[np.float32], left: int
) -> NeighbourPairs:
    """Return the rows of a block that are nearer to settled columns than the neighbours these have."""
    columns = np.flatnonzero(settled & (cosines.max(axis=0) >= bars - _ROUNDED))
    part = cosines[:, columns]
    rows, places = np.nonzero(part >= (bars[columns] - _ROUNDED)[None, :])
    return keep_nearest(
        [NeighbourPairs(rows, left + columns[places], part[rows, places])], NEIGHBOURS_LOOKED_AT
    )


def _last_cosines(neighbours: NeighbourPairs, rows: int) -> NDArray[np.float32]:
    """Return the cosine below which nothing joins the neighbours of each row."""
    full = np.bincount(neighbours.seconds, minlength=rows) >= NEIGHBOURS_LOOKED_AT
    lowest = np.full(rows, 2, np.float32)
    np.minimum.at(lowest, neighbours.seconds, neighbours.cosines)
    return np.where(full, lowest, np.float32(FLOOR))


def _bars(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each row a cosine that at least so many of its columns reach as are looked at."""
    rows, columns = cosines.shape
    runs = columns // _RUN
    if runs < NEIGHBOURS_LOOKED_AT:
        return np.full(rows, FLOOR, np.float32)
    highest = cosines[:, : runs * _RUN].reshape(rows, runs, _RUN).max(axis=2)
    place = runs - NEIGHBOURS_LOOKED_AT
    reached: NDArray[np.float32] = np.partition(highest, place, axis=1)[:, place]
    return reached
