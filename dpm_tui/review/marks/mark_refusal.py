"""Refusals: why a file cannot be marked for removal; where many are to be marked, who may and who stays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Set as AbstractSet
from enum import StrEnum

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library

_ANY_KIND = frozenset(Kind)
_NO_VARIANT = _ANY_KIND - {Kind.VARIANT}


class Refusal(StrEnum):
    """Why a file cannot be marked for removal."""

    PROTECTED = "protected"
    LAST = "last"
    NO_PAIR = "no_pair"
    RELIED_ON = "relied_on"
    VARIANT = "variant"


def has_witness(
    library: Library, file: int, staying: Iterable[int], kinds: Collection[Kind] = _ANY_KIND
) -> bool:
    """Return whether a file has a verified pair, of one of ``kinds``, with one of those that stay."""
    pairs = (library.pair(file, id_) for id_ in staying)
    return any(pair is not None and pair.kind in kinds for pair in pairs)


def refusal_of(
    library: Library,
    file: int,
    group: Group,
    going: AbstractSet[int],
    protected: FolderSet,
) -> Refusal | None:
    """Say why a file cannot go from its group beside those that go, or None if it can."""
    if protected(library.files[file]):
        return Refusal.PROTECTED
    staying = [id_ for id_ in group.members if id_ != file and id_ not in going]
    if not staying:
        return Refusal.LAST
    if not has_witness(library, file, staying):
        return Refusal.NO_PAIR
    others = (id_ for id_ in group.members if id_ in going)
    return None if all(has_witness(library, id_, staying) for id_ in others) else Refusal.RELIED_ON


def choose_removable(
    library: Library,
    files: Iterable[int],
    removed: AbstractSet[int],
    protected: FolderSet,
) -> tuple[list[int], Counter[Refusal]]:
    """Return which of many files can go together beside those that go already, and why the rest stays.

    Of each group the best stays as long as it can: its keeper is asked last. Nobody looked at each of
    them, so none goes for a mere variant of it.
    """
    wanted: dict[str, list[int]] = defaultdict(list)
    groups: dict[str, Group] = {}
    for file in files:
        if file not in removed:
            group = library.group_of(file)
            groups[group.id] = group
            wanted[group.id].append(file)
    chosen: list[int] = []
    refused: Counter[Refusal] = Counter()
    for name, own in wanted.items():
        group = groups[name]
        going = {id_ for id_ in group.members if id_ in removed}
        for file in sorted(own, key=group.members.index, reverse=True):
            refusal = refusal_of(library, file, group, going, protected)
            if refusal is None and not _goes_for_a_copy(library, {file, *going}, group):
                refusal = Refusal.VARIANT
            if refusal is None:
                going.add(file)
                chosen.append(file)
            else:
                refused[refusal] += 1
    return chosen, refused


def _goes_for_a_copy(library: Library, going: AbstractSet[int], group: Group) -> bool:
    staying = [id_ for id_ in group.members if id_ not in going]
    return all(has_witness(library, id_, staying, _NO_VARIANT) for id_ in going)
