"""The copies that a rule leaves alone, of very many files at once (see ``review.sparing.is_spared``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.group import Better
from dpm_tui.pipeline.image_file import HOLDINGS
from dpm_tui.pipeline.pair_columns import KIND_CODES
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.columns import Columns
from dpm_tui.review.holdings import COUNTED
from dpm_tui.review.keeper import NEAR_TIE
from dpm_tui.review.keeper_columns import named_like_copies
from dpm_tui.review.sparing import is_spared

_COUNTED_BITS = sum(1 << HOLDINGS.index(word) for word in COUNTED)


def spared_rows(
    columns: Columns, rows: NDArray[np.int64], kept: NDArray[np.int64], *, careful: bool
) -> NDArray[np.bool_]:
    """Return for each of some rows whether a rule leaves it alone beside the keeper of its group."""
    files = columns.files.rows
    kinds = columns.beside_keeper[rows]
    better, contested = columns.better_beside_keeper
    better, contested = better[rows], contested[rows]
    damaged = files["damaged"][kept] & ~files["damaged"][rows]
    mine, theirs = files["holds"][rows].astype(np.int64), files["holds"][kept].astype(np.int64)
    fewer = files["frames"][rows] > files["frames"][kept]
    lost = (mine & ~theirs != 0) | ((mine & _COUNTED_BITS != 0) & fewer)
    same = files["digest"][rows] == files["digest"][kept]
    spared = damaged | (lost & ~same)
    copies = (kinds == KIND_CODES[Kind.COPY]) & (better != Better.EITHER)
    if careful:
        told = _rows_told_by_facts(columns, rows, kept)
        untold = (better == Better.UNTOLD) & ~contested
        # The keeper is in the first row of a pair with it.
        spared |= copies & np.where(untold, ~told, better != Better.FIRST)
    else:
        spared |= copies & (better == Better.UNSEEN)
    found: NDArray[np.bool_] = spared & (kinds != KIND_CODES[Kind.IDENTICAL])
    for place, row in enumerate(rows.tolist() if columns.files.odd else ()):
        if row in columns.files.odd or int(kept[place]) in columns.files.odd:
            file, keeper = columns.files.at(row), columns.files.at(int(kept[place]))
            pair = columns.pairs.get((min(file.id, keeper.id), max(file.id, keeper.id)))
            found[place] = pair is not None and is_spared(file, keeper, pair, careful=careful)
    return found


def _rows_told_by_facts(
    columns: Columns, rows: NDArray[np.int64], kept: NDArray[np.int64]
) -> NDArray[np.bool_]:
    files = columns.files.rows
    pixels = files["width"].astype(np.float64) * files["height"]
    ratio = pixels[rows] / np.maximum(pixels[kept], 1)
    near = (ratio >= 1 / NEAR_TIE) & (ratio <= NEAR_TIE)
    dated = files["taken"] != b""
    copies = named_like_copies(columns.files)
    by_name = copies[rows] & ~copies[kept]
    told: NDArray[np.bool_] = near & np.where(dated[rows] != dated[kept], ~dated[rows], by_name)
    return told
