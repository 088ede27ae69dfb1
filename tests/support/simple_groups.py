"""Pairing and grouping in the simple way, an object a pair: what the columns of both have to come to."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import TIER_OF, TIERS, Group, Pair, pair_key
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.keeper_order import Ranking

Rank = Callable[[ImageFile], object]


def by(rank: Rank) -> Ranking:
    """Return the ranking of columns that follows from a rank of single files."""

    def order(files: FileSelection) -> list[NDArray[np.int64]]:
        ranks = [rank(files.at(row)) for row in range(len(files))]
        places = {value: place for place, value in enumerate(sorted(set(ranks)))}  # type: ignore[type-var]
        return [np.array([places[value] for value in ranks], np.int64)]

    return order


def pair_simply(
    files: Mapping[int, ImageFile],
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    decided: Callable[[str, str], str],
) -> list[Pair]:
    """Return every verified pair of readable files, sorted by ids."""
    pairs: dict[tuple[int, int], Pair] = {}
    unlike: dict[tuple[int, int], Pair] = {}
    readable = [file for file in files.values() if file.status is Status.OK and file.facts.digest]
    by_digest: dict[str, list[int]] = defaultdict(list)
    for file in readable:
        by_digest[file.facts.digest].append(file.id)
    for one, other in combinations(sorted(readable, key=lambda file: file.id), 2):
        if one.facts.digest == other.facts.digest:
            pairs[one.id, other.id] = Pair(one.id, other.id, Kind.IDENTICAL, 1.0)
        elif (
            one.facts.pixels == other.facts.pixels != ""
            and one.facts.frames == other.facts.frames == 1
            and not decided(one.facts.digest, other.facts.digest)
        ):
            if one.facts.holds == other.facts.holds:
                pairs[one.id, other.id] = Pair(one.id, other.id, Kind.PIXELS, 1.0)
            else:
                unlike[one.id, other.id] = Pair(one.id, other.id, Kind.COPY, 0.99)
    for (first, second), verdict in verdicts:
        if not decided(first, second):
            for ends in product(by_digest.get(first, ()), by_digest.get(second, ())):
                key = pair_key(*ends)
                kind, similarity = verdict.kind, verdict.similarity
                if files[key[0]].facts.holds != files[key[1]].facts.holds:
                    kind = Kind.COPY if kind is Kind.PIXELS else kind
                    similarity = min(similarity, 0.99)
                pairs.setdefault(key, Pair(*key, kind, similarity, verdict.differs))
    pairs = unlike | pairs
    return [pairs[key] for key in sorted(pairs)]


def group_simply(
    files: Mapping[int, ImageFile],
    pairs: Iterable[Pair],
    threshold: float,
    rank: Rank,
) -> list[Group]:
    """Group the pairs at or above ``threshold``; every member has its own pair with the keeper.

    A group of copies goes as a whole to a better file that all of them are crops or edits of.
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
    close = {
        pair_key(pair.a, pair.b): pair for tier in neighbours[:2] for links in tier.values() for pair in links
    }
    for number, tier in enumerate(neighbours):
        for id_ in order:
            if id_ in taken and id_ not in joined:
                continue
            for pair in tier.get(id_, ()):
                other = pair.b if pair.a == id_ else pair.a
                if other not in taken and other != id_:
                    joined.setdefault(id_, []).append(pair)
                    taken.update((id_, other))
                elif number == 1 and order.index(id_) < order.index(other) and other in joined:
                    links = [close.get(pair_key(id_, member)) for member in _members(other, joined[other])]
                    if all(links):
                        joined.setdefault(id_, []).extend(link for link in links if link)
                        del joined[other]
                        taken.add(id_)
    groups = [_build_group(files, keeper, links) for keeper, links in joined.items()]
    return sorted(groups, key=lambda group: files[group.keeper].path)


def _members(keeper: int, links: list[Pair]) -> list[int]:
    return [keeper, *(pair.b if pair.a == keeper else pair.a for pair in links)]


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
