from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates import inverted_lists
from dpm_tui.pipeline.candidates.block_search import Means
from dpm_tui.pipeline.candidates.candidate_search import PARTS, WHOLE, Rule
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.candidates.inverted_lists import ASKED, InvertedLists
from tests.support.rows import described, field_of, pairs_of

ROWS = 1500
RULES = pytest.mark.parametrize(("rule", "width"), [(WHOLE, 1), (PARTS, 1 + COUNT)])


@pytest.fixture(autouse=True)
def _short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_lists, "MIN_MEMBERS", 10)


def matched(
    rule: Rule, vectors: NDArray[np.float16], start: int, near: NeighbourPairs, means: Means
) -> NeighbourPairs:
    blocks = rule.find(field_of(vectors, start, near), 0.8, means)
    return NeighbourPairs.joined([near, *(block.near for block in blocks)]).unique()


def test_each_vector_is_in_one_list_and_asks_for_the_share_of_lists_nearest_to_it() -> None:
    vectors = described(np.random.default_rng(1), ROWS, families=200)
    lists, order = InvertedLists.of(vectors)
    assert sorted(order.tolist()) == list(range(ROWS))
    assert lists.starts[0] == 0
    assert lists.starts[-1] == ROWS
    asked = lists.asked_by(vectors[:500])
    assert asked.mean() == pytest.approx(ASKED, abs=0.05)
    homes = np.searchsorted(lists.starts, np.argsort(order), side="right") - 1
    assert asked[homes[:500], np.arange(500)].all()


@RULES
def test_lists_miss_hardly_a_pair_and_keep_the_cosines(rule: Rule, width: int) -> None:
    vectors = described(np.random.default_rng(2), ROWS * width, families=300).reshape(ROWS, -1)
    vectors, none = vectors.astype(np.float16), NeighbourPairs.none()
    wanted = matched(rule, vectors, 0, none, Means())
    found = matched(rule, vectors, 0, none, Means(most_products=0, threads=2))
    cosines = dict(zip(pairs_of(found), found.cosines.tolist(), strict=True))
    missed = [pair for pair in pairs_of(wanted) if pair not in cosines]
    assert len(missed) <= 0.005 * len(wanted)
    assert len(found) <= 1.005 * len(wanted)
    for pair, cosine in zip(pairs_of(wanted), wanted.cosines.tolist(), strict=True):
        assert cosines.get(pair, cosine) == pytest.approx(cosine, abs=0.02)


@RULES
def test_what_comes_later_meets_what_was_there_before(rule: Rule, width: int) -> None:
    """Copies that come later find their originals, though only they are compared."""
    dice = np.random.default_rng(3)
    rows = described(dice, ROWS * width, families=ROWS).reshape(ROWS, width, -1)
    rows[-40:, -1] = rows[:40, 0]
    vectors, means = rows.reshape(ROWS, -1).astype(np.float16), Means(most_products=0)
    first = matched(rule, vectors[: ROWS - 40], 0, NeighbourPairs.none(), means)
    near = set(pairs_of(matched(rule, vectors, ROWS - 40, first, means)))
    assert near >= {(number, ROWS - 40 + number) for number in range(40)}
