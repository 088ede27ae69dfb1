"""No suggestion: why a rule would mark nothing in a group, as a sentence with its values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import Rule, weigh_group
from dpm_tui.review.rules.spared_copies import Spared

Weighed = Iterable[tuple[int, int, Spared | None]]


@dataclass(frozen=True, slots=True)
class NoSuggestion:
    """A sentence ``rules.nothing_<key>``; with ``spared`` it is about that ``file``."""

    key: str
    file: int = 0
    spared: Spared | None = None


def why_nothing(
    library: Library,
    group: Group,
    rule: Rule,
    kinds: Collection[Kind],
    protected: Callable[[ImageFile], bool],
    removed: Collection[int],
) -> NoSuggestion:
    """Return why ``rule`` suggests nothing in a group, beside the marks for removal that there are."""
    files, pairs = library.files, library.pairs
    weighed = list(weigh_group(files, pairs, group, rule, kinds, protected))
    marked = any(id_ in removed for id_ in group.members)
    if (spared := _spared(weighed, removed)) is not None:
        return spared
    if any(why is None for _, _, why in weighed) and not marked:
        # Only marks by hand keep what the rule would mark from being suggested.
        return NoSuggestion("kept")
    if weighed:
        return NoSuggestion("marked")
    if rule.limits and any(weigh_group(files, pairs, group, rule.unlimited, kinds, protected)):
        return NoSuggestion("limited")
    if marked:
        return NoSuggestion("marked")
    alike = any(
        (pair := library.pair(id_, group.keeper)) is not None and pair.kind in kinds
        for id_ in group.members[1:]
    )
    return NoSuggestion("protected" if alike else "unlike")


def _spared(weighed: Weighed, removed: Collection[int]) -> NoSuggestion | None:
    """Return the first file that the rule spares and nobody marked."""
    found = ((id_, why) for id_, _, why in weighed if why is not None and id_ not in removed)
    return next((NoSuggestion("spared", id_, why) for id_, why in found), None)
