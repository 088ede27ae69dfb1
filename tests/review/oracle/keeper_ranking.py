"""The fixed orders of keepers in the simple way, a file at a time: what the columns have to come to."""

from __future__ import annotations

from collections.abc import Callable

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.review.rules.keeper_ranking import is_lossless, looks_like_a_copy, pixel_step


def rank_best(file: ImageFile) -> tuple[int, ...]:
    """Order files by the default criteria, best first, as far as their facts tell.

    Whole, holding most besides the picture, more pixels (in steps of two per cent), transparent in parts,
    more than 256 colours, more bits a sample, lossless, higher JPEG quality, EXIF present, a name without
    traces of copying, more bytes of a lossy file or fewer of a lossless one, older.
    """
    facts = file.facts
    lossless = is_lossless(file)
    return (
        facts.damaged,
        -len(facts.holds),
        -pixel_step(file.pixel_count),
        not facts.alpha,
        facts.colours > 0,
        -(facts.depth or 8),
        not lossless,
        -file.facts.quality,
        not file.facts.has_exif,
        looks_like_a_copy(file.name),
        file.stamp.size if lossless else -file.stamp.size,
        file.stamp.mtime_ns,
    )


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
