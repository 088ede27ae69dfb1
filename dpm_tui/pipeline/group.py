"""What the group stage is about: verified pairs and the groups that they make (see ``pipeline.grouping``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dpm_tui.pipeline.verify import Kind

TIERS: tuple[frozenset[Kind], ...] = (
    frozenset({Kind.IDENTICAL, Kind.PIXELS, Kind.COPY}),
    frozenset({Kind.CROP, Kind.TURNED, Kind.EDITED}),
    frozenset({Kind.VARIANT}),
)
"""Kinds in the order in which they may pull files together: a file joins its true copies before
it joins a crop, and a crop before a variant, so that a variant never hides a copy."""
TIER_OF = {kind: tier for tier, kinds in enumerate(TIERS) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Pair:
    """A verified pair of image files, ``a < b`` by id."""

    a: int
    b: int
    kind: Kind
    similarity: float
    differs: bytes = b""


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
