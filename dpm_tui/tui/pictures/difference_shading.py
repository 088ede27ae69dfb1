"""Differences: shows on a picture where it differs from another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.tui.pictures.picture_field import seen_part

CROSSED = 112
"""Level from which a cell without colours is crossed out."""
_RED = np.array([255, 32, 32], np.float32)
_MOST = 0.75
"""Share of red where pictures differ most: the picture below can still be seen."""
_DIMMED = 0.7
_NOISE = 32
"""Level up to which a difference may be the noise of coding."""


def levels_in(differs: bytes, box: tuple[float, float, float, float]) -> NDArray[np.uint8] | None:
    """Return how much what a box holds of a picture differs by its grid; None where there is none."""
    grid, seen = grid_of(differs), seen_part(box)
    if grid is None or seen is None:
        return None
    return part_of(grid, seen)


def grid_of(differs: bytes) -> NDArray[np.uint8] | None:
    """Return a square grid, row by row 0 alike to 255 unlike, as an array; None where there is none."""
    side = round(len(differs) ** 0.5)
    if not side or side * side != len(differs):
        return None
    return np.frombuffer(differs, np.uint8).reshape(side, side)


def part_of(grid: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """Return the part ``box`` (0..1) of a grid, smoothly enlarged."""
    side = grid.shape[0]
    edges = tuple(place * side for place in box)
    size = (side * 4, side * 4)
    part = Image.fromarray(grid).resize(
        size, Image.Resampling.BILINEAR, box=(edges[0], edges[1], edges[2], edges[3])
    )
    return np.asarray(part, np.uint8)


def spread_over(differs: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return levels resized to a picture of so many pixels."""
    return np.asarray(Image.fromarray(differs).resize((width, height), Image.Resampling.BILINEAR), np.uint8)


def redden(rgb: NDArray[np.uint8], changed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture in grey, red where ``changed``, an array of its height and width, is high."""
    share = np.maximum(changed[..., None].astype(np.float32) - _NOISE, 0) * np.float32(_MOST / (255 - _NOISE))
    grey = rgb.mean(axis=2, keepdims=True, dtype=np.float32) * np.float32(_DIMMED)
    shown: NDArray[np.uint8] = (grey * (1 - share) + _RED * share).astype(np.uint8)
    return shown
