"""Recall: the share of the pairs that comparing all with all would bring which a search has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.crop_search import COUNT, settle_parts
from dpm_tui.pipeline.candidates.nearest_neighbours import settle_whole
from dpm_tui.pipeline.candidates.screen import Screen
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.pipeline.candidates.shards import (
    Searched,
    ShardParts,
    ShardQuestion,
    ShardSpace,
    TableVectors,
)
from dpm_tui.pipeline.sharding.shard import Shard

SAMPLE = 1000
"""Rows of a sample: of a recall of 0.999 one or two pairs in a thousand are known for sure."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How many pairs some rows should bring, and how many of them were found."""

    wanted: int
    found: int

    @property
    def share(self) -> float:
        """The share that was found, 1 where none was wanted."""
        return self.found / self.wanted if self.wanted else 1.0


def sample_rows(field: SearchSpace, most: int = SAMPLE, seed: int = 0) -> NDArray[np.int64]:
    """Return the numbers of some open rows, drawn at random, in order."""
    numbers = np.flatnonzero(field.open)
    return np.sort(np.random.default_rng(seed).permutation(numbers)[:most])


def sample_recall(
    field: SearchSpace,
    searched: Searched,
    threshold: float,
    near: NeighbourPairs,
    sample: NDArray[np.int64],
    cancelled: Callable[[], bool] = lambda: False,
    screen: Screen | None = None,
) -> Recall | None:
    """Return the recall of what a search of a space found ``near``, by some of its open rows.

    The sample is compared with all columns, a few thousand at a time, and the rules of the search choose of
    that. None where it was cancelled. A thousand rows take about as long as one block of the search.
    """
    wanted = brute_force(field, searched, threshold, sample, cancelled, screen)
    if wanted is None:
        return None
    one, other = (pairs.firsts << 32 | pairs.seconds for pairs in (wanted, near.unique()))
    return Recall(len(wanted), int(np.isin(one, other).sum()))


def brute_force(
    field: SearchSpace,
    searched: Searched,
    threshold: float,
    sample: NDArray[np.int64],
    cancelled: Callable[[], bool] = lambda: False,
    screen: Screen | None = None,
) -> NeighbourPairs | None:
    """Return the pairs that some open rows bring, each once, if all are compared.

    None where it was cancelled.
    """
    table, columns = TableVectors(field.rows), np.flatnonzero(field.live)
    whole = searched is Searched.WHOLE
    dims = field.width if whole else field.width // (1 + COUNT)
    turns = field.turns()
    vectors = table.read(sample)
    if not whole:
        vectors = vectors[:, dims:].reshape(len(sample) * COUNT, dims)
    none = np.zeros(0, np.int64)
    question = ShardQuestion(0, sample, vectors, turns[sample], none, np.zeros(0, np.float32))
    space = ShardSpace(searched, len(columns), dims, threshold, listed=False)
    answers = []
    for part in ShardParts(table, columns, dims, turns):
        if cancelled():
            return None
        answers.append(Shard(space, [part], screen).answer(question))
    if not whole:
        return settle_parts(sample, answers).unique()
    return settle_whole(table, turns, sample, answers).near.unique()
