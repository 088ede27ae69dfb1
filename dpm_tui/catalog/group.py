"""Verified pairs, and the groups that they make (see ``pipeline.clustering``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from dpm_tui.catalog.verdict import Kind

TIERS: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY}),
    frozenset({Kind.CROP, Kind.TURNED, Kind.EDITED}),
    frozenset({Kind.VARIANT}),
)
"""Kinds in the order in which they may pull files together: a file joins its true copies before
it joins a crop, and a crop before a variant, so that a variant never hides a copy."""
TIER_OF = {kind: tier for tier, kinds in enumerate(TIERS) for kind in kinds}


class Better(IntEnum):
    """Which file of a pair is the better: of copies the one that holds more at full size, of a crop or an
    edited picture the one that was not altered."""

    EITHER = 0
    """Both hold the same, or the question does not arise: of other kinds and what is unknown."""
    FIRST = 1
    SECOND = 2
    UNTOLD = 3
    """Both were looked at, and it cannot be told."""
    UNSEEN = 4
    """The two were not looked at at full size."""

    def of(self, first: bool) -> bool:
        """Return which of the two files is the better one, or that both are as good."""
        return self in (Better.EITHER, Better.FIRST if first else Better.SECOND)


@dataclass(frozen=True, slots=True)
class Pair:
    """A verified pair of image files, ``a < b`` by id.

    ``reason`` is what speaks against the poorer one, a word of ``pair_columns.PAIR_REASONS``, ``amount`` its
    number.
    """

    a: int
    b: int
    kind: Kind
    similarity: float
    differs: bytes = b""
    better: Better = Better.EITHER
    reason: str = ""
    amount: float = 0.0

    def spares(self, file: int) -> bool:
        """Return whether one of its two files may go: the other one holds as much of the picture."""
        return self.better.of(file == self.b)


@dataclass(frozen=True, slots=True)
class Group:
    """Files that show one picture; ``members`` starts with the keeper.

    ``weakest`` is the lowest similarity between the keeper and a member.
    """

    id: str
    keeper: int
    members: tuple[int, ...]
    weakest: float
    reclaimable_bytes: int


PairIndex = Mapping[tuple[int, int], Pair]


def pair_key(a: int, b: int) -> tuple[int, int]:
    """Return the key of a pair in a ``PairIndex``, whatever the order of the two ids."""
    return (a, b) if a < b else (b, a)
