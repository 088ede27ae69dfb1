"""News: the pictures that came since a moment, and the groups that have some of them.

A picture came when its inode changed last: that is when it was copied, moved or written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.pair_columns import KINDS
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library


@dataclass(frozen=True, slots=True)
class News:
    """How many pictures came, the numbers of the groups with some of them, and which those are.

    ``kinds`` counts the files beside keepers that came, or whose keeper did.
    """

    pictures: int
    groups: tuple[int, ...]
    members: frozenset[int]
    kinds: Mapping[Kind, int]


def find_news(library: Library, files: Mapping[int, ImageFile], since_ns: int) -> News:
    """Return what came among all ``files``, from a time of the file system on, and where it is in groups."""
    came, status = FileColumns.of(files).gather("ctime_ns", "status")
    readable = status == STATUSES.index(Status.OK)
    pictures = int((readable & (came.astype(np.int64) >= since_ns)).sum())
    if not library.groups:
        return News(pictures, (), frozenset(), {})
    columns = library.columns
    counts = columns.groups.counts
    fresh = columns.files.field("ctime_ns") >= since_ns
    starts = columns.groups.starts[:-1]
    touched = np.logical_or.reduceat(fresh, starts)
    told = ~columns.keepers & (fresh | np.repeat(fresh[starts], counts))
    kinds = np.bincount(columns.kinds[told], minlength=len(KINDS))
    return News(
        pictures,
        tuple(np.flatnonzero(touched).tolist()),
        frozenset(columns.groups.ids[fresh].tolist()),
        {kind: int(count) for kind, count in zip(KINDS, kinds, strict=False) if count},
    )
