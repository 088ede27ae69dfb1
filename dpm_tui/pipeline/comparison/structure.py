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
    step = slice(tile // 2, None, max(tile // 2, 1))
    window = (tile, tile)
    a, b = (p.astype(np.float32) for p in (one, other))
    mean_a, mean_b = cv2.blur(a, window), cv2.blur(b, window)
    both = (cv2.blur(a * b, window) - mean_a * mean_b)[step, step]
    spread_a, spread_b = (
        np.maximum((cv2.sqrBoxFilter(p, -1, window) - m**2)[step, step], 0)
        for p, m in ((a, mean_a), (b, mean_b))
    )
    correlation = both / (np.sqrt(spread_a * spread_b) + 1.0)
    corners = [_corner(p, window)[step, step] for p in (a, b)]
    corner, either = np.minimum(*corners), np.maximum(*corners)
    there = cv2.erode(inside.astype(np.uint8), np.ones(window, np.uint8), borderValue=0)[step, step] > 0
    live = there & (either > CORNER)
    weight = np.minimum(either, STRONG) * live
    total = float(weight.sum())
    same = live & (correlation > SAME) & (corner > CORNER / 2)
    rows, columns = np.nonzero(same)
    if total == 0 or len(rows) == 0:
        return Structure(0.0, 0.0, 0.0)
    extent = (np.ptp(rows) + 1) / same.shape[0], (np.ptp(columns) + 1) / same.shape[1]
    return Structure(float(same.sum()) / 4, float((weight * same).sum()) / total, float(min(extent)))


def _corner(picture: NDArray[np.float32], window: tuple[int, int]) -> NDArray[np.float32]:
    """Return the root of the smaller eigenvalue of the structure tensor, in levels a pixel."""
    across, along = (cv2.Sobel(picture, cv2.CV_32F, *d, ksize=3, scale=1 / 8) for d in ((1, 0), (0, 1)))
    xx, yy, xy = (cv2.blur(p, window) for p in (across**2, along**2, across * along))
    smaller = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    root: NDArray[Any] = np.sqrt(np.maximum(smaller, 0))
    return root
