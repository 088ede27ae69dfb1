"""A search for candidates on nodes finds what it finds here, wherever the shards are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.block_search import Means
from dpm_tui.pipeline.candidates.crop_search import COUNT, match_parts
from dpm_tui.pipeline.candidates.nearest_neighbours import match_vectors
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.pipeline.candidates.shards import PART_ROWS, ShardsLost
from dpm_tui.pipeline.decoding.decoder import Wait
from dpm_tui.worker.cluster.cluster_shards import ClusterShards
from dpm_tui.worker.node.job import Answer
from dpm_tui.worker.node.node_shards import NodeShards

DIMS = 8


class Rows:
    """Vectors in memory."""

    def __init__(self, vectors: np.ndarray[Any, np.dtype[np.float16]]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def read(self, start: int, end: int) -> np.ndarray[Any, np.dtype[np.float16]]:
        return self._vectors[start:end]

    def take(self, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float16]]:
        return self._vectors[numbers]


class Fleet:
    """Nodes in this process; ``fails`` says what happens before a job is done, by its number."""

    def __init__(self, names: list[str], fails: Callable[[Fleet, int], None]) -> None:
        self.nodes = {name: NodeShards() for name in names}
        self._fails, self._jobs = fails, 0
        self.folder = tempfile.gettempdir()

    @property
    def working(self) -> list[str]:
        return list(self.nodes)

    @property
    def has_nodes(self) -> bool:
        return bool(self.nodes)

    def carry_out(self, tasks: Iterator[Any], cancelled: Callable[[], bool]) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            if isinstance(task, Wait):
                continue
            self._jobs += 1
            self._fails(self, self._jobs)
            if not self.nodes:
                return
            name = task.home if task.home in self.nodes else next(iter(self.nodes))
            job, node = task.job(), self.nodes[name]
            header: dict[str, Any] = {}
            blobs: list[bytes] = []
            if job.work == "load":
                space, *parts = job.blobs
                node.load(job.header["shard"], space, parts, self.folder, last=job.header["last"])
            elif (answer := node.answer(job.header["shard"], job.blobs[0])) is None:
                header = {"lacking": True}
            else:
                blobs = [answer]
            yield task, task.read(Answer(name, 0.1, header, blobs))


def space_of(count: int, width: int, seed: int = 5) -> SearchSpace:
    """Return vectors in families, all of them open."""
    dice = np.random.default_rng(seed)
    centres = dice.normal(size=(count // 3, width))
    vectors = centres[dice.integers(0, len(centres), count)] + dice.normal(size=(count, width)) * 0.2
    parts = vectors.reshape(count, -1, DIMS)
    parts /= np.linalg.norm(parts, axis=2, keepdims=True)
    live = np.ones(count, np.bool_)
    rows = Rows(parts.reshape(count, width).astype(np.float16))
    return SearchSpace(rows, live, live.copy(), NeighbourPairs.none())


def pairs_of(found: Iterator[Any]) -> set[tuple[int, int]]:
    """Return all pairs of a search, the lower row first."""
    near = NeighbourPairs.joined([block.near for block in found]).unique()
    return set(zip(near.firsts.tolist(), near.seconds.tolist(), strict=True))


def nothing(fleet: Fleet, number: int) -> None:
    """Let all go well."""


def lose_one(fleet: Fleet, number: int) -> None:
    """Lose a node in the middle of the search, and forget what another one has."""
    if number == 8:
        del fleet.nodes["ada"]
    if number == 11:
        fleet.nodes["bob"].clear()


@pytest.mark.parametrize("fails", [nothing, lose_one])
def test_nodes_find_what_this_computer_finds(
    fails: Callable[[Fleet, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dpm_tui.pipeline.candidates.shards.PART_ROWS", 500)
    whole, parts = space_of(3000, DIMS), space_of(3000, DIMS * (1 + COUNT))
    for search, space in ((match_vectors, whole), (match_parts, parts)):
        shards = ClusterShards(Fleet(["ada", "bob", "cyn"], fails), lambda: False)  # type: ignore[arg-type]
        there = pairs_of(search(space, 0.7, Means(shards=shards)))
        assert there == pairs_of(search(space, 0.7, Means()))
        assert len(there) > 1000


def test_without_nodes_it_says_so() -> None:
    def lose_all(fleet: Fleet, number: int) -> None:
        if number > 4:
            fleet.nodes.clear()

    shards = ClusterShards(Fleet(["ada", "bob"], lose_all), lambda: False)  # type: ignore[arg-type]
    with pytest.raises(ShardsLost):
        pairs_of(match_vectors(space_of(3 * PART_ROWS // 2, DIMS), 0.7, Means(shards=shards)))
