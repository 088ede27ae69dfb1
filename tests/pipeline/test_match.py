from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dpm_tui.pipeline import match
from dpm_tui.pipeline.match import Candidate, match_vectors

THRESHOLD = 0.75
# Whole numbers keep every product exact, so that no pair lies on the edge by rounding.
TABLES = st.integers(0, 23).flatmap(
    lambda rows: st.lists(
        st.lists(st.sampled_from([-0.5, 0.0, 0.5]), min_size=4, max_size=4), min_size=rows, max_size=rows
    )
)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "ROWS_A_BLOCK", 3)
    monkeypatch.setattr(match, "COLUMNS_A_BLOCK", 5)
    monkeypatch.setattr(match, "FLOOR", 3.0)  # no neighbours


@pytest.fixture
def neighbours(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(match, "FLOOR", 0.4)
    monkeypatch.setattr(match, "NEIGHBOURS", 2)
    monkeypatch.setattr(match, "COLUMNS_A_BLOCK", 9)
    monkeypatch.setattr(match, "_RUN", 2)
    return 2


def table(rows: list[list[float]]) -> NDArray[np.float16]:
    return np.array(rows, dtype=np.float16).reshape(-1, 4)


def brute_force(vectors: NDArray[np.float16]) -> set[tuple[int, int]]:
    wide = vectors.astype(np.float64)
    return {
        (first, second)
        for second in range(len(wide))
        for first in range(second)
        if float(wide[first] @ wide[second]) >= THRESHOLD
    }


def found(vectors: NDArray[np.float16], start: int = 0) -> list[Candidate]:
    return [item for block in match_vectors(vectors, start, THRESHOLD) for item in block.near]


@given(TABLES)
def test_every_near_pair_is_found_once_across_blocks(rows: list[list[float]]) -> None:
    near = [(item.first, item.second) for item in found(table(rows))]
    assert len(near) == len(set(near))
    assert set(near) == brute_force(table(rows))


@given(TABLES, st.data())
def test_matching_can_go_on_from_any_row(rows: list[list[float]], data: st.DataObject) -> None:
    vectors = table(rows)
    start = data.draw(st.integers(0, len(rows)))
    both = found(vectors[:start]) + found(vectors, start)
    assert sorted((item.first, item.second) for item in both) == sorted(brute_force(vectors))


@given(TABLES)
def test_blocks_cover_every_row_once_and_in_order(rows: list[list[float]]) -> None:
    at = 0
    for block in match_vectors(table(rows), 0, THRESHOLD):
        assert block.start == at < block.end
        at = block.end
    assert at == len(rows)


def test_cosines_are_those_of_the_vectors_and_never_above_one() -> None:
    dice = np.random.default_rng(5)
    vectors = dice.normal(size=(11, 4))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    vectors[7] = vectors[2]
    near = {(item.first, item.second): item.cosine for item in found(vectors)}
    assert near[2, 7] <= 1.0
    for (first, second), cosine in near.items():
        assert cosine == pytest.approx(
            float(vectors[first].astype(float) @ vectors[second].astype(float)), abs=2e-3
        )


def test_a_row_that_was_lost_is_near_to_nothing() -> None:
    vectors = np.zeros((8, 4), dtype=np.float16)
    vectors[[1, 6], 0] = 1
    assert [(item.first, item.second) for item in found(vectors)] == [(1, 6)]


@pytest.mark.parametrize("seed", range(12))
def test_the_nearest_neighbours_come_whatever_the_threshold(seed: int, neighbours: int) -> None:
    """A weak copy is a candidate if its original is among its nearest, across blocks and resumed runs."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(int(rng.integers(2, 40)), 4))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    cosines = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    np.fill_diagonal(cosines, -1)
    wanted = set()
    for row, others in enumerate(cosines):
        for other in np.argsort(-others)[:neighbours].tolist():
            if others[other] >= match.FLOOR:
                wanted.add((min(row, other), max(row, other)))
    start = int(rng.integers(0, len(vectors)))
    blocks = [block for block in match_vectors(vectors, 0, THRESHOLD) if block.end <= start]
    resumed = [item for block in blocks for item in block.near]
    parts = [*resumed, *found(vectors, blocks[-1].end if blocks else 0)]
    assert {(item.first, item.second) for item in found(vectors)} == wanted | brute_force(vectors)
    assert {(item.first, item.second) for item in parts} == wanted | brute_force(vectors)
    assert all(item.first < item.second for item in parts)


def test_nothing_is_compared_where_nothing_is() -> None:
    assert list(match_vectors(np.zeros((0, 4), dtype=np.float16), 0, THRESHOLD)) == []


def test_a_crowd_of_weak_likenesses_brings_only_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sure pairs are all kept; of weaker ones each row brings its nearest, the same from any start."""
    monkeypatch.setattr(match, "NEAREST", 3)
    rng = np.random.default_rng(1)
    crowd = np.array([1.0, 0, 0, 0]) + 0.25 * rng.normal(size=(30, 4))
    rows = np.repeat(crowd, [1] * 25 + [6] * 5, axis=0)
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    near = found(vectors)
    weak = [item for item in near if item.cosine < match.SURE]
    sure = {(item.first, item.second) for item in near if item.cosine >= match.SURE}
    cosines = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    assert sure == {(int(a), int(b)) for a, b in np.argwhere(np.triu(cosines >= match.SURE, 1))}
    assert all(sum(item.second == row for item in weak) <= 3 for row in range(len(vectors)))
    pairs = [(item.first, item.second) for item in near]
    resumed = found(vectors[:20]) + found(vectors, 20)
    assert sorted((item.first, item.second) for item in resumed) == sorted(pairs)
