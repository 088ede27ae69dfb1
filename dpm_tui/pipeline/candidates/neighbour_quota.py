"""Neighbour quota: a picture brings few neighbours, and copies of one picture count as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, count_within, rank

KIN = 0.95
"""Cosine from which two pictures count as copies of one: of 900 pairs of copies one in 200 lies below."""
CROWD, HUBS = 24, 3
"""Pairs that a picture brings at most, of those that are nearest and of those that were there first."""
_ROWS_PER_TIME = 128


class RowVectors(Protocol):
    """Vectors by row number."""

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows with these numbers."""


class Families:
    """The family of each row: the lowest row that it is a copy of, itself where there is none."""

    def __init__(self, rows: int) -> None:
        self.leaders: NDArray[np.int64] = np.arange(rows)

    @classmethod
    def of(cls, rows: int, near: NeighbourPairs) -> Families:
        """Return the families among so many rows that pairs make."""
        families = cls(rows)
        families.add(near)
        return families

    def __len__(self) -> int:
        return len(self.leaders)

    def add(self, near: NeighbourPairs) -> None:
        """Take more pairs into account."""
        kin = near.only(near.cosines >= KIN)
        np.minimum.at(self.leaders, np.maximum(kin.firsts, kin.seconds), np.minimum(kin.firsts, kin.seconds))

    def leading(self, near: NeighbourPairs) -> NeighbourPairs:
        """Return pairs with the family of each first row in its stead."""
        return NeighbourPairs(self.leaders[near.firsts], near.seconds, near.cosines)


def thin_crowds(near: NeighbourPairs, turns: NDArray[np.int64]) -> NeighbourPairs:
    """Keep of each second row its CROWD nearest and its HUBS whose turn was first, copies before others.

    A burst of thousands of frames, each near to all others, brings few pairs a frame that way. Its hubs have
    a pair with all of it. First rows are numbers of ``turns``.
    """
    if len(near) <= CROWD:
        return near
    order, places = rank(near)
    kept = np.zeros(len(near), np.bool_)
    kept[order[places < CROWD]] = True
    order = np.lexsort((turns[near.firsts], near.cosines < KIN, near.seconds))
    seconds = near.seconds[order]
    kept[order[count_within(seconds) < HUBS]] = True
    return near.only(kept)


def keep_families(rows: RowVectors, near: NeighbourPairs, most: int) -> NeighbourPairs:
    """Keep ``most`` pairs of each second row: the nearest of each family, then the nearest of the others.

    First rows are numbers of ``rows``.
    """
    order, places = rank(near)
    near = near.only(order)
    kept = places < most
    for starts, counts in _crowded(near.seconds, most):
        columns = np.arange(int(counts.max()))
        there = columns < counts[:, None]
        at = np.where(there, starts[:, None] + columns, starts[:, None])
        leads = _lead(rows, near.firsts[at]) & there
        # Families first, each group in the order of nearness.
        ranks = np.argsort(np.argsort(~leads * 2 + ~there, axis=1, kind="stable"), axis=1)
        kept[at[there]] = ranks[there] < most
    return near.only(kept)


def _crowded(seconds: NDArray[np.int64], most: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield where the pairs of second rows that have more than ``most`` start, and how many they are."""
    _, starts, counts = np.unique(seconds, return_index=True, return_counts=True)
    crowded = np.flatnonzero(counts > most)
    for at in range(0, len(crowded), _ROWS_PER_TIME):
        some = crowded[at : at + _ROWS_PER_TIME]
        yield starts[some], counts[some]


def _lead(rows: RowVectors, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the pictures in each line are no copies of one that comes before them in it."""
    used, places = np.unique(numbers, return_inverse=True)
    vectors = rows.take(used)[places.reshape(numbers.shape)]
    kin = vectors @ vectors.transpose(0, 2, 1) >= KIN
    leads = np.ones(numbers.shape, np.bool_)
    for column in range(1, numbers.shape[1]):
        leads[:, column] = ~(kin[:, column, :column] & leads[:, :column]).any(axis=1)
    return leads
