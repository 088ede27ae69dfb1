from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.neural.bfloat16_screen import Bfloat16Screen
from dpm_tui.pipeline.candidates import block_search, crop_search, nearest_neighbours
from dpm_tui.pipeline.candidates.block_search import Gatherer, Means
from dpm_tui.pipeline.candidates.crop_search import COUNT, match_parts
from dpm_tui.pipeline.candidates.nearest_neighbours import match_vectors
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.short_vectors import STEP, Shortening
from tests.support.rows import DIMS, described, field_of, pairs_of

SCREENS = pytest.mark.parametrize("make_screen", [NumpyScreen, Bfloat16Screen])


@pytest.mark.parametrize("seed", range(4))
def test_a_product_of_short_vectors_is_never_below_the_cosine(seed: int) -> None:
    vectors = described(np.random.default_rng(seed), 300)
    short = Shortening.of(vectors, 0.05).apply(vectors)
    assert short.shape[1] % STEP == 0
    assert short.shape[1] < DIMS
    assert (short @ short.T >= vectors @ vectors.T - 1e-6).all()


@SCREENS
@pytest.mark.parametrize("bar", [0.2, 0.7, 0.99])
def test_a_screen_misses_nothing_and_lets_little_else_through(
    make_screen: Callable[[], Screen], bar: float
) -> None:
    vectors = described(np.random.default_rng(5), 400)
    screen = make_screen()
    packed = screen.pack(vectors)
    row_bars, column_bars = np.full(150, bar, np.float32), np.full(400, 2, np.float32)
    column_bars[7] = 0.1
    rows, columns = np.broadcast_arrays(*screen.reaching(packed[:150], packed, row_bars, column_bars))
    found = np.zeros((150, 400), np.bool_)
    found[rows, columns] = True
    cosines = vectors[:150] @ vectors.T
    assert found[cosines >= bar].all()
    assert found[cosines[:, 7] >= 0.1, 7].all()
    if bar > 0.5:
        assert len(np.ravel(rows)) == found.sum()
        assert cosines[found & (np.arange(400) != 7)].min() > bar - 0.02


@SCREENS
def test_any_screen_finds_what_comparing_all_in_full_finds(
    make_screen: Callable[[], Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_search, "TILE", 64)
    dice = np.random.default_rng(8)
    vectors = described(dice, 700).astype(np.float16)
    means = Means(make_screen(), threads=2)
    near = [block.near for block in match_vectors(field_of(vectors), 0.8, means)]
    monkeypatch.setattr(Shortening, "apply", lambda self, vectors: np.ones((len(vectors), STEP), np.float32))
    in_full = [block.near for block in match_vectors(field_of(vectors), 0.8)]
    assert [pairs_of(block) for block in near] == [pairs_of(block) for block in in_full]


@SCREENS
def test_any_screen_finds_the_parts_that_comparing_all_in_full_finds(
    make_screen: Callable[[], Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_search, "TILE", 64)
    vectors = described(np.random.default_rng(9), 200 * (1 + COUNT)).reshape(200, -1).astype(np.float16)
    near = [block.near for block in match_parts(field_of(vectors), 0.8, Means(make_screen(), threads=2))]
    monkeypatch.setattr(Shortening, "apply", lambda self, vectors: np.ones((len(vectors), STEP), np.float32))
    in_full = [block.near for block in match_parts(field_of(vectors), 0.8)]
    assert [pairs_of(block) for block in near] == [pairs_of(block) for block in in_full]


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.2])
@pytest.mark.parametrize("module", [nearest_neighbours, crop_search])
def test_a_burst_of_thousands_brings_a_few_pairs_a_picture_to_sort(
    module: ModuleType, spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of scans or sprites that are all near to each other ever fewer are gathered, the more there are."""
    taken: list[int] = []
    take = module._Gathering.take

    def counted(self: Gatherer, near: NeighbourPairs) -> None:
        taken.append(len(near))
        take(self, near)

    monkeypatch.setattr(module._Gathering, "take", counted)
    monkeypatch.setattr(block_search, "TILE", 128)
    monkeypatch.setattr(block_search, "_SLICE", 16)
    parts = module is crop_search
    dice, each = np.random.default_rng(4), []
    for rows in (500, 2000):
        vectors = np.ones(8) + spread * dice.normal(size=(rows, 1 + parts * COUNT, 8))
        vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
        taken.clear()
        list((match_parts if parts else match_vectors)(field_of(vectors.reshape(rows, -1).astype("f2")), 0.8))
        each.append(sum(taken) / rows)
    assert each[1] < 2 * each[0]
