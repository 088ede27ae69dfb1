"""Search space: which rows of a table of vectors are to be compared with which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, rank

Vectors = NDArray[np.float16] | NDArray[np.float32]


class Rows(Protocol):
    """Vectors by row number, float16 of shape (rows, dims); a row that was lost is zero."""

    def __len__(self) -> int: ...

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        """Return the rows from ``start`` to ``end``."""

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers."""


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """Rows of which the ``live`` ones count: their pictures are in the library.

    ``open`` ones among them have not been compared yet; the settled ones have, with each other, and
    ``near`` is what came of it, each pair once. Two masks of one item a row. ``places`` is the order in which
    open rows are compared, one number a row: each brings its pairs with the settled ones and with those
    before it. Without it they come by row.
    """

    rows: Rows
    live: NDArray[np.bool_]
    open: NDArray[np.bool_]
    near: NeighbourPairs
    places: NDArray[np.int64] | None = None

    @property
    def width(self) -> int:
        """The numbers of a row."""
        return int(self.rows.read(0, 1).shape[1])

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Mask of the live rows that are not open."""
        settled: NDArray[np.bool_] = self.live & ~self.open
        return settled

    def turns(self) -> NDArray[np.int64]:
        """Return for each row when its turn comes: settled ones were first, by row, then the open ones."""
        turns = np.arange(len(self.live)) - len(self.live)
        numbers = np.concatenate([*self.open_blocks(len(self.live) or 1), np.zeros(0, np.int64)])
        turns[numbers] = np.arange(len(numbers))
        return turns

    def open_blocks(self, size: int) -> Iterator[NDArray[np.int64]]:
        """Yield the numbers of the open rows in order, so many at a time."""
        numbers = np.flatnonzero(self.open)
        if self.places is not None:
            numbers = numbers[np.argsort(self.places[numbers], kind="stable")]
        for at in range(0, len(numbers), size):
            yield numbers[at : at + size]


def blocks_of(wanted: NDArray[np.bool_], size: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of blocks of ``size`` rows at most that hold every row that is wanted.

    A block begins with a row that is wanted and ends with one.
    """
    numbers = np.flatnonzero(wanted)
    at = 0
    while at < len(numbers):
        start = int(numbers[at])
        after = int(np.searchsorted(numbers, start + size))
        yield start, int(numbers[after - 1]) + 1
        at = after


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Open rows that are compared with every live one now, and the pairs found."""

    rows: NDArray[np.int64]
    near: NeighbourPairs


class NeighbourBounds:
    """The highest cosines of each row: what a row must reach to be among the neighbours of another.

    Pairs name the family of a neighbour as their first row: each family counts once.
    """

    def __init__(self, rows: int, neighbours: int, floor: float) -> None:
        self._cosines = np.full((rows, neighbours), floor, np.float32)
        self._families = np.full((rows, neighbours), -1, np.int64)

    @property
    def bars(self) -> NDArray[np.float32]:
        """The cosine of each row's last neighbour, the floor where it has fewer."""
        bars: NDArray[np.float32] = self._cosines[:, -1]
        return bars

    def add(self, near: NeighbourPairs) -> None:
        """Take into account pairs that are new to it, for their second rows."""
        near = near.highest()
        order, places = rank(near)
        neighbours = self._cosines.shape[1]
        for place in range(neighbours):
            chosen = order[places == place]
            rows, families, cosines = near.seconds[chosen], near.firsts[chosen], near.cosines[chosen]
            known = self._families[rows] == families[:, None]
            raised = np.where(known, np.maximum(self._cosines[rows], cosines[:, None]), self._cosines[rows])
            joined = np.column_stack([raised, np.where(known.any(axis=1), np.float32(-2), cosines)])
            named = np.column_stack([self._families[rows], families])
            best = np.argsort(-joined, axis=1, kind="stable")[:, :neighbours]
            self._cosines[rows] = np.take_along_axis(joined, best, axis=1)
            self._families[rows] = np.take_along_axis(named, best, axis=1)
