"""Group stage: verified pairs become groups around a keeper, without chains."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dpm_tui.pipeline.image_file import ImageFile
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


def group_pairs(
    files: Mapping[int, ImageFile],
    pairs: Iterable[Pair],
    threshold: float,
    rank: Callable[[ImageFile], object],
) -> list[Group]:
    """Group the pairs at or above ``threshold``; every member has its own pair with the keeper.

    ``rank`` orders files, the best keeper first; ties are broken by path, so that the result
    depends on neither the order of the files nor of the pairs. Groups come sorted by their
    keeper's path.
    """
    neighbours: list[dict[int, list[Pair]]] = [defaultdict(list) for _ in TIERS]
    for pair in pairs:
        if pair.similarity < threshold or pair.a not in files or pair.b not in files:
            continue
        own = neighbours[TIER_OF[pair.kind]]
        own[pair.a].append(pair)
        own[pair.b].append(pair)
    touched = {id_ for tier in neighbours for id_ in tier}
    order = sorted(touched, key=lambda id_: (rank(files[id_]), files[id_].path))
    joined: dict[int, list[Pair]] = {}
    taken: set[int] = set()
    for tier in neighbours:
        for id_ in order:
            if id_ in taken and id_ not in joined:
                continue
            for pair in tier.get(id_, ()):
                other = pair.b if pair.a == id_ else pair.a
                if other not in taken and other != id_:
                    joined.setdefault(id_, []).append(pair)
                    taken.update((id_, other))
    groups = [_build_group(files, keeper, links) for keeper, links in joined.items()]
    return sorted(groups, key=lambda group: files[group.keeper].path)


def _build_group(files: Mapping[int, ImageFile], keeper: int, links: list[Pair]) -> Group:
    others = sorted(
        (pair.b if pair.a == keeper else pair.a for pair in links), key=lambda id_: files[id_].path
    )
    members = (keeper, *others)
    seal = hashlib.sha256(b"\0".join(sorted(files[id_].path for id_ in members)))
    return Group(
        id=seal.hexdigest()[:12],
        keeper=keeper,
        members=members,
        weakest=min(pair.similarity for pair in links),
        reclaimable_bytes=sum(files[id_].stamp.size for id_ in others),
    )
