"""Scores of a ranking of all pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ranking:
    """Precision and recall at every distinct score, from the highest down."""

    scores: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]

    @property
    def average_precision(self) -> float:
        """Micro average precision over all pairs, as in the Image Similarity Challenge (DISC21)."""
        steps = np.diff(self.recall, prepend=0.0)
        return float((steps * self.precision).sum())

    def at_precision(self, precision: float) -> tuple[float, float]:
        """Return the highest recall at no less than the precision, and the score it takes.

        (0, infinity) if no score reaches that precision.
        """
        good = np.flatnonzero(self.precision >= precision)
        if not len(good):
            return 0.0, float("inf")
        return float(self.recall[good[-1]]), float(self.scores[good[-1]])


def rank(
    scores: NDArray[np.float32], truth: NDArray[np.int64], hidden: NDArray[np.bool_] | None = None
) -> Ranking:
    """Rank scores (Q, R) of queries against references; ``truth`` (Q,) is each query's reference.

    Pairs that are ``hidden`` (Q, R) count neither for nor against.

    Pairs of one score stand or fall together, so that a coarse score (a Hamming distance) wins
    nothing by the order of its ties.
    """
    right = np.zeros(scores.shape, dtype=bool)
    right[np.arange(len(truth)), truth] = True
    counted = np.ones(scores.shape, dtype=bool) if hidden is None else right | ~hidden
    flat, right = scores[counted], right[counted]
    order = np.argsort(-flat, kind="stable")
    ordered, hits = flat[order], np.cumsum(right[order])
    last = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    return Ranking(
        scores=ordered[last].astype(np.float64),
        precision=hits[last] / (last + 1.0),
        recall=hits[last] / float(len(truth)),
    )
