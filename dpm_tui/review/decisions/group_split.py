"""Group split: cuts a group in two at its weakest pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.decisions.decision import Decision, set_apart
from dpm_tui.review.library.group_links import strength
from dpm_tui.review.library.library import Library

_SURE = 0.99
"""The similarity from which on a copy leaves no doubt."""


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

    @property
    def is_strong(self) -> bool:
        """Whether even the pairs at the cut are as good as sure: there is no weak place to split at."""
        return self.across.kind in (Kind.PIXELS, Kind.COPY) and self.across.similarity >= _SURE


def split_group(library: Library, group: Group) -> GroupSplit | None:
    """Return a group cut at its weakest pairs, None where only equal bytes hold it together.

    All pairs inside count, not only those with the keeper: two variants that are copies of each other
    stay together. No pair across the cut is stronger than any that keeps one part together.
    """
    inside = (library.pair(a, b) for a, b in combinations(group.members, 2))
    links = sorted((pair for pair in inside if pair is not None), key=strength, reverse=True)
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
