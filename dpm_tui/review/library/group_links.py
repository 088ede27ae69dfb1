"""Links: the pairs inside a group, and the weakest of them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library

_KINDS = tuple(Kind)


def partners(library: Library, group: Group, file: int) -> list[int]:
    """Return the other members in the order in which a file is compared with them.

    Those that it was compared with come first, the keeper at their head.
    """
    others = [id_ for id_ in group.members if id_ != file]
    return sorted(others, key=lambda id_: library.pair(file, id_) is None)


def holding_pair(library: Library, group: Group, file: int) -> Pair | None:
    """Return the pair that ties a member to its group: that with the keeper, or else its strongest one."""
    pair = library.pair(file, group.keeper)
    if pair is not None:
        return pair
    links = (library.pair(file, id_) for id_ in group.members if id_ != file)
    return max((pair for pair in links if pair is not None), key=strength, default=None)


def counterpart(library: Library, group: Group, file: int, removed: AbstractSet[int]) -> int:
    """Return the member that a file is shown beside: one that stays and was compared with it, if any."""
    others = [id_ for id_ in group.members if id_ != file]
    if file == group.keeper:
        return others[0]
    staying = [id_ for id_ in others if id_ not in removed]
    compared = (id_ for id_ in staying if library.pair(file, id_) is not None)
    return next(compared, (staying or others)[0])


def weakest_link(library: Library, group: Group) -> Pair | None:
    """Return the pair that ties a member most weakly, or None where no pair is known."""
    links = [holding_pair(library, group, id_) for id_ in group.members[1:]]
    return min((pair for pair in links if pair is not None), key=strength, default=None)


def strength(pair: Pair) -> tuple[float, int, int, int]:
    """Return a sort key of a pair: its similarity, then its kind, then its files."""
    return pair.similarity, -_KINDS.index(pair.kind), -pair.b, -pair.a
