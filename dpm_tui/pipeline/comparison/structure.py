"""Structure: how many tiles with corners in them look the same in two aligned pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

CORNER = 1.0
"""Slope across the weaker direction, in levels a pixel, from which a tile has structure in two directions:
a horizon, a frame and ruled lines have none, and agree between pictures that share nothing else."""
STRONG = 8.0
"""Slope from which more says no more."""
SAME = 0.8
"""Correlation from which a tile is the same; random tiles with corners reach it in one of a hundred."""
SKETCH = 96
"""Longest side in pixels for an estimate."""
SKETCH_TILES = 16
SOFTEN = 0.8
"""Blur in pixels before it: what is off by a pixel is the same."""
SAME_SMALL = 0.8
"""Correlation from which a tile counts there."""
TOLD = 8.0
"""Tiles with corners, in tiles that do not overlap, below which an estimate says nothing."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What tiles with corners say."""

    same: float
    """Tiles that are the same, in tiles that do not overlap."""
    share: float
    """Of the weight of all such tiles."""
    spread: float
    """Smaller side of the box around the tiles that are the same, as a share of the frame's side."""


def match_structure(
    one: NDArray[Any], other: NDArray[Any], inside: NDArray[np.bool_], tile: int
) -> Structure:
    """Compare two light channels (height, width) of one frame tile by tile, by correlation.

    Tone, an overlay on some tiles and a shift below a pixel change little.
    """
    tiles = _compare_tiles(one, other, inside, tile)
    same = tiles.live & (tiles.correlation > SAME) & (tiles.corner > CORNER / 2)
    total = float(tiles.weight.sum())
    rows, columns = np.nonzero(same)
    if total == 0 or len(rows) == 0:
        return Structure(0.0, 0.0, 0.0)
    extent = (np.ptp(rows) + 1) / same.shape[0], (np.ptp(columns) + 1) / same.shape[1]
    return Structure(float(same.sum()) / 4, float((tiles.weight * same).sum()) / total, float(min(extent)))


def estimate_share(
    first: NDArray[np.uint8], second: NDArray[np.uint8], mask: NDArray[np.uint8] | None
) -> float:
    """Return about the share of the structure that is the same in two RGB pictures of one frame.

    A tenth of the work of comparing them: they are made small, and tones stay as they are. A negative is the
    same too. Returns 1 where there is too little structure to tell.
    """
    height, width = first.shape[:2]
    factor = min(1.0, SKETCH / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    greys = [
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        for p in (first, second)
    ]
    soft = [cv2.GaussianBlur(grey, (0, 0), SOFTEN) for grey in greys]
    inside = None if mask is None else cv2.resize(mask, size, interpolation=cv2.INTER_AREA) == 255
    tiles = _compare_tiles(soft[0], soft[1], inside, max(4, round(max(size) / SKETCH_TILES)))
    if float(tiles.live.sum()) / 4 < TOLD:
        return 1.0
    same = np.abs(tiles.correlation) > SAME_SMALL
    return float((tiles.weight * same).sum()) / float(tiles.weight.sum())


@dataclass(frozen=True, slots=True)
class _Tiles:
    """What comparing two pictures tile by tile found, each as an array over tiles that overlap by half."""

    correlation: NDArray[np.float32]
    corner: NDArray[np.float32]
    """The weaker of both pictures' corners, in levels a pixel."""
    live: NDArray[np.bool_]
    """Where one of the pictures has a corner."""
    weight: NDArray[np.float32]


def _compare_tiles(
    one: NDArray[Any], other: NDArray[Any], inside: NDArray[np.bool_] | None, tile: int
) -> _Tiles:
    step = slice(tile // 2, None, max(tile // 2, 1))
    window = (tile, tile)
    a, b = (p.astype(np.float32) for p in (one, other))
    mean_a, mean_b = (cv2.blur(p, window)[step, step] for p in (a, b))
    both = cv2.blur(a * b, window)[step, step] - mean_a * mean_b
    spread_a, spread_b = (
        np.maximum(cv2.sqrBoxFilter(p, -1, window)[step, step] - m**2, 0)
        for p, m in ((a, mean_a), (b, mean_b))
    )
    corners = [_corner(p, window, step) for p in (a, b)]
    either = np.maximum(*corners)
    live = either > CORNER
    if inside is not None:
        there = cv2.erode(inside.astype(np.uint8), np.ones(window, np.uint8), borderValue=0)[step, step]
        live &= there > 0
    correlation = both / (np.sqrt(spread_a * spread_b) + np.float32(1))
    return _Tiles(correlation, np.minimum(*corners), live, np.minimum(either, np.float32(STRONG)) * live)


def _corner(picture: NDArray[np.float32], window: tuple[int, int], step: slice) -> NDArray[np.float32]:
    """Return the root of the smaller eigenvalue of the structure tensor, in levels a pixel."""
    across, along = (cv2.Sobel(picture, cv2.CV_32F, *d, ksize=3, scale=1 / 8) for d in ((1, 0), (0, 1)))
    xx, yy = (cv2.sqrBoxFilter(p, -1, window)[step, step] for p in (across, along))
    xy = cv2.blur(across * along, window)[step, step]
    smaller = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    root: NDArray[Any] = np.sqrt(np.maximum(smaller, 0))
    return root
