"""Neighbour pairs: pairs of rows of a table of vectors with their cosines, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROW_BITS = 32
"""Bits for the number of a row, or for a cosine: two of them make one key."""


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
        return NeighbourPairs(*_highest(self.firsts, self.seconds, self.cosines))

    def unique(self) -> NeighbourPairs:
        """Return every pair once, the lower row first, with its highest cosine, which is 1 at most."""
        low, high = np.minimum(self.firsts, self.seconds), np.maximum(self.firsts, self.seconds)
        high, low, cosines = _highest(high, low, self.cosines)
        return NeighbourPairs(low, high, np.minimum(cosines, np.float32(1)))


def keep_nearest(parts: Sequence[NeighbourPairs], nearest: int, sure: float = 2.0) -> NeighbourPairs:
    """Return of each second row all pairs from a cosine of ``sure`` on and its nearest others, in order."""
    near = NeighbourPairs.joined(parts)
    order, places = rank(near)
    return near.only(np.sort(order[(places < nearest) | (near.cosines[order] >= sure)]))


def rank(near: NeighbourPairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order of the pairs by second row, the nearest first, and the place of each in its row."""
    # One number says it all but for ties: sorting by it is many times as fast as by three.
    bits = near.cosines.view(np.int32).astype(np.int64)
    keys = (near.seconds << _ROW_BITS) - np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    order = np.argsort(keys)
    keys = keys[order]
    tied = np.zeros(len(keys), np.bool_)
    tied[1:] = keys[1:] == keys[:-1]
    tied[:-1] |= tied[1:]
    among = order[tied]
    order[tied] = among[np.lexsort((near.firsts[among], keys[tied]))]
    return order, count_within(near.seconds[order])


def count_within(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of some rows, the same ones together, how many of the same come before it."""
    numbers = np.arange(len(rows))
    starts = np.zeros(len(rows), np.int64)
    starts[1:] = np.where(rows[1:] != rows[:-1], numbers[1:], 0)
    return numbers - np.maximum.accumulate(starts)


def _highest(
    firsts: NDArray[np.int64], seconds: NDArray[np.int64], cosines: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return pairs once, by second row and then by first, with their highest cosine."""
    if not len(cosines):
        return firsts, seconds, cosines
    keys = (seconds << _ROW_BITS) | firsts
    order = np.argsort(keys)
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    chosen = order[starts]
    return firsts[chosen], seconds[chosen], np.maximum.reduceat(cosines[order], starts)
