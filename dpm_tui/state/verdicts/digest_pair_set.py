"""Pairs of digests in 16 bytes each: a set of two million pairs of strings would take a gigabyte."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from dpm_tui.catalog.content_digest import DigestPair, Prefixes, prefix_of

_RECENT = 8192
"""Pairs that are found in a set; with more of them all are sorted anew."""
_BUCKET_BITS = 16
"""Sorted pairs are found by buckets of their first bits: thirty pairs in each where there are two million."""


class DigestPairSet:
    """A set of pairs of digests, the smaller first, each known by the prefixes of both.

    They are sorted by the XOR of both: one picture may have many pairs, which spread over all buckets so.
    """

    def __init__(self) -> None:
        self._buckets = [0] * (2**_BUCKET_BITS + 1)
        self._recent: set[tuple[int, int]] = set()
        self._adopt(np.zeros(0, np.uint64), np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self._combined) + len(self._recent)

    def __contains__(self, pair: DigestPair) -> bool:
        first, second = prefix_of(pair[0]), prefix_of(pair[1])
        if (first, second) in self._recent:
            return True
        combined = first ^ second
        bucket = combined >> (64 - _BUCKET_BITS)
        end = self._buckets[bucket + 1]
        place = bisect_left(self._sought, combined, self._buckets[bucket], end)
        while place < end and self._sought[place] == combined:
            if int(self._firsts[place]) == first:
                return True
            place += 1
        return False

    @property
    def columns(self) -> tuple[Prefixes, Prefixes]:
        """The prefixes of the first digests and the XORs of both, sorted by these."""
        if self._recent:
            self.extend(())
        return self._firsts, self._combined

    def add(self, pair: DigestPair) -> None:
        """Add a pair."""
        if pair not in self:
            self._recent.add((prefix_of(pair[0]), prefix_of(pair[1])))
            if len(self._recent) > max(_RECENT, len(self._combined) // 16):
                self.extend(())

    def extend(self, parts: Sequence[tuple[Prefixes, Prefixes]]) -> None:
        """Add many pairs, each part as the prefixes of first and of second digests."""
        recent = np.array(sorted(self._recent), np.uint64).reshape(-1, 2)
        parts = [(recent[:, 0], recent[:, 1]), *parts]
        firsts = np.concatenate([self._firsts, *(first for first, _ in parts)])
        combined = np.concatenate([self._combined, *(first ^ second for first, second in parts)])
        self._recent.clear()
        self._file(firsts, combined)

    def merge(self, firsts: Prefixes, combined: Prefixes) -> None:
        """Add many pairs as ``columns`` of another set returns them."""
        if not len(self):
            self._adopt(firsts, combined)
        elif len(firsts):
            own, keys = self.columns
            self._file(np.concatenate([firsts, own]), np.concatenate([combined, keys]))

    def keep(self, known: Prefixes) -> None:
        """Drop the pairs of which one is not among the known digests."""
        firsts, combined = self.columns
        kept = np.isin(firsts, known)
        kept[kept] = np.isin(firsts[kept] ^ combined[kept], known)
        self._adopt(firsts[kept], combined[kept])

    def clear(self) -> None:
        """Forget every pair."""
        self._recent.clear()
        self._adopt(np.zeros(0, np.uint64), np.zeros(0, np.uint64))

    def _file(self, firsts: Prefixes, combined: Prefixes) -> None:
        """Sort what there is now, each pair once."""
        order = np.argsort(combined, kind="stable")  # two sorted runs are merged, not sorted
        firsts, combined = firsts[order], combined[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (combined[1:] != combined[:-1]) | (firsts[1:] != firsts[:-1])
        self._adopt(*((firsts, combined) if fresh.all() else (firsts[fresh], combined[fresh])))

    def _adopt(self, firsts: Prefixes, combined: Prefixes) -> None:
        """Have these pairs, which are sorted."""
        self._firsts = np.ascontiguousarray(firsts, np.uint64)
        self._combined = np.ascontiguousarray(combined, np.uint64)
        self._sought = memoryview(self._combined.data)
        edges = np.arange(2**_BUCKET_BITS, dtype=np.uint64) << np.uint64(64 - _BUCKET_BITS)
        self._buckets = [*np.searchsorted(self._combined, edges).tolist(), len(self._combined)]
