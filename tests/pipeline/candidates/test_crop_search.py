from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates import block_search, crop_search
from dpm_tui.pipeline.candidates.candidate_search import PARTS
from dpm_tui.pipeline.candidates.crop_search import COUNT, match_parts
from tests.support.part_pictures import cut_parts
from tests.support.rows import come_and_go, field_of, pairs_of

DIMS = 6


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crop_search, "ROWS_PER_BLOCK", 3)
    monkeypatch.setattr(block_search, "TILE", 5)


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def table(count: int, seed: int) -> NDArray[np.float16]:
    vectors = unit(np.random.default_rng(seed).normal(size=(count, 1 + COUNT, DIMS)))
    return vectors.reshape(count, -1).astype(np.float16)


def found(vectors: NDArray[np.float16], start: int = 0) -> set[tuple[int, int]]:
    blocks = list(match_parts(field_of(vectors, start), crop_search.SURE))
    assert [row for block in blocks for row in block.rows] == list(range(start, len(vectors)))
    return {pair for block in blocks for pair in pairs_of(block.near)}


def brute_force(vectors: NDArray[np.float16], live: NDArray[np.bool_] | None = None) -> set[tuple[int, int]]:
    """Every picture with the nearest other to each of its parts, and with those that are near for sure."""
    if live is not None:
        numbers = np.flatnonzero(live).tolist()
        return {(numbers[a], numbers[b]) for a, b in brute_force(vectors[live])}
    rows = vectors.astype(np.float32).reshape(len(vectors), 1 + COUNT, DIMS)
    wanted = set()
    for number, row in enumerate(rows):
        cosines = row[1:] @ rows[:, 0].T
        cosines[:, number] = -1
        chosen = [int(c.argmax()) for c in cosines if c.max() >= crop_search.FLOOR]
        best = cosines.max(axis=0)
        chosen += [int(n) for n in np.argsort(-best)[: crop_search.MOST] if best[n] >= crop_search.SURE]
        wanted |= {(min(number, n), max(number, n)) for n in chosen}
    return wanted


@pytest.mark.parametrize("seed", range(8))
def test_each_part_brings_the_picture_nearest_to_it(seed: int) -> None:
    vectors = table(4 + 3 * seed, seed)
    assert found(vectors) == brute_force(vectors)


def test_a_part_found_later_meets_the_whole_that_was_there_before_and_the_other_way_round() -> None:
    rows = unit(np.random.default_rng(1).normal(size=(9, 1 + COUNT, DIMS)))
    rows[8, 0] = rows[2, 3]  # the new picture is a part of an old one
    rows[8, 2] = rows[5, 0]  # and holds another old one
    vectors = rows.reshape(9, -1).astype(np.float16)
    assert {(2, 8), (5, 8)} <= found(vectors, 8)


@pytest.mark.parametrize("seed", range(20))
def test_who_left_takes_nobodys_place(seed: int) -> None:
    """Pictures that come, go and come back leave every pair that matching all of them at once would find."""
    vectors = table(25, seed)
    for near, live in come_and_go(vectors, PARTS, crop_search.SURE, np.random.default_rng(seed)):
        assert set(pairs_of(near)) >= brute_force(vectors, live)
        assert live[near.firsts].all()
        assert live[near.seconds].all()


def test_nothing_is_matched_where_nothing_is_new() -> None:
    vectors = table(7, 1)
    assert found(vectors, 7) == set()
    assert found(vectors[:0]) == set()


def test_parts_are_the_quarters_and_the_middle() -> None:
    picture = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3)
    cut = cut_parts(picture)
    assert len(cut) == COUNT
    assert all(part.shape == (4, 3, 3) for part in cut)
    assert np.array_equal(cut[3], picture[4:, 3:])
    assert np.array_equal(cut[4], picture[2:6, 1:4])
    assert all(part.shape == (1, 1, 3) for part in cut_parts(picture[:1, :1]))
