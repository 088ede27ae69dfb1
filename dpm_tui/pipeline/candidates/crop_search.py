"""Crop search: finds pictures that show a part of another, or hold it among other things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, keep_nearest
from dpm_tui.pipeline.candidates.search_space import MatchedRows, SearchSpace, blocks_of
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.pipeline.transparency.ground import lay_on

PARTS = "parts"
"""Name of the table whose rows hold a picture's own vector and then those of its parts."""
COUNT = 5
"""Parts of a picture: its four quarters and the quarter in the middle."""
ROWS_PER_BLOCK, COLUMNS_PER_BLOCK = 512, 4096
"""A block of cosines takes 40 MiB."""
MOST = 12
"""Pictures near to one of its parts that a picture brings at most."""
FLOOR = 0.66
"""Cosine of a part and a whole picture below which none is a candidate."""
SURE = 0.8
"""Cosine from which more than the nearest are."""
CLEAR = 0.05
"""Mean transparency from which flattenings of a cut-out say more than its corners, which are mostly empty."""
GROUNDS = ((0, 0, 0), (112, 112, 112), (20, 20, 80), (220, 120, 40))
"""Plain grounds that a cut-out is laid on besides white: nine in ten of others are near to one of them."""
CHECKERS, SQUARE = (255, 204), 12
"""The two greys of the checkerboard of most image editors, and its squares in pixels of a thumbnail."""
RULE = f"live-{COUNT}-{MOST}-{FLOOR}-{SURE}"


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


def describe_parts(picture: StoredPicture) -> list[NDArray[np.uint8]]:
    """Return the COUNT pictures that stand beside a thumbnail in the search: its parts.

    Those of a cut-out are its flattenings on other grounds than white.
    """
    if picture.cutout is None or picture.cutout.clearness < CLEAR:
        return cut_parts(picture.pixels)
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width] // SQUARE
    board = np.where((rows + columns) % 2, CHECKERS[1], CHECKERS[0]).astype(np.float32)
    grounds = [*(np.array(colour, np.float32) for colour in GROUNDS), np.stack([board] * 3, axis=-1)]
    return [lay_on(picture.pixels, picture.cutout, ground) for ground in grounds]


def match_parts(field: SearchSpace, threshold: float) -> Iterator[MatchedRows]:
    """Compare the parts of every open picture with every live whole one, and the other way round.

    Rows hold (1 + COUNT) * dims numbers: a picture's own unit vector, then its parts'. Each part of a
    picture brings the picture nearest to it, as a collage holds several, and of those from a cosine of
    ``threshold`` on a picture brings MOST. Parts of settled rows bring open ones alone.
    """
    known: list[NeighbourPairs] = []
    settled = np.flatnonzero(field.settled) if field.open.any() else np.zeros(0, np.int64)
    for at in range(0, len(settled), ROWS_PER_BLOCK):
        numbers = settled[at : at + ROWS_PER_BLOCK]
        known.append(_match_rows(field, numbers, field.open, threshold))
    if known:
        yield MatchedRows(np.zeros(0, np.int64), NeighbourPairs.joined(known).unique())
    for numbers in field.open_blocks(ROWS_PER_BLOCK):
        yield MatchedRows(numbers, _match_rows(field, numbers, field.live, threshold).unique())


def rows_to_search_again(
    near: NeighbourPairs, gone: NDArray[np.bool_], threshold: float
) -> NDArray[np.int64]:
    """Return the rows that must be compared anew because a row that is ``gone`` was near to them."""
    lost = np.concatenate([near.seconds[gone[near.firsts]], near.firsts[gone[near.seconds]]])
    return np.unique(lost[~gone[lost]])


def _match_rows(
    field: SearchSpace, numbers: NDArray[np.int64], wanted: NDArray[np.bool_], threshold: float
) -> NeighbourPairs:
    """Return what the parts of some rows come near to among the whole pictures that are wanted."""
    sure = NeighbourPairs.none()
    best = np.full((len(numbers), COUNT), -1, np.float32)
    nearest = np.zeros((len(numbers), COUNT), np.int64)
    for left, cosines in _cosines(field, numbers, wanted):
        found = cosines.argmax(axis=2)
        value = np.take_along_axis(cosines, found[..., None], 2)[..., 0]
        nearest = np.where(value > best, found + left, nearest)
        best = np.maximum(best, value)
        any_part = cosines.max(axis=1)
        seconds, firsts = np.nonzero(any_part >= threshold)
        near = NeighbourPairs(firsts + left, numbers[seconds], any_part[seconds, firsts])
        sure = keep_nearest([sure, near], MOST)
    seconds, parts = np.nonzero(best >= FLOOR)
    own = NeighbourPairs(nearest[seconds, parts], numbers[seconds], best[seconds, parts])
    return NeighbourPairs.joined([own, sure])


def _cosines(
    field: SearchSpace, numbers: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield block by block of columns the first of them and (rows, COUNT, columns): parts with whole ones."""
    rows = field.rows.take(numbers).astype(np.float32)
    dims = rows.shape[1] // (1 + COUNT)
    parts = rows[:, dims:].reshape(len(rows) * COUNT, dims)
    for left, right in blocks_of(wanted, COLUMNS_PER_BLOCK):
        whole = field.rows.read(left, right)[:, :dims].astype(np.float32)
        cosines = (parts @ whole.T).reshape(len(rows), COUNT, right - left)
        cosines[:, :, ~wanted[left:right]] = -1
        own = np.flatnonzero((numbers >= left) & (numbers < right))
        cosines[own, :, numbers[own] - left] = -1
        yield left, cosines
