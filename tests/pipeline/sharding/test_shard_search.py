"""A search by shards finds what a search in one piece finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.neural.bfloat16_screen import Bfloat16Screen
from dpm_tui.pipeline.candidates import (
    block_search,
    crop_search,
    inverted_lists,
    nearest_neighbours,
    neighbour_quota,
    screen,
    shards,
)
from dpm_tui.pipeline.candidates.block_search import Means
from dpm_tui.pipeline.candidates.candidate_search import PARTS, WHOLE, Rule
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.pipeline.candidates.shards import Searched, ShardAnswer
from dpm_tui.pipeline.sharding.answer_merge import merge_answers
from dpm_tui.pipeline.sharding.local_shards import LocalShards
from dpm_tui.pipeline.sharding.recall import sample_recall, sample_rows
from tests.support.rows import ArrayRows, described, field_of, pairs_of
from tests.support.shards import TravellingShards

DIMS = 64
COUNTS = pytest.mark.parametrize("count", [1, 2, 3, 7])
RULES = pytest.mark.parametrize("rule", [WHOLE, PARTS], ids=["whole", "parts"])
TURNED = (0, 0, 1, 1, 2, 3, 5, 8, 11, 13)
"""Signs of a vector that a copy has turned: cosines of 1, 0.97, 0.94, 0.91, 0.84, 0.75, 0.66 and 0.59."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (nearest_neighbours, crop_search):
        monkeypatch.setattr(module, "ROWS_PER_BLOCK", 7)
    monkeypatch.setattr(block_search, "TILE", 16)
    monkeypatch.setattr(block_search, "_SLICE", 4)
    monkeypatch.setattr(screen, "_CROWD", 8)
    monkeypatch.setattr(shards, "PART_ROWS", 5)


