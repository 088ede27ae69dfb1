"""The part of a large picture that is measured: tiles with most contrast, on the grid of JPEG blocks."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
Plane = NDArray[Any]

TILE = 256
"""Side of a tile in pixels, a multiple of the side of a JPEG block."""
TILES = 6
"""Tiles of a picture at most: what more of them say changes little."""
BLOCK = 8


def pick_tiles(picture: Picture) -> list[Picture]:
    """Return the parts of an RGB picture to measure: all of a small one, else the tiles with most contrast.

    Each begins on a multiple of 8 pixels, where JPEG has its blocks, and is a multiple of 8 large.
    """
    height, width = (side - side % BLOCK for side in picture.shape[:2])
    if min(height, width) < BLOCK:
        return [picture]
    if height * width <= TILES * TILE * TILE:
        return [picture[:height, :width]]
    high, wide = min(TILE, height), min(TILE, width)
    corners = [(top, left) for top in _starts(height, high) for left in _starts(width, wide)]
    lively = sorted(corners, key=lambda at: (-_spread(picture, at, (high, wide)), at))
    return [picture[top : top + high, left : left + wide] for top, left in sorted(lively[:TILES])]


def lightness(picture: Picture) -> Plane:
    """Return the lightness of an RGB picture as JPEG has it (ITU-T T.871), in levels."""
    grey: NDArray[Any] = cv2.transform(picture.astype(np.float32), np.array([[0.299, 0.587, 0.114]]))
    return grey.astype(np.float32)


def _starts(side: int, tile: int) -> list[int]:
    count = min(max(side // tile, 1), 8)
    step = (side - tile) / max(count - 1, 1)
    return sorted({int(number * step) // BLOCK * BLOCK for number in range(count)})


def _spread(picture: Picture, at: tuple[int, int], size: tuple[int, int]) -> float:
    part = picture[at[0] : at[0] + size[0] : 2, at[1] : at[1] + size[1] : 2, 1]
    return float(np.abs(np.diff(part.astype(np.int16), axis=1)).mean())
