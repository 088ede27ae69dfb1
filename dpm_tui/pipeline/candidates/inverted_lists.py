"""Inverted lists: which vectors are worth comparing where there are too many to compare all with all.

Vectors are shared out to lists, each to the one whose centre is nearest (k-means over the sphere), and a
vector is compared with the lists that are nearest to it. This is the inverted file of Sivic and Zisserman
(2003). Whole lists are multiplied with all that ask for them, which is many times as fast as asking for the
neighbours of one vector after the other, as an index for single questions does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEMBERS = 256
"""Vectors of a list on average. Shorter lists are met more exactly, but take longer to go through."""
MIN_MEMBERS, MIN_LISTS, MAX_LISTS = 16, 800, 8192
"""Few vectors are in shorter lists, as a share of few lists is not met exactly either."""
ASKED = 0.25
"""Share of the lists that a vector is compared with: of the pairs that comparing all would bring, some one
in a thousand is missed."""
_SAMPLES, _ROUNDS = 16, 6
"""Vectors of a list that centres are found by, and how often they are moved."""
_ROWS_AT_ONCE = 2048
_COUNTED = 8
"""One in so many lists tells how near those are that are asked."""


@dataclass(frozen=True, slots=True)
class InvertedLists:
    """Centres of unit length, shape (lists, dims), and where each list starts and ends."""

    centres: NDArray[np.float32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> tuple[InvertedLists, NDArray[np.int64]]:
        """Return lists of vectors, shape (n, dims), and the order in which the lists hold them."""
        count = max(len(vectors) // MEMBERS, min(len(vectors) // MIN_MEMBERS, MIN_LISTS))
        count = min(max(count, 1), MAX_LISTS)
        centres = _find_centres(vectors, count)
        homes = _find_homes(vectors, centres)
        order = np.argsort(homes, kind="stable")
        starts = np.searchsorted(homes[order], np.arange(count + 1))
        return cls(centres, starts), order

    def asked_by(self, vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return which lists some vectors, shape (n, dims), are to be compared with, shape (lists, n)."""
        asked = np.zeros((len(self.centres), len(vectors)), np.bool_)
        step = _COUNTED if len(self.centres) >= 16 * _COUNTED else 1
        for at in range(0, len(vectors), _ROWS_AT_ONCE):
            nearness = self.centres @ vectors[at : at + _ROWS_AT_ONCE].T
            some = np.ascontiguousarray(nearness[::step].T)
            place = int(some.shape[1] * (1 - ASKED))
            asked[:, at : at + _ROWS_AT_ONCE] = nearness >= np.partition(some, place, axis=1)[:, place]
        return asked


def _find_centres(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return so many centres of some vectors."""
    dice = np.random.default_rng(0)
    sample = vectors[np.sort(dice.permutation(len(vectors))[: _SAMPLES * count])]
    centres = sample[np.sort(dice.permutation(len(sample))[:count])]
    for _ in range(_ROUNDS):
        homes = _find_homes(sample, centres)
        order = np.argsort(homes, kind="stable")
        used, starts = np.unique(homes[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centres = centres.copy()
        centres[used] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return centres


def _find_homes(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the number of the centre that is nearest to each vector."""
    steps = range(0, len(vectors), _ROWS_AT_ONCE)
    return np.concatenate([(vectors[at : at + _ROWS_AT_ONCE] @ centres.T).argmax(axis=1) for at in steps])