@pytest.fixture
def scarce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pairs a picture, so that the last places are fought for."""
    for module in (nearest_neighbours, neighbour_quota):
        monkeypatch.setattr(module, "CROWD", 4)
        monkeypatch.setattr(module, "HUBS", 2)
    monkeypatch.setattr(nearest_neighbours, "NEAREST", 3)
    monkeypatch.setattr(nearest_neighbours, "LOOKED_AT", 2)
    monkeypatch.setattr(nearest_neighbours, "NEIGHBOURS_LOOKED_AT", 4)
    monkeypatch.setattr(nearest_neighbours, "_FOLDED", 2)
    monkeypatch.setattr(crop_search, "_FOLDED", 2)
    monkeypatch.setattr(crop_search, "MOST", 3)


def exact_vectors(dice: np.random.Generator, rows: int, each: int = 1) -> NDArray[np.float16]:
    """Return rows of ``each`` unit vectors, in families, bursts and alone.

    Their numbers are eighths, so that every product is exact whoever works it out, and many are equal.
    """
    topics = dice.choice([-1.0, 1.0], (3, DIMS))
    made: list[NDArray[np.float64]] = []
    while len(made) < rows * each:
        leader = turned(dice, topics[dice.integers(3)], int(dice.choice([4, 9, 12, 30])))
        size = int(min(dice.pareto(0.8) + 1, 25))
        if dice.random() < 0.2:  # a burst: each frame is one step from that before it
            for _ in range(size):
                leader = turned(dice, leader, 1)
                made.append(leader)
            continue
        made += [turned(dice, leader, int(dice.choice(TURNED))) for _ in range(size)]
    vectors = np.array(made)[dice.permutation(rows * each) if each > 1 else slice(rows)] / 8
    return vectors.reshape(rows, each * DIMS).astype(np.float16)


def turned(dice: np.random.Generator, vector: NDArray[np.float64], signs: int) -> NDArray[np.float64]:
    copy = vector.copy()
    copy[dice.permutation(DIMS)[:signs]] *= -1
    return copy


@dataclass
class Library:
    """Rows that come and go, as a rule has matched them so far."""

    vectors: NDArray[np.float16]
    matched: NDArray[np.bool_]
    near: NeighbourPairs

    @classmethod
    def of(cls, vectors: NDArray[np.float16]) -> Library:
        return cls(vectors, np.zeros(len(vectors), np.bool_), NeighbourPairs.none())

    def field(self, rule: Rule, live: NDArray[np.bool_], places: NDArray[np.int64]) -> SearchSpace:
        """Forget who left; return what there is to compare now."""
        gone = self.matched & ~live
        self.matched[rule.find_bereft(self.near, gone, 0.75)] = False
        self.near = self.near.only(~(gone[self.near.firsts] | gone[self.near.seconds]))
        open_ = live & ~self.matched
        self.matched = live.copy()
        return SearchSpace(ArrayRows(self.vectors), live, open_, self.near, places)

    def add(self, blocks: list[NeighbourPairs]) -> None:
        self.near = NeighbourPairs.joined([self.near, *blocks]).unique()


def blocks_of(
    rule: Rule, field: SearchSpace, means: Means
) -> list[tuple[list[int], list[tuple[int, int]], list[float]]]:
    """Return what a rule yields: of each block its rows, its pairs and their cosines."""
    return [
        (block.rows.tolist(), pairs_of(block.near), block.near.cosines.tolist())
        for block in rule.find(field, 0.75, means)
    ]


def compare_over_time(rule: Rule, count: int, seed: int, rows: int) -> None:
    """Let rows come and go; hold each block that shards bring against that of a search in one piece."""
    dice = np.random.default_rng(seed)
    library = Library.of(exact_vectors(dice, rows, 1 if rule is WHOLE else 1 + COUNT))
    travelling = TravellingShards(count)
    for _ in range(3):
        live = dice.random(rows) < 0.7
        field = library.field(rule, live, dice.permutation(rows))
        wanted = blocks_of(rule, field, Means(threads=2))
        assert blocks_of(rule, field, Means(shards=travelling)) == wanted
        library.add([block.near for block in rule.find(field, 0.75, Means())])
    assert travelling.lost or rows < 100


@RULES
@COUNTS
@pytest.mark.parametrize("seed", range(3))
def test_shards_bring_block_by_block_what_a_search_in_one_piece_brings(
    rule: Rule, count: int, seed: int
) -> None:
    compare_over_time(rule, count, seed, 120)


@RULES
@COUNTS
@pytest.mark.usefixtures("scarce")
@pytest.mark.parametrize("seed", range(3))
def test_that_holds_where_many_fight_for_few_places(rule: Rule, count: int, seed: int) -> None:
    compare_over_time(rule, count, 100 + seed, 120)


@RULES
@settings(max_examples=12, deadline=None)
@given(count=st.sampled_from([1, 2, 3, 7]), seed=st.integers(0, 1 << 32), rows=st.integers(1, 50))
def test_that_holds_for_any_library(rule: Rule, count: int, seed: int, rows: int) -> None:
    compare_over_time(rule, count, seed, rows)


@RULES
@COUNTS
def test_vectors_as_networks_make_them_bring_the_same_pairs(rule: Rule, count: int) -> None:
    dice, each = np.random.default_rng(count), 1 if rule is WHOLE else 1 + COUNT
    vectors = described(dice, 300 * each).reshape(300, -1).astype(np.float16)
    first = NeighbourPairs.joined([block.near for block in rule.find(field_of(vectors[:200]), 0.75, Means())])
    for field in (field_of(vectors), field_of(vectors, 200, first.unique())):
        wanted = blocks_of(rule, field, Means())
        found = blocks_of(rule, field, Means(shards=LocalShards(count, threads=2)))
        assert [(rows, pairs) for rows, pairs, _ in found] == [(rows, pairs) for rows, pairs, _ in wanted]
        for (_, _, one), (_, _, other) in zip(found, wanted, strict=True):
            assert one == pytest.approx(other, abs=3e-6)


@RULES
def test_nothing_is_built_where_nothing_is_open(rule: Rule) -> None:
    vectors = exact_vectors(np.random.default_rng(1), 20, 1 if rule is WHOLE else 1 + COUNT)
    local = LocalShards(2)
    assert blocks_of(rule, field_of(vectors, 20), Means(shards=local)) == []
    assert local.shards == []


@RULES
@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3])
def test_shards_with_inverted_lists_miss_hardly_a_pair(
    rule: Rule, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inverted_lists, "MIN_MEMBERS", 2)
    monkeypatch.setattr(shards, "PART_ROWS", 100)
    monkeypatch.setattr(block_search, "TILE", 1024)
    monkeypatch.setattr(nearest_neighbours, "ROWS_PER_BLOCK", 1024)
    monkeypatch.setattr(crop_search, "ROWS_PER_BLOCK", 1024)
    each = 1 if rule is WHOLE else 1 + COUNT
    vectors = described(np.random.default_rng(2), 5000 * each, families=1000).reshape(5000, -1)
    field = field_of(vectors.astype(np.float16))
    means = Means(most_products=0, shards=LocalShards(count, threads=2))
    near = NeighbourPairs.joined([block.near for block in rule.find(field, 0.8, means)]).unique()
    wanted = NeighbourPairs.joined([block.near for block in rule.find(field, 0.8, Means())]).unique()
    missed = set(pairs_of(wanted)) - set(pairs_of(near))
    assert len(missed) <= 0.001 * len(wanted)
    searched = Searched.WHOLE if rule is WHOLE else Searched.PARTS
    recall = sample_recall(field, searched, 0.8, near, sample_rows(field, 300))
    assert recall is not None
    assert recall.share >= 0.999


@pytest.mark.parametrize("make_screen", [NumpyScreen, Bfloat16Screen])
def test_vectors_on_the_disk_are_searched_alike(tmp_path: Path, make_screen: Callable[[], Screen]) -> None:
    field = field_of(exact_vectors(np.random.default_rng(5), 90))
    wanted = blocks_of(WHOLE, field, Means())
    local = LocalShards(2, screen=make_screen(), folder=str(tmp_path))
    assert blocks_of(WHOLE, field, Means(shards=local)) == wanted
    listed = Means(most_products=0, shards=local)
    assert [rows for rows, _, _ in blocks_of(WHOLE, replace(field), listed)] == [list(range(90))]
    assert sum(map(len, local.shards)) == 90


def test_answers_to_different_questions_are_not_merged() -> None:
    none = NeighbourPairs.none()
    with pytest.raises(ValueError, match="different questions"):
        merge_answers(Searched.WHOLE, [ShardAnswer(number, none, none, none) for number in (1, 2)])
