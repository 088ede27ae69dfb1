"""Clustering: verified pairs become groups around a keeper, without chains.

A quarter of a million files are a matter of arrays and of one loop over the pairs: no object is made of
a file, a pair or a group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import TIER_OF, TIERS, Better, Pair
from dpm_tui.catalog.group_columns import GroupColumns
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.pair_columns import KINDS, PairColumns
from dpm_tui.pipeline.decided_apart import NOTHING_DECIDED, Decided, DecidedApart
from dpm_tui.pipeline.keeper_order import Ranking

_TIER_OF_CODE = np.array([TIER_OF[kind] for kind in KINDS])
_NOBODY = -1
_WHOLE = 1
"""The tier in which a file takes a whole family: crops and edits show the same picture, variants do not."""


def group_pairs(
    files: Mapping[int, ImageFile],
    pairs: Iterable[Pair],
    threshold: float,
    rank: Ranking,
    decided: Decided = NOTHING_DECIDED,
) -> GroupColumns:
    """Group the pairs at or above ``threshold``; every member has its own pair with the keeper.

    Of copies that were looked at at full size the one leads that no other is better than. Else ``rank``
    orders files, the best keeper first; ties are broken by path, so that the result depends on neither the
    order of the files nor of the pairs. Groups come sorted by their
    keeper's path, the other members by theirs. No two of a group are ``decided``, not even where both
    have a pair with a third file.
    """
    columns = FileColumns.of(files)
    pairs = PairColumns.of(pairs).at_least(threshold)
    known = columns.gather("id")[0].astype(np.int64)
    ends = np.searchsorted(known, (pairs.firsts, pairs.seconds))
    sound = _sound(pairs, known, ends)
    pairs, ends = pairs.take(sound), ends[:, sound]
    touched = np.zeros(len(known), np.bool_)
    touched[ends] = True
    ids = known[touched]
    rows = FileSelection.of(columns, ids)
    paths = rows.paths()
    by_path = np.array(sorted(range(len(paths)), key=paths.__getitem__), np.int64)
    path_ranks = _ranks(by_path)
    ends = (np.cumsum(touched) - 1)[ends]
    keys = (*_standing(pairs, ends, len(ids)), *rank(rows))
    ranks = _ranks(np.lexsort((path_ranks, *reversed(keys))))
    keepers, similarities = _join(pairs, ends, ranks, DecidedApart(decided, rows))

    members = np.flatnonzero(keepers != _NOBODY)
    others = (members != keepers[members]) * (path_ranks[members] + 1)
    members = members[np.lexsort((others, path_ranks[keepers[members]]))]
    is_keeper = members == keepers[members]
    starts = np.append(np.flatnonzero(is_keeper), len(members))
    sizes = np.where(is_keeper, 0, rows.sizes()[members])
    if not len(members):
        return GroupColumns.of(())
    return GroupColumns(
        _seals([paths[member] for member in members.tolist()], starts.tolist()),
        starts,
        np.minimum.reduceat(similarities[members], starts[:-1]),
        np.add.reduceat(sizes, starts[:-1]),
        ids[members],
    )


def _sound(pairs: PairColumns, known: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the pairs of two files that there are and that are not one."""
    inside = ends.max(axis=0, initial=0) < len(known)
    numbers = np.flatnonzero(inside & (pairs.firsts != pairs.seconds))
    there = known[ends[:, numbers]] == (pairs.firsts[numbers], pairs.seconds[numbers])
    sound: NDArray[np.int64] = numbers[there.all(axis=0)]
    return sound


def _standing(
    pairs: PairColumns, ends: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return whether some other file is better than each, and by how many it is better than fewer."""
    better = [ends[side][pairs.better == code] for side, code in ((0, Better.FIRST), (1, Better.SECOND))]
    poorer = [ends[side][pairs.better == code] for side, code in ((1, Better.FIRST), (0, Better.SECOND))]
    wins, losses = (np.bincount(np.concatenate(files), minlength=count) for files in (better, poorer))
    return (losses > 0).astype(np.int64), (losses - wins).astype(np.int64)


def _ranks(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each item in an order."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _join(
    pairs: PairColumns, ends: NDArray[np.int64], ranks: NDArray[np.int64], apart: DecidedApart
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each file its keeper, itself if it is one, and its similarity with that, 1 if it is one.

    ``ends`` are the rows of the files of the pairs. The best file takes all that have a pair with it, then
    the best of those that are left, first by the pairs of the first tier. Copies that found each other stay
    together: in the second tier a better file takes all of them, if it has a pair with each, or none.
    """
    keepers = [_NOBODY] * len(ranks)
    links = [_NOBODY] * len(ranks)
    tiers = _TIER_OF_CODE[pairs.kinds]
    for tier in range(len(TIERS)):
        own = np.flatnonzero(tiers == tier)
        froms, tos = np.concatenate((ends[:, own], ends[::-1, own]), axis=1)
        numbers = np.concatenate((own, own))
        order = np.lexsort((numbers, ranks[froms]))
        ways = (side[order].tolist() for side in (froms, tos, numbers))
        families = _Families(keepers, ends, np.flatnonzero(tiers <= tier)) if tier == _WHOLE else None
        for one, other, number in zip(*ways, strict=True):
            if keepers[one] not in (_NOBODY, one):
                continue
            if keepers[other] == _NOBODY:
                if apart.bars(one, other):
                    continue
                apart.join(one, (other,) if keepers[one] == one else (one, other))
                keepers[one] = keepers[other] = one
                links[other] = number
            elif families and keepers[other] == other and ranks[one] < ranks[other]:
                family = families.links(other, one)
                if not family or any(apart.bars(one, member) for member, _ in family):
                    continue
                apart.join(one, [member for member, _ in family] + [one] * (keepers[one] != one))
                for member, link in family:
                    keepers[one] = keepers[member] = one
                    links[member] = link
    linked = np.array(links, np.int64)
    similarities = np.ones(len(linked))
    similarities[linked >= 0] = pairs.similarities[linked[linked >= 0]]
    return np.array(keepers, np.int64), similarities


class _Families:
    """The groups that copies made, and the pairs that another file has with all of one."""

    def __init__(self, keepers: list[int], ends: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        homes = np.array(keepers, np.int64)
        self._members = np.argsort(homes, kind="stable")
        self._homes = homes[self._members]
        keys = ends[:, numbers].min(axis=0) * len(homes) + ends[:, numbers].max(axis=0)
        order = np.argsort(keys, kind="stable")
        self._keys, self._numbers = keys[order], numbers[order]

    def links(self, keeper: int, file: int) -> list[tuple[int, int]]:
        """Return each member of a group with its pair with a file, nothing if one of them has none."""
        start, end = np.searchsorted(self._homes, (keeper, keeper + 1))
        members = self._members[start:end]
        wanted = np.minimum(members, file) * len(self._homes) + np.maximum(members, file)
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        if not (self._keys[places] == wanted).all():
            return []
        return list(zip(members.tolist(), self._numbers[places].tolist(), strict=True))


def _seals(paths: list[bytes], starts: list[int]) -> NDArray[np.bytes_]:
    """Return the id of each group: it stays the same as long as the group has the same files."""
    seals = (hashlib.sha256(b"\0".join(sorted(paths[start:end]))) for start, end in pairwise(starts))
    return np.array([seal.hexdigest()[:12].encode("ascii") for seal in seals], np.bytes_)
