"""Doubts: the copies that a rule leaves alone, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import Rule, weigh_group
from dpm_tui.review.rules.spared_copies import Spared


@dataclass(frozen=True, slots=True)
class Doubt:
    """A copy that stays, the file that it is a copy of, and why."""

    path: bytes
    keeper: bytes
    reason: Spared


def find_doubts(
    library: Library, rule: Rule, kinds: Collection[Kind], protected: Callable[[ImageFile], bool]
) -> list[Doubt]:
    """Return the copies of a kept file that a rule spares, in the order of the groups."""
    files = library.files
    return [
        Doubt(files[id_].path, files[kept].path, why)
        for group in library.groups
        for id_, kept, why in weigh_group(files, library.pairs, group, rule, kinds, protected)
        if why is not None
    ]
