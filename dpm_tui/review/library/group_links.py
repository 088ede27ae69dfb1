"""Links: the pairs inside a group, the weakest of them, and the cut that falls apart first."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.decisions.decision import Decision, set_apart
from dpm_tui.review.library.library import Library

_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class GroupSplit:
    """A group in two parts: ``stays`` has the keeper; ``across`` is the strongest pair that is cut."""

    stays: tuple[int, ...]
    goes: tuple[int, ...]
    across: Pair

    @property
    def pairs(self) -> int:
        """How many pairs of files lie across the cut."""
        return len(self.stays) * len(self.goes)


def partners(library: Library, group: Group, file: int) -> list[int]:
    """Return the other members in the order in which a file is held against them.

    Those that it was compared with come first, the keeper at their head.
    """
    others = [id_ for id_ in group.members if id_ != file]
    return sorted(others, key=lambda id_: library.pair(file, id_) is None)


def holding_pair(library: Library, group: Group, file: int) -> Pair | None:
    """Return the pair that holds a member in its group: that with the keeper, or else its strongest one."""
    pair = library.pair(file, group.keeper)
    if pair is not None:
        return pair
    links = (library.pair(file, id_) for id_ in group.members if id_ != file)
    return max((pair for pair in links if pair is not None), key=_strength, default=None)


def counterpart(library: Library, group: Group, file: int, going: AbstractSet[int]) -> int:
    """Return the member that a file is held against: one that stays and was compared with it, if any does."""
    others = [id_ for id_ in group.members if id_ != file]
    if file == group.keeper:
        return others[0]
    staying = [id_ for id_ in others if id_ not in going]
    compared = (id_ for id_ in staying if library.pair(file, id_) is not None)
    return next(compared, (staying or others)[0])


def weakest_link(library: Library, group: Group) -> Pair | None:
    """Return the pair that holds a member least, or None where no pair is known."""
    links = [holding_pair(library, group, id_) for id_ in group.members[1:]]
    return min((pair for pair in links if pair is not None), key=_strength, default=None)


def split_group(library: Library, group: Group) -> GroupSplit | None:
    """Part a group where it holds least, or return None where only the same bytes hold it together.

    All pairs inside count, not only those with the keeper: two variants that are copies of each other
    stay together. No pair across the cut is stronger than any that keeps one part together.
    """
    inside = (library.pair(a, b) for a, b in combinations(group.members, 2))
    links = sorted((pair for pair in inside if pair is not None), key=_strength, reverse=True)
    part = {id_: frozenset({id_}) for id_ in group.members}
    count = len(group.members)
    for pair in links:
        one, other = part[pair.a], part[pair.b]
        if one is other:
            continue
        if count == 2:
            return None if pair.kind is Kind.IDENTICAL else _cut(group, part[group.keeper], pair)
        part.update(dict.fromkeys(one | other, one | other))
        count -= 1
    return None


def decide_cut(library: Library, cut: GroupSplit, verdict: str) -> list[Decision]:
    """Return the decisions on each pair of contents across a cut; nothing is said of those within a part."""
    stays = [library.files[id_] for id_ in cut.stays]
    goes = {library.files[id_].facts.digest: library.files[id_] for id_ in cut.goes}
    return [decision for file in goes.values() for decision in set_apart(file, stays, verdict)]


def _cut(group: Group, stays: frozenset[int], across: Pair) -> GroupSplit:
    return GroupSplit(
        tuple(id_ for id_ in group.members if id_ in stays),
        tuple(id_ for id_ in group.members if id_ not in stays),
        across,
    )


def _strength(pair: Pair) -> tuple[float, int, int, int]:
    """Order pairs: by similarity, those of one similarity by kind, and then by file."""
    return pair.similarity, -_KINDS.index(pair.kind), -pair.b, -pair.a
