from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates import block_search, nearest_neighbours, neighbour_quota
from dpm_tui.pipeline.candidates.candidate_search import WHOLE
from dpm_tui.pipeline.candidates.nearest_neighbours import match_vectors
from tests.support.rows import come_and_go, field_of, pairs_of

THRESHOLD = 0.75
# Whole numbers keep every product exact, so that no pair lies on the edge by rounding.
TABLES = st.integers(0, 23).flatmap(
    lambda rows: st.lists(
        st.lists(st.sampled_from([-0.5, 0.0, 0.5]), min_size=4, max_size=4), min_size=rows, max_size=rows
    )
)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest_neighbours, "ROWS_PER_BLOCK", 3)
    monkeypatch.setattr(block_search, "TILE", 5)
    monkeypatch.setattr(nearest_neighbours, "FLOOR", 3.0)  # no neighbours


@pytest.fixture
def neighbours(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(nearest_neighbours, "FLOOR", 0.4)
    monkeypatch.setattr(nearest_neighbours, "NEIGHBOURS", 2)
    monkeypatch.setattr(nearest_neighbours, "NEIGHBOURS_LOOKED_AT", 2)
    monkeypatch.setattr(neighbour_quota, "KIN", 3.0)  # no copies
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


def found(vectors: NDArray[np.float16], start: int = 0, near: NeighbourPairs | None = None) -> NeighbourPairs:
    return NeighbourPairs.joined(
        [block.near for block in match_vectors(field_of(vectors, start, near), THRESHOLD)]
    )


@given(TABLES)
def test_every_near_pair_is_found_once_across_blocks(rows: list[list[float]]) -> None:
    near = pairs_of(found(table(rows)))
    assert len(near) == len(set(near))
    assert set(near) == brute_force(table(rows))


@given(TABLES, st.data())
def test_matching_can_go_on_from_any_row(rows: list[list[float]], data: st.DataObject) -> None:
    vectors = table(rows)
    start = data.draw(st.integers(0, len(rows)))
    first = found(vectors[:start])
    assert sorted(pairs_of(first) + pairs_of(found(vectors, start, first.unique()))) == sorted(
        brute_force(vectors)
    )


@given(TABLES)
def test_blocks_cover_every_row_once_and_in_order(rows: list[list[float]]) -> None:
    numbers = [row for block in match_vectors(field_of(table(rows)), THRESHOLD) for row in block.rows]
    assert numbers == list(range(len(rows)))


def test_cosines_are_those_of_the_vectors_and_never_above_one() -> None:
    vectors = units(np.random.default_rng(5), 11)
    vectors[7] = vectors[2]
    near = found(vectors)
    assert dict(zip(pairs_of(near), near.cosines, strict=True))[2, 7] <= 1.0
    for first, second, cosine in zip(near.firsts, near.seconds, near.cosines, strict=True):
        assert cosine == pytest.approx(
            float(vectors[first].astype(float) @ vectors[second].astype(float)), abs=2e-3
        )


def test_a_row_that_was_lost_is_near_to_nothing() -> None:
    vectors = np.zeros((8, 4), dtype=np.float16)
    vectors[[1, 6], 0] = 1
    assert pairs_of(found(vectors)) == [(1, 6)]


def units(dice: np.random.Generator, rows: int) -> NDArray[np.float16]:
    vectors = dice.normal(size=(rows, 4))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def wanted_of(vectors: NDArray[np.float16], live: NDArray[np.bool_], neighbours: int) -> set[tuple[int, int]]:
    """Every pair of live rows from the threshold on, and below it each with its nearest neighbours."""
    cosines = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    np.fill_diagonal(cosines, -1)
    cosines[~live] = cosines[:, ~live] = -1
    wanted = {(min(a, b), max(a, b)) for a, b in np.argwhere(cosines >= THRESHOLD).tolist()}
    cosines[cosines >= THRESHOLD] = -1
    for row in np.flatnonzero(live).tolist():
        for other in np.argsort(-cosines[row])[:neighbours].tolist():
            if cosines[row, other] >= nearest_neighbours.FLOOR:
                wanted.add((min(row, other), max(row, other)))
    return wanted


@pytest.mark.parametrize("seed", range(12))
def test_the_nearest_neighbours_come_whatever_the_threshold(seed: int, neighbours: int) -> None:
    """A weak copy is a candidate if its original is among its nearest, whichever of both was there first."""
    dice = np.random.default_rng(seed)
    vectors = units(dice, int(dice.integers(2, 40)))
    wanted = wanted_of(vectors, np.ones(len(vectors), np.bool_), neighbours)
    assert set(pairs_of(found(vectors))) == wanted
    start = int(dice.integers(0, len(vectors)))
    first = found(vectors[:start])
    more = NeighbourPairs.joined([first, found(vectors, start, first.unique())])
    assert set(pairs_of(more)) >= wanted


@pytest.mark.parametrize("seed", range(30))
def test_who_left_takes_nobodys_place(seed: int, neighbours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that come, go and come back leave every pair that matching all of them at once would find."""
    monkeypatch.setattr(nearest_neighbours, "NEAREST", 1000)
    dice = np.random.default_rng(seed)
    vectors = units(dice, 40)
    for near, live in come_and_go(vectors, WHOLE, THRESHOLD, dice):
        wanted = wanted_of(vectors, live, neighbours)
        assert set(pairs_of(near)) >= wanted
        assert live[near.firsts].all()
        assert live[near.seconds].all()


def test_nothing_is_compared_where_nothing_is() -> None:
    assert list(match_vectors(field_of(np.zeros((0, 4), dtype=np.float16)), THRESHOLD)) == []


def test_a_crowd_of_weak_likenesses_brings_only_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sure pairs are all kept; of weaker ones each row brings its nearest, the same from any start."""
    monkeypatch.setattr(nearest_neighbours, "NEAREST", 3)
    for module in (neighbour_quota, nearest_neighbours):
        monkeypatch.setattr(module, "CROWD", 1000)
    rng = np.random.default_rng(1)
    crowd = np.array([1.0, 0, 0, 0]) + 0.25 * rng.normal(size=(30, 4))
    rows = np.repeat(crowd, [1] * 25 + [6] * 5, axis=0)
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    near = found(vectors)
    weak = near.only(near.cosines < nearest_neighbours.SURE)
    cosines = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    sure = {(int(a), int(b)) for a, b in np.argwhere(np.triu(cosines >= nearest_neighbours.SURE, 1))}
    assert set(pairs_of(near.only(near.cosines >= nearest_neighbours.SURE))) == sure
    assert np.bincount(weak.seconds).max() <= 3
    first = found(vectors[:20])
    assert sorted(pairs_of(first) + pairs_of(found(vectors, 20, first.unique()))) == sorted(pairs_of(near))


def burst(frames: int) -> NDArray[np.float16]:
    """Return frames that are all near to each other, neighbours the nearest."""
    turn = np.linspace(0, 0.4, frames)
    return np.stack([np.cos(turn), np.sin(turn), 0 * turn, 0 * turn], axis=1).astype(np.float16)


def hubs(near: NeighbourPairs, live: NDArray[np.bool_]) -> set[int]:
    """Return the rows that have a pair with all other live ones."""
    degrees = np.bincount(np.concatenate([near.firsts, near.seconds]), minlength=len(live))
    return set(np.flatnonzero(degrees == live.sum() - 1).tolist())


def test_a_burst_brings_few_pairs_a_frame_and_the_best_frame_has_one_with_all() -> None:
    frames = 300
    field = field_of(burst(frames))
    places = np.arange(frames)
    places[[0, 123]] = places[[123, 0]]  # the best frame is none of the first
    near = NeighbourPairs.joined([block.near for block in match_vectors(replace(field, places=places), 0.75)])
    assert len(near) < frames * (neighbour_quota.CROWD + neighbour_quota.HUBS)
    assert 123 in hubs(near, field.live)
    assert {(k, k + 1) for k in range(frames - 1)} <= set(pairs_of(near.unique()))


def test_a_burst_hangs_together_whoever_leaves_it() -> None:
    for near, live in come_and_go(burst(120), WHOLE, 0.75, np.random.default_rng(8)):
        reached = {int(np.flatnonzero(live)[0])}
        pairs = pairs_of(near)
        for _ in range(3):
            reached |= {end for pair in pairs if not reached.isdisjoint(pair) for end in pair}
        assert reached == set(np.flatnonzero(live).tolist())


def families(dice: np.random.Generator, *cosines: float, copies: int) -> NDArray[np.float16]:
    """Return copies of a picture and, for each cosine, copies of another one that lies so far from it."""
    base = np.linalg.qr(dice.normal(size=(48, 48)))[0]
    centres = [base[0], *(c * base[0] + (1 - c * c) ** 0.5 * base[k] for k, c in enumerate(cosines, 1))]
    rows = np.repeat(centres, copies, axis=0) + 0.01 * dice.normal(size=(copies * len(centres), 48))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


@pytest.mark.parametrize("cosines", [(0.6,), (0.72, 0.66), (0.72, 0.7, 0.66)])
@pytest.mark.parametrize("start", [0, 7, 8, 15])
def test_copies_of_one_picture_take_one_place(
    cosines: tuple[float, ...], start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven copies of a picture and seven of a paler one are compared, whatever else is there seven times."""
    monkeypatch.setattr(nearest_neighbours, "FLOOR", 0.5)
    vectors = families(np.random.default_rng(2), *cosines, copies=7)
    first = found(vectors[:start])
    near = NeighbourPairs.joined([first, found(vectors, start, first.unique())])
    across = {(one // 7, other // 7) for one, other in pairs_of(near)}
    nearest = [rank for rank, _ in enumerate(cosines, 1)][: nearest_neighbours.NEIGHBOURS]
    assert {(0, number) for number in nearest} <= across


def test_variants_take_no_place_of_what_lies_below_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every grey frame of a burst has the other grey frames near it, and its own colour frame farther off."""
    monkeypatch.setattr(nearest_neighbours, "FLOOR", 0.5)
    dice = np.random.default_rng(3)
    base = np.linalg.qr(dice.normal(size=(48, 48)))[0]
    grey = 0.65 * base[0] + (1 - 0.65**2) ** 0.5 * base[1]
    frames = [centre + 0.45 * base[10 + k] for centre in (base[0], grey) for k in range(10)]
    vectors = (np.array(frames) / np.linalg.norm(frames, axis=1, keepdims=True)).astype(np.float16)
    near = set(pairs_of(found(vectors)))
    assert {(k, 10 + k) for k in range(10)} <= near


def test_a_crowd_of_copies_leaves_places_to_others_of_the_same_likeness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Thirty copies of one neighbour do not push another out that is only a little farther off."""
    dice = np.random.default_rng(4)
    vectors = families(dice, 0.88, 0.8, copies=30)
    order = np.r_[30:90, 0:30]
    near = pairs_of(found(vectors[order]))
    assert {other for one, other in near if 30 <= one < 60 <= other} == set(range(60, 90))
    assert len(near) < 3 * 30 * 29 / 2 + 90 * (nearest_neighbours.NEAREST + nearest_neighbours.NEIGHBOURS)
