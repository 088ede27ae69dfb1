"""Pairs of one picture come close together, in an order that depends on nothing but the pairs."""

from __future__ import annotations

import itertools
import random

from dpm_tui.pipeline.verification.candidate_verifier import order_pairs


def chain(length: int) -> list[tuple[str, str]]:
    names = [f"{(k * 7919) % 1000:04}" for k in range(length)]
    return [tuple(sorted(pair)) for pair in itertools.pairwise(names)]  # type: ignore[misc]


def test_each_pair_comes_once() -> None:
    pairs = chain(50)
    assert sorted(order_pairs(pairs)) == sorted(pairs)


def test_a_picture_is_met_again_at_once() -> None:
    ordered = order_pairs(chain(400))
    assert all(set(one) & set(other) for one, other in itertools.pairwise(ordered))


def test_the_order_they_came_in_does_not_matter() -> None:
    pairs = chain(100)
    shuffled = random.Random(3).sample(pairs, len(pairs))
    assert order_pairs(pairs) == order_pairs(shuffled)


def test_clusters_are_finished_one_by_one() -> None:
    clusters = [[f"{c}{k}" for k in range(6)] for c in "abc"]
    pairs = [pair for cluster in clusters for pair in itertools.combinations(cluster, 2)]
    ordered = order_pairs(random.Random(5).sample(pairs, len(pairs)))
    assert [pair[0][0] for pair in ordered[::15]] == [pair[0][0] for pair in ordered[14::15]]
