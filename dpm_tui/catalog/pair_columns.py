"""Verified pairs in columns: objects are built only of the pairs that are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.inspection import REASONS
from dpm_tui.catalog.lazy_sequence import LazySequence
from dpm_tui.catalog.verdict import Alteration, Kind

KINDS = tuple(Kind)
KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
PAIR_REASONS = (*REASONS, *(how.value for how in Alteration))
"""What speaks against the poorer of two files."""
REASON_CODES = {reason: code for code, reason in enumerate(PAIR_REASONS)}
TURNED = np.array([Better.EITHER, Better.SECOND, Better.FIRST, Better.UNTOLD, Better.UNSEEN], np.uint8)
"""What ``Better`` is when the two files change places."""
_BETTER = tuple(Better)


@dataclass(frozen=True, eq=False)
class PairColumns(LazySequence[Pair]):
    """Pairs by number. ``firsts`` and ``seconds`` are ids, ``kinds`` codes of ``KIND_CODES``, ``reasons`` of
    ``REASON_CODES``, ``better`` values of ``Better``."""

    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    similarities: NDArray[np.float64]
    differs: Sequence[bytes]
    better: NDArray[np.uint8]
    reasons: NDArray[np.uint8]
    amounts: NDArray[np.float32]

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> PairColumns:
        """Return the columns of some pairs; those that are columns already as they are."""
        if isinstance(pairs, PairColumns):
            return pairs
        pairs = list(pairs)
        return cls(
            np.array([pair.a for pair in pairs], np.int64),
            np.array([pair.b for pair in pairs], np.int64),
            np.array([KIND_CODES[pair.kind] for pair in pairs], np.uint8),
            np.array([pair.similarity for pair in pairs], np.float64),
            [pair.differs for pair in pairs],
            np.array([pair.better for pair in pairs], np.uint8),
            np.array([REASON_CODES[pair.reason] for pair in pairs], np.uint8),
            np.array([pair.amount for pair in pairs], np.float32),
        )

    def make(self, number: int) -> Pair:
        """Return a pair."""
        return Pair(
            int(self.firsts[number]),
            int(self.seconds[number]),
            KINDS[self.kinds[number]],
            float(self.similarities[number]),
            self.differs[number],
            _BETTER[self.better[number]],
            PAIR_REASONS[self.reasons[number]],
            float(self.amounts[number]),
        )

    def __iter__(self) -> Iterator[Pair]:
        kinds = [KINDS[code] for code in self.kinds.tolist()]
        ends = self.firsts.tolist(), self.seconds.tolist()
        better = [_BETTER[code] for code in self.better.tolist()]
        reasons = [PAIR_REASONS[code] for code in self.reasons.tolist()]
        similarities, amounts = self.similarities.tolist(), self.amounts.tolist()
        return map(Pair, *ends, kinds, similarities, self.differs, better, reasons, amounts)

    def __len__(self) -> int:
        return len(self.firsts)

    def __add__(self, others: PairColumns) -> PairColumns:
        return PairColumns(
            np.concatenate((self.firsts, others.firsts)),
            np.concatenate((self.seconds, others.seconds)),
            np.concatenate((self.kinds, others.kinds)),
            np.concatenate((self.similarities, others.similarities)),
            [*self.differs, *others.differs],
            np.concatenate((self.better, others.better)),
            np.concatenate((self.reasons, others.reasons)),
            np.concatenate((self.amounts, others.amounts)),
        )

    def take(self, numbers: NDArray[np.int64]) -> PairColumns:
        """Return some of the pairs, in the order of their ``numbers``."""
        return PairColumns(
            self.firsts[numbers],
            self.seconds[numbers],
            self.kinds[numbers],
            self.similarities[numbers],
            [self.differs[number] for number in numbers.tolist()],
            self.better[numbers],
            self.reasons[numbers],
            self.amounts[numbers],
        )

    def at_least(self, threshold: float) -> PairColumns:
        """Return the pairs whose similarity is at or above ``threshold``."""
        enough = self.similarities >= threshold
        return self if enough.all() else self.take(np.flatnonzero(enough))
