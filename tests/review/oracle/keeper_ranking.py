"""The fixed orders of keepers in the simple way, a file at a time: what the columns have to come to."""

from __future__ import annotations

from collections.abc import Callable

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.review.rules.keeper_ranking import rank_best


def rank_largest(file: ImageFile) -> tuple[object, ...]:
    """Most pixels first, then most bytes."""
    return (-file.pixel_count, -file.stamp.size)


def rank_smallest(file: ImageFile) -> tuple[object, ...]:
    """Fewest bytes first, then fewest pixels."""
    return (file.stamp.size, file.pixel_count)


def rank_newest(file: ImageFile) -> tuple[object, ...]:
    """Latest modification first."""
    return (-file.stamp.mtime_ns,)


def rank_oldest(file: ImageFile) -> tuple[object, ...]:
    """Earliest modification first."""
    return (file.stamp.mtime_ns,)


RANKS: dict[str, Callable[[ImageFile], tuple[object, ...]]] = {
    "best": rank_best,
    "largest": rank_largest,
    "smallest": rank_smallest,
    "newest": rank_newest,
    "oldest": rank_oldest,
}
