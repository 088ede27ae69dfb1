"""Neighbour pairs: pairs of rows of a table of vectors with their cosines, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NeighbourPairs:
    """Rows and cosines of pairs, three arrays of one length."""

    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    cosines: NDArray[np.float32]

    @classmethod
    def none(cls) -> NeighbourPairs:
        """Return no pairs."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))

    @classmethod
    def joined(cls, parts: Sequence[NeighbourPairs]) -> NeighbourPairs:
        """Return the pairs of all parts, one part after the other."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([part.firsts for part in parts]),
            np.concatenate([part.seconds for part in parts]),
            np.concatenate([part.cosines for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.cosines)

    def only(self, wanted: NDArray[np.bool_] | NDArray[np.int64]) -> NeighbourPairs:
        """Return some of the pairs, by a mask or by their places."""
        return NeighbourPairs(self.firsts[wanted], self.seconds[wanted], self.cosines[wanted])

    def swapped(self) -> NeighbourPairs:
        """Return the pairs the other way round."""
        return NeighbourPairs(self.seconds, self.firsts, self.cosines)

    def highest(self) -> NeighbourPairs:
        """Return of several pairs of the same first and second row the one with the highest cosine."""
        order = np.lexsort((-self.cosines, self.firsts, self.seconds))
        firsts, seconds = self.firsts[order], self.seconds[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (firsts[1:] != firsts[:-1]) | (seconds[1:] != seconds[:-1])
        return self.only(order[fresh])

    def unique(self) -> NeighbourPairs:
        """Return every pair once, the lower row first, with its highest cosine, which is 1 at most."""
        low, high = np.minimum(self.firsts, self.seconds), np.maximum(self.firsts, self.seconds)
        order = np.lexsort((-self.cosines, high, low))
        low, high = low[order], high[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        return NeighbourPairs(low[fresh], high[fresh], np.minimum(self.cosines[order][fresh], np.float32(1)))


def keep_nearest(parts: Sequence[NeighbourPairs], nearest: int, sure: float = 2.0) -> NeighbourPairs:
    """Return of each second row all pairs from a cosine of ``sure`` on and its nearest others, in order."""
    near = NeighbourPairs.joined(parts)
    order, places = rank(near)
    return near.only(np.sort(order[(places < nearest) | (near.cosines[order] >= sure)]))


def rank(near: NeighbourPairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order of the pairs by second row, the nearest first, and the place of each in its row."""
    order = np.lexsort((near.firsts, -near.cosines, near.seconds))
    seconds = near.seconds[order]
    return order, np.arange(len(order)) - np.searchsorted(seconds, seconds)
