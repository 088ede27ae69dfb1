"""Column index: the vectors of pictures that others are compared with, in memory while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.inverted_lists import InvertedLists
from dpm_tui.pipeline.candidates.screen import Packed, Screen
from dpm_tui.pipeline.candidates.search_space import Rows, Vectors, blocks_of
from dpm_tui.pipeline.candidates.short_vectors import Shortening

_READ_ROWS = 8192
_COLUMNS_AT_ONCE = 16
_SAMPLE = 8192
"""Rows that tell which axes suit all."""


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """Whole vectors by place, shape (n, dims), with the ``numbers`` of their rows; ``packed`` are short ones.

    Takes about a kilobyte a row in single precision, half of it where ``vectors`` are of half precision:
    multiplying them one by one takes longer then, as they are turned into single ones each time.
    Without ``lists`` places have the order of the rows, and each vector is compared with all.
    """

    numbers: NDArray[np.int64]
    vectors: Vectors
    packed: Packed
    shortening: Shortening
    screen: Screen
    lists: InvertedLists | None
    _sorter: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        rows: Rows,
        wanted: NDArray[np.bool_],
        dims: int,
        screen: Screen,
        max_rest: float,
        *,
        listed: bool = False,
    ) -> ColumnIndex:
        """Return the index of the rows that are wanted, by the first ``dims`` numbers of each.

        ``max_rest`` says how short the short ones may be, see ``Shortening``. With ``listed`` vectors are
        compared only with those that are likely to be near.
        """
        numbers = np.flatnonzero(wanted)
        vectors = _read_vectors(rows, wanted, len(numbers), dims)
        return cls.build(numbers, vectors, screen, max_rest, listed=listed)

    @classmethod
    def build(
        cls,
        numbers: NDArray[np.int64],
        vectors: Vectors,
        screen: Screen,
        max_rest: float,
        *,
        listed: bool = False,
    ) -> ColumnIndex:
        """Return the index of rows with these ``numbers``, in order, and vectors, which it takes over."""
        dims = vectors.shape[1]
        sample = vectors[:: max(len(vectors) // _SAMPLE, 1)].astype(np.float32, copy=False)
        shortening = Shortening.of(sample, max_rest)
        lists = None
        if listed:
            lists, order = InvertedLists.of(_shortened(shortening, vectors))
            numbers = numbers[order]
            for at in range(0, dims, _COLUMNS_AT_ONCE):  # never all twice in memory
                some = slice(at, at + _COLUMNS_AT_ONCE)
                vectors[:, some] = vectors[order, some]
        parts = [
            screen.pack(shortening.apply(vectors[at : at + _READ_ROWS].astype(np.float32, copy=False)))
            for at in range(0, max(len(vectors), 1), _READ_ROWS)
        ]
        return cls(numbers, vectors, np.concatenate(parts), shortening, screen, lists, np.argsort(numbers))

    def __len__(self) -> int:
        return len(self.numbers)

    def meetings(self, vectors: NDArray[np.float32], size: int) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        """Yield places of the index, up to ``size`` at a time, with the numbers of the vectors to compare."""
        if self.lists is None:
            everyone = np.arange(len(vectors))
            yield from ((slice(at, min(at + size, len(self))), everyone) for at in range(0, len(self), size))
            return
        asked = self.lists.asked_by(_shortened(self.shortening, vectors))
        for number, (start, end) in enumerate(pairwise(self.lists.starts.tolist())):
            asking = np.flatnonzero(asked[number])
            yield from ((slice(at, min(at + size, end)), asking) for at in range(start, end, size))

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of rows of the table, -1 where the index has none."""
        if not len(self):
            return np.full(len(numbers), -1, np.int64)
        found = np.searchsorted(self.numbers, numbers, sorter=self._sorter)
        places = self._sorter[np.minimum(found, len(self) - 1)]
        return np.where(self.numbers[places] == numbers, places, -1)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of rows of the table, all of which are in the index."""
        return self.at(self.places(numbers))

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors in some places of the index."""
        return self.vectors[places].astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """An index with the turn of the row in each place, and the bar from which it wants others even so."""

    index: ColumnIndex
    turns: NDArray[np.int64]
    bars: NDArray[np.float32] | None


def _read_vectors(rows: Rows, wanted: NDArray[np.bool_], count: int, dims: int) -> NDArray[np.float32]:
    vectors = np.zeros((count, dims), np.float32)
    at = 0
    for start, end in blocks_of(wanted, _READ_ROWS):
        block = rows.read(start, end)[wanted[start:end], :dims]
        vectors[at : at + len(block)] = block
        at += len(block)
    return vectors


def _shortened(shortening: Shortening, vectors: Vectors) -> NDArray[np.float32]:
    """Return what lists are made by: the axes that are kept."""
    if shortening.axes is None:
        return vectors.astype(np.float32, copy=False)
    short = np.empty((len(vectors), shortening.axes.shape[1]), np.float32)
    for at in range(0, len(vectors), _READ_ROWS):
        some = vectors[at : at + _READ_ROWS].astype(np.float32, copy=False)
        np.matmul(some, shortening.axes, out=short[at : at + _READ_ROWS])
    return short
