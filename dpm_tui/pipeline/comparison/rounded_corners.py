"""Rounded corners: whether all that sets two pictures of one frame apart is that one lost its corners."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.difference import Difference
from dpm_tui.pipeline.comparison.overlay_detection import TOUCHED

LARGEST = 0.25
"""Largest radius of a corner, as a share of the shorter side."""
SLACK = 2
"""Pixels by which the rim of a corner is smeared by coding and resampling."""
STRAY = 16
"""Pixels elsewhere that may differ by chance."""
FEWEST = 2
"""Corners that must differ: the picture may have the colour of the others."""
NEAR = 16.0
"""Levels off the usual colour up to which a pixel has it."""
ONE_COLOUR = 0.7
"""Share of what has replaced the corners that must have its colour; the rest is smeared rim."""


def are_corners_rounded(difference: Difference) -> bool:
    """Return whether two whole pictures differ at their corners alone, and one has a single colour there."""
    if difference.mask is not None:
        return False
    touched = difference.change > TOUCHED
    corners = _corners(*touched.shape)
    if int((touched & (corners == 0)).sum()) > STRAY:
        return False
    if len(np.unique(corners[touched & (corners > 0)])) < FEWEST:
        return False
    return any(_have_one_colour(difference))


def find_rounded(difference: Difference) -> int | None:
    """Return which of two pictures, 0 or 1, has one colour where their corners differ; None if both have."""
    first, second = _have_one_colour(difference)
    return None if first == second else int(second)


def _have_one_colour(difference: Difference) -> tuple[bool, bool]:
    """Return of each picture whether it has a single colour where both differ."""
    touched = (difference.change > TOUCHED).astype(np.uint8)
    inside = cv2.erode(touched, np.ones((3, 3), np.uint8)) > 0
    if not inside.any():
        return False, False
    first, second = (_share_of_one_colour(picture[inside]) > ONE_COLOUR for picture in difference.pictures)
    return first, second


def _share_of_one_colour(pixels: NDArray[np.uint8]) -> float:
    off = np.abs(pixels - np.median(pixels, axis=0)).max(axis=1)
    return float((off <= NEAR).mean())


@lru_cache(8)
def _corners(height: int, width: int) -> NDArray[np.uint8]:
    """Return a picture with the numbers 1 to 4 where the largest round corners are missing, 0 elsewhere."""
    radius = max(1, round(min(height, width) * LARGEST))
    down, across = np.mgrid[0:radius, 0:radius]
    missing = np.hypot(radius - down, radius - across) > radius - SLACK
    corners = np.zeros((height, width), np.uint8)
    corners[:radius, :radius] = missing * 1
    corners[:radius, -radius:] = missing[:, ::-1] * 2
    corners[-radius:, :radius] = missing[::-1] * 3
    corners[-radius:, -radius:] = missing[::-1, ::-1] * 4
    return corners
