"""Reclaimable parts: what lies beside the keepers, by the kind of its pair and by folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

_FOLDERS = 40
"""No list of folders is longer."""


@dataclass(frozen=True, slots=True)
class ReclaimablePart:
    """The files beside keepers that are of one ``kind``, or lie below one ``folder``, and are not protected.

    A folder may be ``protected``: nothing of it can go.
    """

    kind: Kind | None
    folder: bytes
    files: int
    bytes: int
    protected: bool = False


def find_parts(library: Library, protected: FolderSet) -> tuple[ReclaimablePart, ...]:
    """Return the kinds that a library has, the strictest first, then the folders, the heaviest first."""
    if not library.groups:
        return ()
    return (*_by_kind(library, protected), *_by_folder(library, protected))


def _by_kind(library: Library, protected: FolderSet) -> Iterator[ReclaimablePart]:
    from dpm_tui.catalog.pair_columns import KINDS

    columns = library.columns
    beside = ~columns.keepers & ~columns.within(protected)
    for code, kind in enumerate(KINDS):
        chosen = beside & (columns.kinds == code)
        if chosen.any():
            yield ReclaimablePart(kind, b"", *_count(library, chosen))


def _by_folder(library: Library, protected: FolderSet) -> list[ReclaimablePart]:
    """Return the folders that files lie in; what lies in folders below one counts for it, too."""
    import numpy as np

    columns = library.columns
    numbers, names = columns.files.words("folder")
    sizes = np.bincount(numbers, np.where(columns.keepers, 0, columns.files.sizes()), len(names))
    held = np.bincount(numbers[~columns.keepers], minlength=len(names))
    heaviest = [number for number in np.argsort(-sizes, kind="stable").tolist() if held[number]]
    parts = []
    for number in heaviest[:_FOLDERS]:
        folder = names[number]
        below = np.array([name == folder or name.startswith(folder + b"/") for name in names], np.bool_)
        chosen = (below | (not folder))[numbers] & ~columns.keepers
        counts = _count(library, chosen)
        parts.append(ReclaimablePart(None, folder, *counts, protected=protected.holds(folder)))
    return sorted(parts, key=lambda part: (-part.bytes, part.folder))


def _count(library: Library, chosen: Flags) -> tuple[int, int]:
    """Return how many files are chosen, and their bytes."""
    return int(chosen.sum()), int(library.columns.files.sizes()[chosen].sum())
