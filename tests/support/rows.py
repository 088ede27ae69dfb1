"""Vectors in memory, as the match stage reads them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.candidate_search import Rule
from dpm_tui.pipeline.candidates.search_space import SearchSpace

Pairs = set[tuple[int, int]]
DIMS = 96


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


def field_of(vectors: NDArray[np.float16], start: int = 0, near: NeighbourPairs | None = None) -> SearchSpace:
    """Return a field in which every row is live and those from ``start`` on are open."""
    live = np.ones(len(vectors), np.bool_)
    return SearchSpace(
        ArrayRows(vectors), live, np.arange(len(vectors)) >= start, near or NeighbourPairs.none()
    )


def pairs_of(near: NeighbourPairs) -> list[tuple[int, int]]:
    """Return the rows of each pair."""
    return list(zip(near.firsts.tolist(), near.seconds.tolist(), strict=True))


def come_and_go(
    vectors: NDArray[np.float16], rule: Rule, threshold: float, dice: np.random.Generator
) -> Iterator[tuple[NeighbourPairs, NDArray[np.bool_]]]:
    """Let rows come, go and come back; yield what a rule found each time, and the mask of who is there."""
    matched = np.zeros(len(vectors), np.bool_)
    near = NeighbourPairs.none()
    for _ in range(6):
        live = dice.random(len(vectors)) < 0.6
        gone = matched & ~live
        matched[rule.find_bereft(near, gone, threshold)] = False
        near = near.only(~(gone[near.firsts] | gone[near.seconds]))
        field = SearchSpace(ArrayRows(vectors), live, live & ~matched, near)
        near = NeighbourPairs.joined([near, *(block.near for block in rule.find(field, threshold))]).unique()
        matched = live
        yield near, live


def described(dice: np.random.Generator, rows: int, families: int = 12) -> NDArray[np.float32]:
    """Return unit vectors as networks make them: in families, along some axes more than along others."""
    scales = np.exp(-np.arange(DIMS) / 12)
    centres = dice.normal(size=(families, DIMS))[dice.integers(0, families, rows)]
    vectors = (centres + dice.exponential(0.4, (rows, 1)) * dice.normal(size=(rows, DIMS))) * scales
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit
