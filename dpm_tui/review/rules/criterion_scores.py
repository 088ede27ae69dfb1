"""Criterion scores: what a criterion measures of all files at once; the larger value is better."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.formats import NAMES_BY_WORD
from dpm_tui.catalog.image_file import MAX_COLOURS
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.library_columns import LibraryColumns
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.keeper_ranking import NEAR_TIE, RANKS
from dpm_tui.review.rules.keeper_ranking_columns import (
    depths,
    holding_counts,
    lossless_rows,
    named_like_copies,
    rank_rows,
)

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sieve = tuple[Values, float]
"""What is measured of each file, not a number where it is unknown, and how near a value is as good."""

BYTES_NEAR = math.log(1.05)
PIXELS_NEAR = math.log(NEAR_TIE)
QUALITY_NEAR = 2.0
DATE_NEAR = 2.0
"""Seconds: the step of the clock of FAT."""


def sieves_of(columns: LibraryColumns, word: Word) -> list[Sieve]:
    """Return the sieves of a criterion; the fixed rules have several, in which nothing is nearly equal."""
    if word.name in RANKS:
        return [(-rank.astype(np.float64), 0.0) for rank in rank_rows(columns.files, word.name)]
    match word.name:
        case "folder":
            found: list[Sieve] = [(columns.within(FolderSet((word.value,))).astype(np.float64), 0.0)]
        case "format":
            found = [(_of_formats(columns, NAMES_BY_WORD[word.value]).astype(np.float64), 0.0)]
        case "encoding":
            found = _encoding(columns)
        case name:
            measure, near = _MEASURES[name]
            found = [(measure(columns), near)]
    return [(-values, near) for values, near in found] if word.reverse else found


def count_files(library: Library, folders: Iterable[str]) -> int:
    """Return how many files of the groups lie in some folders or below."""
    return int(library.columns.within(FolderSet(folders)).sum()) if library.groups else 0


def narrow(columns: LibraryColumns, alive: Flags, sieve: Sieve) -> Flags:
    """Return which of the files that are ``alive`` stay: in each group the best and all that come near it."""
    values, near = sieve
    unknown = np.isnan(values)
    starts = columns.groups.starts
    best = np.maximum.reduceat(np.where(alive & ~unknown, values, -np.inf), starts[:-1])
    edge = np.repeat(best - near, columns.groups.counts)
    stays: Flags = alive & (unknown | (values >= edge))
    return stays


def _number(field: str) -> Callable[[LibraryColumns], Values]:
    return lambda columns: columns.files.field(field).astype(np.float64)


def _known(values: Values) -> Values:
    return np.where(values > 0, values, np.nan)


def _pixels(columns: LibraryColumns) -> Values:
    return columns.files.pixel_counts().astype(np.float64)


def _log(measure: Callable[[LibraryColumns], Values]) -> Callable[[LibraryColumns], Values]:
    return lambda columns: np.log(_known(measure(columns)))


def _of_formats(columns: LibraryColumns, names: Sequence[str]) -> Flags:
    numbers, words = columns.files.words("format")
    found: Flags = np.array([*(word.decode("ascii", "replace") in names for word in words), False])[numbers]
    return found


def _lossless(columns: LibraryColumns) -> Values:
    return lossless_rows(columns.files).astype(np.float64)


def _intact(columns: LibraryColumns) -> Values:
    return (~columns.files.field("damaged")).astype(np.float64)


def _holds(columns: LibraryColumns) -> Values:
    return holding_counts(columns.files).astype(np.float64)


def _colours(columns: LibraryColumns) -> Values:
    """Return the colours of each file; those with too many to count are equal."""
    counts = columns.files.field("colours").astype(np.float64)
    return np.where(counts > 0, counts, MAX_COLOURS + 1)


def _depth(columns: LibraryColumns) -> Values:
    return depths(columns.files).astype(np.float64)


def _detail(columns: LibraryColumns) -> Values:
    """Return the result of the inspections: files that no other one is better than come first."""
    return columns.standing.astype(np.float64)


def _quality(columns: LibraryColumns) -> Values:
    return _known(_number("quality")(columns))


def _name(columns: LibraryColumns) -> Values:
    return (~named_like_copies(columns.files)).astype(np.float64)


def _encoding(columns: LibraryColumns) -> list[Sieve]:
    """Return two sieves: fewer bytes among lossless files, more among lossy ones."""
    size, lossless = _log(_number("size"))(columns), _lossless(columns) > 0
    return [(np.where(lossless, -size, np.nan), BYTES_NEAR), (np.where(lossless, np.nan, size), BYTES_NEAR)]


def _date(columns: LibraryColumns) -> Values:
    """Return the age: larger for the older file, by the EXIF date, else by the time of modification."""
    taken, places = np.unique(columns.files.field("taken"), return_inverse=True)
    seconds = np.array([_seconds(text.decode("ascii", "replace")) for text in taken.tolist()], np.float64)
    known = seconds[places] if len(taken) else np.zeros(0)
    return -np.where(known == 0, columns.files.field("mtime_ns") / 1e9, known)


def _seconds(taken: str) -> float:
    """Return an EXIF date, which tells the time of the place, as the seconds of the zone here; 0 for none."""
    try:
        return datetime.fromisoformat(taken).timestamp() if taken else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0


_MEASURES: dict[str, tuple[Callable[[LibraryColumns], Values], float]] = {
    "pixels": (_log(_pixels), PIXELS_NEAR),
    "intact": (_intact, 0.0),
    "holds": (_holds, 0.0),
    "detail": (_detail, 0.0),
    "alpha": (_number("alpha"), 0.0),
    "colours": (_colours, 0.0),
    "depth": (_depth, 0.0),
    "lossless": (_lossless, 0.0),
    "quality": (_quality, QUALITY_NEAR),
    "exif": (_number("has_exif"), 0.0),
    "name": (_name, 0.0),
    "bytes": (_log(_number("size")), BYTES_NEAR),
    "date": (_date, DATE_NEAR),
}
