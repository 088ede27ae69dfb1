"""Vectors in memory, as the match stage reads them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.field import Field
from dpm_tui.pipeline.near import Near

Pairs = set[tuple[int, int]]


class ArrayRows:
    """Rows of an array."""

    def __init__(self, vectors: NDArray[np.float16]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        return self._vectors[start:end]

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        rows: NDArray[np.float16] = self._vectors[numbers]
        return rows


def field_of(vectors: NDArray[np.float16], start: int = 0, near: Near | None = None) -> Field:
    """Return a field in which every row is live and those from ``start`` on are open."""
    live = np.ones(len(vectors), np.bool_)
    return Field(ArrayRows(vectors), live, np.arange(len(vectors)) >= start, near or Near.none())


def pairs_of(near: Near) -> list[tuple[int, int]]:
    """Return the rows of each pair."""
    return list(zip(near.firsts.tolist(), near.seconds.tolist(), strict=True))
