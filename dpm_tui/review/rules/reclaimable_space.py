"""Reclaimable space: the bytes that a rule would free, and the bytes of all files but the keepers."""

from __future__ import annotations

from dataclasses import dataclass

from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import DEFAULT_KINDS, Rule


@dataclass(frozen=True, slots=True)
class ReclaimableSpace:
    """What accepting a rule in every group would mark, and the bytes of all files beside the kept ones.

    The latter hold variants, crops and what is left to a person, too.
    """

    files: int = 0
    bytes: int = 0
    beside: int = 0


def find_reclaimable(library: Library, rule: Rule, protected: FolderSet) -> ReclaimableSpace:
    """Return what ``rule`` would free in a library whose keepers follow it."""
    from dpm_tui.review.rules.weighing import weigh

    if not library.groups:
        return ReclaimableSpace()
    columns = library.columns
    marked = weigh(library, range(len(library.groups)), rule, DEFAULT_KINDS, protected).marked
    size = columns.files.size_of(columns.files.rows_among(marked))
    return ReclaimableSpace(len(marked), size, int(columns.groups.reclaimable.sum()))
