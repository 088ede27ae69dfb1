"""Match of parts: finds pictures that show a part of another, or hold it among other things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.match import Candidate, MatchedRows, Near, keep_nearest

PARTS = "parts"
"""Name of the table whose rows hold a picture's own vector and then those of its parts."""
COUNT = 5
"""Parts of a picture: its four quarters and the quarter in the middle."""
ROWS_A_BLOCK, COLUMNS_A_BLOCK = 512, 4096
"""A block of cosines takes 40 MiB."""
NEAREST = 2
"""Known pictures whose parts come nearest to a new one that are candidates at least."""
MOST = 12
"""Pictures near to one of its parts that a picture brings at most."""
FLOOR = 0.66
"""Cosine of a part and a whole picture below which none is a candidate."""
SURE = 0.8
"""Cosine from which more than the nearest are."""
RULE = f"{COUNT}-{NEAREST}-{MOST}-{FLOOR}-{SURE}"


def cut_parts(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return the COUNT parts of an RGB picture (height, width, 3), each of half its sides.

    A copy cropped to a quarter of the area is near to one of them, and a picture that fills a quarter of
    a collage or a screenshot is one of them, or nearly.
    """
    height, width = picture.shape[:2]
    high, wide = max(height // 2, 1), max(width // 2, 1)
    corners = [(0, 0), (0, width - wide), (height - high, 0), (height - high, width - wide)]
    corners.append(((height - high) // 2, (width - wide) // 2))
    return [picture[top : top + high, left : left + wide] for top, left in corners]


def match_parts(vectors: NDArray[np.float16], start: int, threshold: float) -> Iterator[MatchedRows]:
    """Compare the parts of every picture with every whole one; yield block by block.

    ``vectors`` has shape (n, (1 + COUNT) * dims): a picture's own unit vector, then its parts'. Rows before
    ``start`` were matched among each other. Each of a picture's parts brings the picture nearest to it, as a
    collage holds several, and those from a cosine of ``threshold`` on, MOST a picture.
    """
    if start >= len(vectors):
        return
    dims = vectors.shape[1] // (1 + COUNT)
    known = Near.none()
    for top in range(0, start, ROWS_A_BLOCK):
        rows = range(top, min(top + ROWS_A_BLOCK, start))
        for left, cosines in _cosines(vectors, dims, rows, range(start, len(vectors))):
            nearest = cosines.max(axis=1)
            firsts, seconds = np.nonzero(nearest >= FLOOR)
            near = Near(firsts + top, seconds + left, nearest[firsts, seconds])
            known = keep_nearest([known, near], MOST)
    if start:
        yield MatchedRows(start, start, keep_nearest([known], NEAREST, threshold).candidates())
    for top in range(start, len(vectors), ROWS_A_BLOCK):
        rows = range(top, min(top + ROWS_A_BLOCK, len(vectors)))
        yield MatchedRows(rows.start, rows.stop, _match_rows(vectors, dims, rows, threshold))


def _match_rows(vectors: NDArray[np.float16], dims: int, rows: range, threshold: float) -> list[Candidate]:
    """Return what the parts of ``rows`` come near to among all whole pictures."""
    sure = Near.none()
    best = np.full((len(rows), COUNT), -1, np.float32)
    nearest = np.zeros((len(rows), COUNT), np.int64)
    for left, cosines in _cosines(vectors, dims, rows, range(len(vectors))):
        found = cosines.argmax(axis=2)
        value = np.take_along_axis(cosines, found[..., None], 2)[..., 0]
        nearest = np.where(value > best, found + left, nearest)
        best = np.maximum(best, value)
        any_part = cosines.max(axis=1)
        seconds, firsts = np.nonzero(any_part >= threshold)
        near = Near(firsts + left, seconds + rows.start, any_part[seconds, firsts])
        sure = keep_nearest([sure, near], MOST)
    seconds, parts = np.nonzero(best >= FLOOR)
    own = Near(nearest[seconds, parts], seconds + rows.start, best[seconds, parts])
    return own.candidates(sure)


def _cosines(
    vectors: NDArray[np.float16], dims: int, rows: range, columns: range
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield block by block of columns the first of them and (rows, COUNT, columns): parts with whole ones."""
    parts = vectors[rows.start : rows.stop, dims:].astype(np.float32).reshape(len(rows) * COUNT, dims)
    for left in range(columns.start, columns.stop, COLUMNS_A_BLOCK):
        right = min(left + COLUMNS_A_BLOCK, columns.stop)
        whole = vectors[left:right, :dims].astype(np.float32)
        cosines = (parts @ whole.T).reshape(len(rows), COUNT, right - left)
        own = np.arange(max(left, rows.start), min(right, rows.stop))
        cosines[own - rows.start, :, own - left] = -1
        yield left, cosines
