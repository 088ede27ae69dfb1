"""Spared copies: files that a rule does not mark, since they hold something that the kept file lacks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.image_file import HOLDINGS
from dpm_tui.catalog.pair_columns import KIND_CODES, REASON_CODES, TURNED
from dpm_tui.catalog.verdict import ALTERED_KINDS, Kind
from dpm_tui.review.library.library_columns import LibraryColumns
from dpm_tui.review.rules.keeper_ranking import NEAR_TIE
from dpm_tui.review.rules.keeper_ranking_columns import depths, lossless_rows, named_like_copies
from dpm_tui.review.rules.rule import Spared

Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

QUALITY_TIE = 2
"""Difference in JPEG quality up to which two files count as equal."""
GOES = 0
"""The code of a file that may go."""
SPARED = dict(enumerate(Spared, 1))
"""Why a rule leaves a file alone, by code."""
_CODES = {why: code for code, why in SPARED.items()}
_COUNTED_BITS = sum(1 << HOLDINGS.index(word) for word in ("pages", "frames", "pictures"))
"""Holdings of which a file may have more or fewer."""
_RAW_BIT = 1 << HOLDINGS.index("raw")


def find_spared(
    columns: LibraryColumns, rows: Rows, kept: Rows, links: Rows, *, careful: bool, safe: Flags
) -> Codes:
    """Return the code of why a rule leaves each of some rows alone beside the file kept for it, or ``GOES``.

    ``links`` are the numbers of the pairs of both, which are of a wanted kind. A whole file does not go for
    a damaged one, one that holds a movie not for one that holds none, and one that is transparent in parts
    not for one that is flattened. A RAW file goes for none but the same bytes, and nothing goes for it that
    may have been developed from it. A copy does not go before it was looked at at full size, nor where it is
    seen to differ. A ``careful`` rule keeps the better of two copies, or of a picture and an altered one, and
    marks neither where it cannot be told which that is. Where the file kept is ``safe``, kept for its folder
    and not for what it is, nothing goes that is clearly better in any respect.
    """
    pairs = columns.pairs.rows[links]
    # From the view of the kept file as the first of the two.
    better = np.where(pairs["first"] == kept, pairs["better"], TURNED[pairs["better"]])
    copies = pairs["kind"] == KIND_CODES[Kind.COPY]
    found = [(Spared.DAMAGED, _lacks(columns.files.field("damaged"), rows, kept))]
    found += [(Spared.RAW, _lose_raw(columns.files, rows, kept))]
    found += [(Spared.HOLDINGS, _lose_holdings(columns.files, rows, kept))]
    found += [(Spared.ALPHA, _lacks(columns.files.field("alpha"), kept, rows))]
    found += [(Spared.DIFFERS, copies & columns.pairs.visible(pairs["grid"]))]
    found += [(Spared.UNSEEN, copies & (better == Better.UNSEEN))]
    untold = copies & (better == Better.UNTOLD)
    found += [(Spared.DEVELOPED, untold & (pairs["reason"] == REASON_CODES["raw"]))]
    if careful:
        contested = pairs["reason"] == REASON_CODES["contested"]
        found += [(Spared.CONTESTED, untold & contested)]
        if untold.any():
            found += [(Spared.UNTOLD, untold & ~contested & ~_told_by_facts(columns.files, rows, kept))]
        found += [(Spared.DETAIL, copies & (better == Better.SECOND))]
        found += [(Spared.ALTERED, _lose_unaltered(pairs["kind"], better))]
    if safe[kept].any():
        outdone = _find_outdone(columns.files, rows, kept, better, pairs["kind"])
        found += [(why, flags & safe[kept]) for why, flags in outdone]
    codes = np.select(
        [flags for _, flags in found], [np.uint8(_CODES[why]) for why, _ in found], np.uint8(GOES)
    )
    codes[pairs["kind"] == KIND_CODES[Kind.IDENTICAL]] = GOES
    return codes


def _lacks(flags: Flags, rows: Rows, others: Rows) -> Flags:
    """Return for each two files whether only the other one has its flag set."""
    found: Flags = ~flags[rows] & flags[others]
    return found


def _lose_holdings(files: FileSelection, rows: Rows, kept: Rows) -> Flags:
    """Return for each file whether it holds something that the kept one lacks.

    Fewer pages, frames or pictures count as less. Files of the same bytes lose nothing.
    """
    holds, frames, digests = (files.field(name) for name in ("holds", "frames", "digest"))
    fewer = (holds[rows] & _COUNTED_BITS != 0) & (frames[rows] > frames[kept])
    same = (digests[rows] == digests[kept]) & (digests[rows] != b"")
    lost: Flags = ((holds[rows] & ~holds[kept] != 0) | fewer) & ~same
    return lost


def _lose_raw(files: FileSelection, rows: Rows, kept: Rows) -> Flags:
    """Return for each file whether it holds the data of a sensor, for which only the same bytes can stand."""
    digests = files.field("digest")
    lost: Flags = (files.field("holds")[rows] & _RAW_BIT != 0) & (digests[rows] != digests[kept])
    return lost


def _lose_unaltered(kinds: Codes, better: Codes) -> Flags:
    """Return for each file whether the kept one was altered, or whether neither can replace the other."""
    altered = np.isin(kinds, [KIND_CODES[kind] for kind in ALTERED_KINDS])
    lost: Flags = altered & ((better == Better.UNTOLD) | (better == Better.SECOND))
    return lost


def _find_outdone(
    files: FileSelection, rows: Rows, kept: Rows, better: Codes, kinds: Codes
) -> Iterator[tuple[Spared, Flags]]:
    """Yield each respect in which files are clearly better than the kept ones, and which files those are.

    What an inspection found of two copies counts before the quality that the files state.
    """
    pixels, few, depth = files.pixel_counts(), files.field("colours") > 0, depths(files)
    lossless, quality = lossless_rows(files), files.field("quality")
    told = (better == Better.FIRST) | (better == Better.SECOND)
    # Which of two was altered says nothing of how well each is stored.
    untold = (kinds != KIND_CODES[Kind.PIXELS]) & ~(told & (kinds == KIND_CODES[Kind.COPY]))
    yield Spared.PIXELS, pixels[rows] > pixels[kept]
    yield Spared.ALTERED, _lose_unaltered(kinds, better)
    yield Spared.DETAIL, better == Better.SECOND
    yield Spared.COLOURS, _lacks(few, rows, kept)
    yield Spared.DEPTH, depth[rows] > depth[kept]
    yield Spared.LOSSLESS, untold & _lacks(lossless, kept, rows)
    yield Spared.QUALITY, untold & (quality[kept] > 0) & (quality[rows] > quality[kept] + QUALITY_TIE)
    for known in (files.field("has_exif"), files.field("taken") != b""):
        yield Spared.EXIF, _lacks(known, kept, rows)


def _told_by_facts(files: FileSelection, rows: Rows, kept: Rows) -> Flags:
    """Return whether EXIF data or names say clearly that each file is a copy of the one kept.

    See ``keeper_ranking.telling_fact``.
    """
    pixels = files.pixel_counts()
    ratio = pixels[rows] / np.maximum(pixels[kept], 1)
    near = (ratio >= 1 / NEAR_TIE) & (ratio <= NEAR_TIE)
    dated, copies = files.field("taken") != b"", named_like_copies(files)
    told: Flags = near & np.where(dated[rows] != dated[kept], ~dated[rows], _lacks(copies, kept, rows))
    return told
