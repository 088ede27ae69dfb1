"""Kind steps: the groups that are shown by the loosest kind in each, the safest step first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library

_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class KindStep:
    """How many groups have this as their loosest kind, and the bytes of the files that may go there.

    Those are all but the keepers and the protected ones.
    """

    kind: Kind
    groups: int
    bytes: int


def kind_steps(library: Library, numbers: Sequence[int], protected: FolderSet) -> list[KindStep]:
    """Return the steps that some groups fall into, the strictest kind first; empty ones are left out."""
    if not numbers:
        return []
    import numpy as np

    columns = library.columns
    chosen = np.asarray(numbers, np.int64)
    kept = columns.keepers | columns.within(protected)
    sizes = np.where(kept, 0, columns.files.rows["size"].astype(np.int64))
    freed = np.add.reduceat(sizes, columns.groups.starts[:-1])[chosen]
    codes = columns.loosest[chosen]
    groups = np.bincount(codes, minlength=len(_KINDS)).tolist()
    # Weights of bincount are floating-point, and exact up to some petabytes.
    amounts = np.bincount(codes, freed, len(_KINDS)).tolist()
    return [
        KindStep(kind, groups[code], int(amounts[code])) for code, kind in enumerate(_KINDS) if groups[code]
    ]


def step_of(library: Library, number: int) -> Kind:
    """Return the step that a group belongs to."""
    return _KINDS[int(library.columns.loosest[number])]
