"""The default order of keepers for very many files at once (see ``keeper_ranking.rank_best``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.formats import LOSSLESS
from dpm_tui.review.rules.keeper_ranking import COPY_NAME, looks_like_a_copy, pixel_step, rank_best

_BOUNDS = np.iinfo(np.int64)


def rank_best_rows(files: FileSelection) -> tuple[NDArray[np.int64], ...]:
    """Return what orders the files as ``rank_best`` does, the most important first."""
    rows = files.rows
    lossless = lossless_rows(files)
    size = rows["size"].astype(np.int64)
    keys = (
        rows["damaged"].astype(np.int64),
        -holding_counts(files),
        -pixel_steps(files),
        (~rows["alpha"]).astype(np.int64),
        (rows["colours"] > 0).astype(np.int64),
        -depths(files),
        (~lossless).astype(np.int64),
        -rows["quality"].astype(np.int64),
        (~rows["has_exif"]).astype(np.int64),
        named_like_copies(files).astype(np.int64),
        np.where(lossless, size, -size),
        rows["mtime_ns"].astype(np.int64),
    )
    for row, file in files.odd.items():
        for key, value in zip(keys, rank_best(file), strict=True):
            key[row] = min(max(int(value), int(_BOUNDS.min)), int(_BOUNDS.max))
    return keys


def lossless_rows(files: FileSelection) -> NDArray[np.bool_]:
    """Return for each file whether it is lossless, but for those that do not fit into columns."""
    rows = files.rows
    named = np.array([form.decode("ascii", "replace") in LOSSLESS for form in files.formats] or [False])
    return np.where(rows["depth"] > 0, ~rows["lossy"], named[rows["format"]])


def holding_counts(files: FileSelection) -> NDArray[np.int64]:
    """Return how many things each file holds besides its picture."""
    counts: NDArray[np.int64] = np.unpackbits(files.rows["holds"].reshape(-1, 1), axis=1).sum(
        axis=1, dtype=np.int64
    )
    return counts


def depths(files: FileSelection) -> NDArray[np.int64]:
    """Return the bits a sample of each file, 8 where nobody looked."""
    depths = files.rows["depth"].astype(np.int64)
    return np.where(depths > 0, depths, 8)


def pixel_steps(files: FileSelection) -> NDArray[np.int64]:
    """Return the number of pixels of each file in steps of two per cent."""
    pixels = files.rows["width"].astype(np.uint64) * files.rows["height"].astype(np.uint64)
    counts, places = np.unique(pixels, return_inverse=True)
    return np.array([pixel_step(count) for count in counts.tolist()], np.int64)[places]


def named_like_copies(files: FileSelection) -> NDArray[np.bool_]:
    """Return for each file whether its name carries the traces of copying.

    All names are searched at once; those that a find runs across are looked at one by one.
    """
    starts = files.rows["name_at"].astype(np.int64)
    flags = np.zeros(len(files), np.bool_)
    spans = np.array([match.span() for match in COPY_NAME.finditer(files.names)], np.int64).reshape(-1, 2)
    order = np.argsort(starts, kind="stable")
    rows = [
        order[np.searchsorted(starts[order], ends, side="right") - 1]
        for ends in (spans[:, 0], spans[:, 1] - 1)
    ]
    inside = rows[0] == rows[1]
    flags[rows[0][inside]] = True
    doubtful = {*rows[0][~inside].tolist(), *rows[1][~inside].tolist(), *files.odd}
    for row in doubtful:
        flags[row] = looks_like_a_copy(files.name(row))
    return flags
