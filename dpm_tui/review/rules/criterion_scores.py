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
from dpm_tui.review.rules.keeper_ranking import NEAR_TIE, is_lossless
from dpm_tui.review.rules.keeper_ranking_columns import (
    depths,
    holding_counts,
    lossless_rows,
    named_like_copies,
    pixel_steps,
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
    if word.name in _EXACT:
        return [(measure(columns), 0.0) for measure in _EXACT[word.name]]
    match word.name:
        case "folder":
            found: list[Sieve] = [(by_folder(columns, FolderSet((word.value,))).astype(np.float64), 0.0)]
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
    return int(by_folder(library.columns, FolderSet(folders)).sum()) if library.groups else 0


def by_folder(columns: LibraryColumns, folders: FolderSet) -> Flags:
    """Return for each file whether it lies in one of some folders or below."""
    files = columns.files
    flags = np.array([folders.holds(folder) for folder in files.folders] or [False], np.bool_)
    found: Flags = flags[files.rows["folder"]]
    for row, file in files.odd.items():
        found[row] = folders(file)
    return found


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
    return lambda columns: columns.files.rows[field].astype(np.float64)


def _known(values: Values) -> Values:
    return np.where(values > 0, values, np.nan)


def _pixels(columns: LibraryColumns) -> Values:
    return _number("width")(columns) * _number("height")(columns)


def _log(measure: Callable[[LibraryColumns], Values]) -> Callable[[LibraryColumns], Values]:
    return lambda columns: np.log(_known(measure(columns)))


def _of_formats(columns: LibraryColumns, names: Sequence[str] | frozenset[str]) -> Flags:
    wanted = [form.decode("ascii", "replace") in names for form in columns.files.formats]
    found: Flags = np.array(wanted or [False], np.bool_)[columns.files.rows["format"]]
    for row, file in columns.files.odd.items():
        found[row] = file.facts.format in names
    return found


def _lossless(columns: LibraryColumns) -> Values:
    flags = lossless_rows(columns.files)
    for row, file in columns.files.odd.items():
        flags[row] = is_lossless(file)
    found: Values = flags.astype(np.float64)
    return found


def _intact(columns: LibraryColumns) -> Values:
    flags = ~columns.files.rows["damaged"]
    for row, file in columns.files.odd.items():
        flags[row] = not file.facts.damaged
    return flags.astype(np.float64)


def _holds(columns: LibraryColumns) -> Values:
    counts = holding_counts(columns.files)
    for row, file in columns.files.odd.items():
        counts[row] = len(file.facts.holds)
    return counts.astype(np.float64)


def _colours(columns: LibraryColumns) -> Values:
    """More than can be counted are all the same."""
    counts = columns.files.rows["colours"].astype(np.float64)
    return np.where(counts > 0, counts, MAX_COLOURS + 1)


def _many_colours(columns: LibraryColumns) -> Values:
    many: Values = (columns.files.rows["colours"] == 0).astype(np.float64)
    return many


def _depth(columns: LibraryColumns) -> Values:
    return depths(columns.files).astype(np.float64)


def _detail(columns: LibraryColumns) -> Values:
    """What looking at pairs at full size tells: nothing is better than the files that stay."""
    return columns.standing.astype(np.float64)


def _quality(columns: LibraryColumns) -> Values:
    return _known(_number("quality")(columns))


def _name(columns: LibraryColumns) -> Values:
    return (~named_like_copies(columns.files)).astype(np.float64)


def _encoding(columns: LibraryColumns) -> list[Sieve]:
    """Fewer bytes among the lossless files, more among the lossy ones; nothing between the two."""
    size, lossless = _log(_number("size"))(columns), _lossless(columns) > 0
    return [(np.where(lossless, -size, np.nan), BYTES_NEAR), (np.where(lossless, np.nan, size), BYTES_NEAR)]


def _date(columns: LibraryColumns) -> Values:
    """Larger for the older file: seconds by the EXIF date, else of the modification."""
    rows = columns.files.rows
    taken, places = np.unique(rows["taken"], return_inverse=True)
    seconds = np.array([_seconds(text.decode("ascii", "replace")) for text in taken.tolist()], np.float64)
    known = seconds[places] if len(taken) else np.zeros(0)
    return -np.where(known == 0, rows["mtime_ns"] / 1e9, known)


def _seconds(taken: str) -> float:
    """Return an EXIF date, which tells the time of the place, as the seconds of the zone here; 0 for none."""
    try:
        return datetime.fromisoformat(taken).timestamp() if taken else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0


def _less(measure: Callable[[LibraryColumns], Values]) -> Callable[[LibraryColumns], Values]:
    return lambda columns: -measure(columns)


def _best_bytes(columns: LibraryColumns) -> Values:
    size = _number("size")(columns)
    return np.where(_lossless(columns) > 0, -size, size)


def _pixel_steps(columns: LibraryColumns) -> Values:
    return pixel_steps(columns.files).astype(np.float64)


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
_EXACT: dict[str, Sequence[Callable[[LibraryColumns], Values]]] = {
    "best": (
        _intact, _holds, _pixel_steps, _number("alpha"), _many_colours, _depth, _lossless, _number("quality"),
        _number("has_exif"), _name, _best_bytes, _less(_number("mtime_ns")),
    ),
    "largest": (_pixels, _number("size")),
    "smallest": (_less(_number("size")), _less(_pixels)),
    "newest": (_number("mtime_ns"),),
    "oldest": (_less(_number("mtime_ns")),),
}  # fmt: skip
"""The ranks of ``review.keeper``, value by value."""
