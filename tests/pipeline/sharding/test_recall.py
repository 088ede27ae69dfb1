from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates import shards
from dpm_tui.pipeline.candidates.candidate_search import PARTS, WHOLE, Rule
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.candidates.nearest_neighbours import SURE
from dpm_tui.pipeline.candidates.shards import Searched
from dpm_tui.pipeline.sharding.recall import Recall, brute_force, sample_recall, sample_rows
from tests.support.rows import described, field_of, pairs_of

ROWS = 400
RULES = pytest.mark.parametrize(
    ("rule", "searched", "each"), [(WHOLE, Searched.WHOLE, 1), (PARTS, Searched.PARTS, 1 + COUNT)]
)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PART_ROWS", 64)


def vectors_of(each: int) -> NDArray[np.float16]:
    return described(np.random.default_rng(3), ROWS * each, 60).reshape(ROWS, -1).astype(np.float16)


@RULES
def test_a_complete_search_has_all_and_half_of_it_has_half(rule: Rule, searched: Searched, each: int) -> None:
    field = field_of(vectors_of(each))
    near = NeighbourPairs.joined([block.near for block in rule.find(field, 0.8, None)]).unique()
    sample = sample_rows(field, 100)
    assert sample_recall(field, searched, 0.8, near, sample) == Recall(
        wanted := len(brute_force(field, searched, 0.8, sample) or ()), wanted
    )
    half = sample_recall(field, searched, 0.8, near.only(np.arange(0, len(near), 2)), sample)
    assert half is not None
    assert half.share == pytest.approx(0.5, abs=0.15)
    assert wanted > 100


def test_every_sure_pair_with_an_earlier_row_is_wanted() -> None:
    vectors = vectors_of(1)
    field = field_of(vectors)
    sample = sample_rows(field, 50)
    cosines = vectors[sample].astype(np.float32) @ vectors.astype(np.float32).T
    sure = {
        (other, int(sample[row]))
        for row, other in np.argwhere(cosines >= SURE + 1e-3).tolist()
        if other < sample[row]
    }
    wanted = brute_force(field, Searched.WHOLE, 0.8, sample)
    assert wanted is not None
    assert sure
    assert sure <= set(pairs_of(wanted))


def test_the_sample_is_of_open_rows_and_small_where_they_are_few() -> None:
    field = field_of(vectors_of(1), 390)
    assert sample_rows(field).tolist() == list(range(390, ROWS))
    assert len(sample_rows(field, 4)) == 4


def test_whoever_stops_it_gets_nothing() -> None:
    field = field_of(vectors_of(1))
    sample = sample_rows(field, 5)
    assert sample_recall(field, Searched.WHOLE, 0.8, NeighbourPairs.none(), sample, lambda: True) is None


def test_nothing_wanted_is_all_found() -> None:
    assert Recall(0, 0).share == 1
