"""No suggestion: why a rule would mark nothing in a group, as a sentence with its values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import Rule, Spared


@dataclass(frozen=True, slots=True)
class NoSuggestion:
    """A sentence ``rules.nothing_<key>``; with ``spared`` it is about that ``file``."""

    key: str
    file: int = 0
    spared: Spared | None = None


def why_nothing(
    library: Library,
    number: int,
    rule: Rule,
    kinds: Collection[Kind],
    protected: FolderSet,
    removed: Collection[int],
) -> NoSuggestion:
    """Return why ``rule`` suggests nothing in a group, beside the marks for removal that there are."""
    from dpm_tui.review.rules.weighing import weigh

    group = library.groups[number]
    weighed = weigh(library, [number], rule, kinds, protected)
    marked = any(id_ in removed for id_ in group.members)
    spared = (NoSuggestion("spared", id_, why) for id_, _, why in weighed.spared if id_ not in removed)
    if (first := next(spared, None)) is not None:
        return first
    if weighed.marked and not marked:
        # Only marks by hand keep what the rule would mark from being suggested.
        return NoSuggestion("kept")
    if len(weighed):
        return NoSuggestion("marked")
    if rule.limits and len(weigh(library, [number], rule.unlimited, kinds, protected)):
        return NoSuggestion("limited")
    if marked:
        return NoSuggestion("marked")
    alike = any(
        (pair := library.pair(id_, group.keeper)) is not None and pair.kind in kinds
        for id_ in group.members[1:]
    )
    return NoSuggestion("protected" if alike else "unlike")
