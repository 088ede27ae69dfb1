"""The fixed orders of keepers, as columns for all files at once; what comes first has the lower values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.formats import LOSSLESS
from dpm_tui.review.rules.keeper_ranking import COPY_NAME, looks_like_a_copy, pixel_step

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def rank_best_rows(files: FileSelection) -> tuple[Numbers, ...]:
    """Return what orders the files by the default criteria, as far as their facts tell.

    Whole, holding most besides the picture, more pixels (in steps of two per cent), transparent in parts,
    more than 256 colours, more bits a sample, lossless, higher JPEG quality, EXIF present, a name without
    traces of copying, more bytes of a lossy file or fewer of a lossless one, older.
    """
    return rank_rows(files, "best")


def rank_rows(files: FileSelection, order: str) -> tuple[Numbers, ...]:
    """Return what orders the files in one of the fixed orders, the most important first."""
    return tuple(measure(files) for measure in _MEASURES[order])


def rank_places(files: FileSelection, order: str) -> Numbers:
    """Return the place of each file in one of the fixed orders, or by path alone; ties go by path."""
    paths = files.paths()
    by_path = np.array(sorted(range(len(paths)), key=paths.__getitem__), np.int64)
    ranks = rank_rows(files, order) if order else ()
    # The most important key comes last, and a stable sort keeps the files of one rank by path.
    order_of = by_path[np.lexsort([rank[by_path] for rank in reversed(ranks)])] if ranks else by_path
    places = np.empty_like(by_path)
    places[order_of] = np.arange(len(paths))
    return places


def lossless_rows(files: FileSelection) -> Flags:
    """Return for each file whether it is lossless (see ``is_lossless``)."""
    numbers, words = files.words("format")
    named = np.array([*(word.decode("ascii", "replace") in LOSSLESS for word in words), False], np.bool_)
    return np.where(files.field("depth") != 0, ~files.field("lossy"), named[numbers])


def holding_counts(files: FileSelection) -> Numbers:
    """Return how many things each file holds besides its picture."""
    counts: Numbers = np.bitwise_count(files.field("holds")).astype(np.int64)
    return counts


def depths(files: FileSelection) -> Numbers:
    """Return the bits a sample of each file, 8 where nobody looked."""
    depths = files.field("depth")
    return np.where(depths != 0, depths, 8)


def pixel_steps(files: FileSelection) -> Numbers:
    """Return the number of pixels of each file in steps of two per cent."""
    counts, places = np.unique(files.pixel_counts(), return_inverse=True)
    return np.array([pixel_step(count) for count in counts.tolist()], np.int64)[places]


def named_like_copies(files: FileSelection) -> Flags:
    """Return for each file whether its name carries the traces of copying.

    All names are searched at once; those that a find runs across are looked at one by one.
    """
    flags = np.zeros(len(files), np.bool_)
    starts, lengths = (files.rows[name].astype(np.int64) for name in ("name_at", "name_bytes"))
    named = np.flatnonzero(lengths)
    named = named[np.argsort(starts[named], kind="stable")]
    spans = np.array([match.span() for match in COPY_NAME.finditer(files.names)], np.int64).reshape(-1, 2)
    doubtful = set(np.flatnonzero(lengths == 0).tolist())
    if len(named) and len(spans):
        first, last = (
            named[np.maximum(np.searchsorted(starts[named], ends, side="right") - 1, 0)]
            for ends in (spans[:, 0], spans[:, 1] - 1)
        )
        inside = (starts[first] <= spans[:, 0]) & (spans[:, 1] <= starts[first] + lengths[first])
        flags[first[inside]] = True
        doubtful.update(first[~inside].tolist(), last[~inside].tolist())
    for row in doubtful:
        flags[row] = looks_like_a_copy(files.name(row))
    return flags


def _size(files: FileSelection) -> Numbers:
    return files.field("size")


def _time(files: FileSelection) -> Numbers:
    return files.field("mtime_ns")


def _encoded_bytes(files: FileSelection) -> Numbers:
    """Return the sort key of bytes: fewer are better in a lossless file, more in a lossy one."""
    size = _size(files)
    return np.where(lossless_rows(files), size, -size)


def _most(measure: Callable[[FileSelection], Numbers]) -> Callable[[FileSelection], Numbers]:
    return lambda files: -measure(files)


def _number(name: str) -> Callable[[FileSelection], Numbers]:
    return lambda files: files.field(name).astype(np.int64)


_MEASURES: dict[str, Sequence[Callable[[FileSelection], Numbers]]] = {
    "best": (
        _number("damaged"),
        _most(holding_counts),
        _most(pixel_steps),
        lambda files: (~files.field("alpha")).astype(np.int64),
        lambda files: (files.field("colours") > 0).astype(np.int64),
        _most(depths),
        lambda files: (~lossless_rows(files)).astype(np.int64),
        _most(_number("quality")),
        lambda files: (~files.field("has_exif")).astype(np.int64),
        lambda files: named_like_copies(files).astype(np.int64),
        _encoded_bytes,
        _time,
    ),
    "largest": (_most(FileSelection.pixel_counts), _most(_size)),
    "smallest": (_size, FileSelection.pixel_counts),
    "newest": (_most(_time),),
    "oldest": (_time,),
}
"""See ``rank_best_rows`` for the first one."""
