from __future__ import annotations

import numpy as np

from models.training.evaluation.metrics import rank


def test_a_perfect_ranking_scores_one() -> None:
    ranking = rank(np.eye(4, dtype=np.float32), np.arange(4))
    assert ranking.average_precision == 1
    assert ranking.at_precision(0.999) == (1.0, 1.0)


def test_ties_are_not_won_by_their_order() -> None:
    ranking = rank(np.ones((4, 4), dtype=np.float32), np.arange(4))
    assert ranking.average_precision == 0.25
    assert ranking.at_precision(0.999) == (0.0, float("inf"))


def test_a_wrong_pair_at_the_top_costs_precision() -> None:
    scores = np.array([[0.5, 0.9], [0.1, 0.8]], dtype=np.float32)
    ranking = rank(scores, np.array([0, 1]))
    assert np.isclose(ranking.average_precision, 0.5 * 1 / 2 + 0.5 * 2 / 3)


def test_hidden_pairs_count_neither_for_nor_against() -> None:
    scores = np.array([[0.5, 0.9], [0.1, 0.8]], dtype=np.float32)
    hidden = np.array([[False, True], [False, True]])
    assert rank(scores, np.array([0, 1]), hidden).average_precision == 1
