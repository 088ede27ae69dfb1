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
from dpm_tui.pipeline.candidates.neighbour_quota import CROWD, HUBS, KIN, Families, keep_families, thin_crowds
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
_FOUND_AT_ONCE = 1 << 22
_ROWS_AT_ONCE = 256
"""Rows of a block whose pairs are taken in one go: in a burst all columns of all rows are near."""
_ROUNDED = 1e-4
"""By how much a stored cosine may be off."""
RULE = f"kin-{SURE}-{NEAREST}-{NEIGHBOURS}-{FLOOR}-{KIN}-{CROWD}-{HUBS}"
"""Names what makes a pair a candidate besides threshold and vectors; other candidates are matched anew."""


def match_vectors(field: SearchSpace, threshold: float) -> Iterator[MatchedRows]:
    """Compare the open rows, of unit length, with all live ones; yield block by block.

    No product is left out or approximated. Each open row brings the settled rows, and the open ones before
    it, with a cosine of at least SURE, of a crowd only some of them. Of those from ``threshold`` on it brings
    its NEAREST. Every live row brings its NEIGHBOURS below the threshold among all of them, whatever the
    blocks. A pair can come from both of its rows.
    """
    settled = field.settled
    families = Families.of(len(field.rows), field.near)
    among = field.near.only(settled[field.near.firsts] & settled[field.near.seconds])
    nearest = _nearest(among, threshold, families)
    turns = field.turns()
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
            found.append(_take_near(cosines, threshold, turns[left:right], turns[numbers], left))
            if sum(map(len, found)) > _FOUND_AT_ONCE:
                found = [_thin(found, turns)]
            seconds, firsts = np.nonzero(cosines >= np.maximum(bars, _bars(cosines))[:, None])
            closer = NeighbourPairs(left + firsts, seconds, cosines[seconds, firsts])
            neighbours = keep_nearest([neighbours, closer], NEIGHBOURS_LOOKED_AT)
            bars = _last_cosines(neighbours, len(rows))
            if here.any():
                approached.append(_approach(cosines, here, nearest.bars[left:right], left))
        crowd = _thin(found, turns)
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


def _take_near(
    cosines: NDArray[np.float32],
    threshold: float,
    firsts: NDArray[np.int64],
    seconds: NDArray[np.int64],
    left: int,
) -> NeighbourPairs:
    """Return the pairs of a block from ``threshold`` on whose first row had its turn before the second.

    Takes what reaches the threshold out of ``cosines``. ``firsts`` and ``seconds`` are the turns of columns
    and rows; ``left`` is the number of the first column.
    """
    parts = []
    for at in range(0, len(cosines), _ROWS_AT_ONCE):
        part = cosines[at : at + _ROWS_AT_ONCE]
        rows, columns = np.nonzero(part >= threshold)
        near = NeighbourPairs(left + columns, at + rows, part[rows, columns])
        part[rows, columns] = -1
        parts.append(near.only(firsts[columns] < seconds[at + rows]))
    return NeighbourPairs.joined(parts)


def _thin(found: list[NeighbourPairs], turns: NDArray[np.int64]) -> NeighbourPairs:
    """Return what a crowd leaves of the pairs that rows bring, those that are sure and the nearest others."""
    near = keep_nearest(found, LOOKED_AT * NEAREST, SURE)
    sure = near.cosines >= SURE
    return NeighbourPairs.joined([thin_crowds(near.only(sure), turns), near.only(~sure)])


def rows_to_search_again(
    near: NeighbourPairs, gone: NDArray[np.bool_], threshold: float
) -> NDArray[np.int64]:
    """Return the rows that must be compared anew because a row that is ``gone`` took a place of theirs."""
    nearest = _nearest(near, threshold, Families.of(len(gone), near))
    both = NeighbourPairs.joined([near, near.swapped()])
    lost = both.only(gone[both.firsts] & ~gone[both.seconds])
    neighbour = (lost.cosines < threshold) & (lost.cosines >= nearest.bars[lost.seconds] - _ROUNDED)
    weak, sure = (
        np.bincount(both.seconds[(both.cosines >= SURE) == strong], minlength=len(gone))
        for strong in (False, True)
    )
    crowded = np.where(lost.cosines < SURE, weak[lost.seconds] >= NEAREST, sure[lost.seconds] >= CROWD)
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
