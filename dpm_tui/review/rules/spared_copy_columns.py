"""The copies that a rule leaves alone, of very many files at once (see ``spared_copies.why_spared``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.image_file import HOLDINGS
from dpm_tui.catalog.pair_columns import KIND_CODES
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library_columns import LibraryColumns
from dpm_tui.review.rules.keeper_ranking import NEAR_TIE
from dpm_tui.review.rules.keeper_ranking_columns import depths, lossless_rows, named_like_copies
from dpm_tui.review.rules.lost_holdings import COUNTED
from dpm_tui.review.rules.spared_copies import QUALITY_TIE, why_spared

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

_COUNTED_BITS = sum(1 << HOLDINGS.index(word) for word in COUNTED)


def spared_rows(columns: LibraryColumns, rows: Rows, kept: Rows, *, careful: bool, safe: Flags) -> Flags:
    """Return for each of some rows whether a rule leaves it alone beside the keeper of its group.

    ``safe`` tells of each file of the library whether it is protected.
    """
    files = columns.files.rows
    kinds = columns.beside_keeper[rows]
    better, contested = columns.better_beside_keeper
    better, contested = better[rows], contested[rows]
    damaged = files["damaged"][kept] & ~files["damaged"][rows]
    mine, theirs = files["holds"][rows].astype(np.int64), files["holds"][kept].astype(np.int64)
    fewer = files["frames"][rows] > files["frames"][kept]
    lost = (mine & ~theirs != 0) | ((mine & _COUNTED_BITS != 0) & fewer)
    same = files["digest"][rows] == files["digest"][kept]
    spared = damaged | (lost & ~same) | (files["alpha"][rows] & ~files["alpha"][kept])
    copies = kinds == KIND_CODES[Kind.COPY]
    spared |= copies & columns.differs_beside_keeper[rows]
    looked_at = copies & (better != Better.EITHER)
    if careful:
        told = _rows_told_by_facts(columns, rows, kept)
        untold = (better == Better.UNTOLD) & ~contested
        # The keeper is in the first row of a pair with it.
        spared |= looked_at & np.where(untold, ~told, better != Better.FIRST)
    else:
        spared |= looked_at & (better == Better.UNSEEN)
    spared |= safe[kept] & _outdoing(columns, rows, kept, better)
    found: Flags = spared & (kinds != KIND_CODES[Kind.IDENTICAL])
    for place, row in enumerate(rows.tolist() if columns.files.odd else ()):
        if row in columns.files.odd or int(kept[place]) in columns.files.odd:
            file, keeper = columns.files.at(row), columns.files.at(int(kept[place]))
            pair = columns.pairs.get((min(file.id, keeper.id), max(file.id, keeper.id)))
            found[place] = pair is not None and bool(
                why_spared(file, keeper, pair, careful=careful, safe=bool(safe[kept[place]]))
            )
    return found


def _outdoing(columns: LibraryColumns, rows: Rows, kept: Rows, better: NDArray[np.uint8]) -> Flags:
    """Return for each row whether it is clearly better in some respect than the keeper of its group."""
    files = columns.files.rows
    pixels = files["width"].astype(np.int64) * files["height"]
    told = (better == Better.FIRST) | (better == Better.SECOND)
    few, quality = files["colours"] > 0, files["quality"].astype(np.int64)
    depth, lossless = depths(columns.files), lossless_rows(columns.files)
    found: Flags = (pixels[rows] > pixels[kept]) | (better == Better.SECOND)
    found |= (few[kept] & ~few[rows]) | (depth[rows] > depth[kept])
    encoded = lossless[rows] & ~lossless[kept]
    encoded |= (quality[kept] > 0) & (quality[rows] > quality[kept] + QUALITY_TIE)
    found |= encoded & ~told & (columns.beside_keeper[rows] != KIND_CODES[Kind.PIXELS])
    for known in (files["has_exif"], files["taken"] != b""):
        found |= known[rows] & ~known[kept]
    return found


def _rows_told_by_facts(columns: LibraryColumns, rows: Rows, kept: Rows) -> Flags:
    files = columns.files.rows
    pixels = files["width"].astype(np.float64) * files["height"]
    ratio = pixels[rows] / np.maximum(pixels[kept], 1)
    near = (ratio >= 1 / NEAR_TIE) & (ratio <= NEAR_TIE)
    dated = files["taken"] != b""
    copies = named_like_copies(columns.files)
    by_name = copies[rows] & ~copies[kept]
    told: Flags = near & np.where(dated[rows] != dated[kept], ~dated[rows], by_name)
    return told
