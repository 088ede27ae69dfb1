"""Column index: the vectors of pictures that others are compared with, in memory while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.screen import Packed, Screen
from dpm_tui.pipeline.candidates.search_space import Rows, blocks_of
from dpm_tui.pipeline.candidates.short_vectors import Shortening

_READ_ROWS = 8192
_SAMPLE = 8192
"""Rows that tell which axes suit all."""


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """Whole vectors by place, shape (n, dims), in the order of ``numbers``; ``packed`` are short ones.

    Takes about a kilobyte a row: turning single ones of half precision would take longer than multiplying.
    """

    numbers: NDArray[np.int64]
    vectors: NDArray[np.float32]
    packed: Packed
    shortening: Shortening
    screen: Screen

    @classmethod
    def of(
        cls, rows: Rows, wanted: NDArray[np.bool_], dims: int, screen: Screen, max_rest: float
    ) -> ColumnIndex:
        """Return the index of the rows that are wanted, by the first ``dims`` numbers of each.

        ``max_rest`` says how short the short ones may be, see ``Shortening``.
        """
        numbers = np.flatnonzero(wanted)
        vectors = np.zeros((len(numbers), dims), np.float32)
        at = 0
        for start, end in blocks_of(wanted, _READ_ROWS):
            block = rows.read(start, end)[wanted[start:end], :dims]
            vectors[at : at + len(block)] = block
            at += len(block)
        shortening = Shortening.of(vectors[:: max(len(vectors) // _SAMPLE, 1)], max_rest)
        parts = [
            screen.pack(shortening.apply(vectors[at : at + _READ_ROWS]))
            for at in range(0, max(len(vectors), 1), _READ_ROWS)
        ]
        return cls(numbers, vectors, np.concatenate(parts), shortening, screen)

    def __len__(self) -> int:
        return len(self.numbers)

    def pack(self, vectors: NDArray[np.float32]) -> Packed:
        """Return vectors as those of the index are packed."""
        return self.screen.pack(self.shortening.apply(vectors))

    def blocks(self, size: int) -> Iterator[slice]:
        """Yield the places of the index, so many at a time."""
        return (slice(at, min(at + size, len(self))) for at in range(0, len(self), size))

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of rows of the table, all of which are in the index."""
        taken: NDArray[np.float32] = self.vectors[np.searchsorted(self.numbers, numbers)]
        return taken
