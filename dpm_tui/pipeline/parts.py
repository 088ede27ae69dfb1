"""Match of parts: finds pictures that show a part of another, or hold it among other things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.match import COLUMNS_A_BLOCK, MatchedRows, Near, keep_nearest

PARTS = "parts"
"""Name of the table whose rows hold a picture's own vector and then those of its parts."""
COUNT = 5
"""Parts of a picture: its four quarters and the quarter in the middle."""
ROWS_A_BLOCK = 1024
NEAREST = 2
"""Pictures that a picture's parts bring as candidates at least, if they are near enough."""
MOST = 12
"""Pictures that they bring at most."""
FLOOR = 0.6
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
    ``start`` were matched among each other. Each row brings the pictures that one of its parts comes as
    near to as ``threshold``, MOST of them, and the NEAREST in any case.
    """
    if start >= len(vectors):
        return
    dims = vectors.shape[1] // (1 + COUNT)
    for top in range(0, start, ROWS_A_BLOCK):
        rows = slice(top, min(top + ROWS_A_BLOCK, start))
        near = _near_rows(vectors, dims, rows, slice(start, len(vectors)), threshold)
        yield MatchedRows(start, start, near.candidates())
    for top in range(start, len(vectors), ROWS_A_BLOCK):
        rows = slice(top, min(top + ROWS_A_BLOCK, len(vectors)))
        near = _near_rows(vectors, dims, rows, slice(0, len(vectors)), threshold)
        yield MatchedRows(rows.start, rows.stop, near.candidates())


def _near_rows(
    vectors: NDArray[np.float16], dims: int, rows: slice, columns: slice, threshold: float
) -> Near:
    """Return what the parts of ``rows`` come near to among the whole pictures of ``columns``."""
    count = rows.stop - rows.start
    parts = vectors[rows, dims:].astype(np.float32).reshape(count * COUNT, dims)
    found = Near.none()
    for left in range(columns.start, columns.stop, COLUMNS_A_BLOCK):
        right = min(left + COLUMNS_A_BLOCK, columns.stop)
        whole = vectors[left:right, :dims].astype(np.float32)
        cosines = (parts @ whole.T).reshape(count, COUNT, right - left).max(axis=1)
        seconds, firsts = np.nonzero(cosines >= FLOOR)
        other = left + firsts != rows.start + seconds
        seconds, firsts = seconds[other], firsts[other]
        near = Near(left + firsts, rows.start + seconds, cosines[seconds, firsts])
        found = keep_nearest([found, near], MOST)
    return keep_nearest([found], NEAREST, threshold)
