"""Crop form: which of two aligned pictures shows more, what it shows besides, and which is the better.

The whole picture is better than a part that was cut out of it; a picture is better than one that has bars, a
frame or a page around it. Where the poorer one shows more pixels of what both show, neither replaces the
other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Crop, CropForm
from dpm_tui.pipeline.alignment.overlap import Overlap
from dpm_tui.pipeline.comparison.surroundings import is_on_plain_ground, name_surroundings

WHOLE = 0.95
"""Share of a picture that must be seen in the other one for it to be a part of that."""
LEVEL = 0.02
"""Share of a side by which a box may be askew and still be a box."""
LARGER = 1.1
"""Times the pixels of what both show from which a picture is the larger: where a part ends is known to one
pixel in 256."""


def find_crop(first: NDArray[np.uint8], second: NDArray[np.uint8], overlap: Overlap) -> Crop:
    """Return how two RGB pictures, of which at least one shows more than the other, belong together."""
    covered = round(overlap.covered[0], 4), round(overlap.covered[1], 4)
    outer = int(covered[1] < covered[0])
    if covered[1 - outer] < WHOLE:
        return Crop(CropForm.OVERLAP, covered)
    from_inner = np.linalg.inv(overlap.into[outer]) @ overlap.into[1 - outer]
    corners = from_inner @ np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1]], float)
    x, y = corners[:2] / corners[2]
    picture = (first, second)[outer]
    if max(_spread(x), _spread(y)) <= LEVEL:
        return Crop(name_surroundings(picture, (min(x), min(y), max(x), max(y))), covered)
    tilted = is_on_plain_ground(picture, np.stack((x, y), axis=1))
    return Crop(CropForm.TILTED if tilted else CropForm.CUT, covered)


def weigh_crop(crop: Crop, first: int, second: int) -> tuple[Better, float]:
    """Return which of two pictures of so many pixels is better, and what share the smaller view has."""
    inner, outer = Better.FIRST, Better.SECOND
    part, whole = (share * pixels for share, pixels in zip(crop.covered, (first, second), strict=True))
    if crop.covered[0] < crop.covered[1]:
        inner, outer, part, whole = outer, inner, whole, part
    share = min(crop.covered)
    match crop.form:
        case CropForm.OVERLAP:
            return Better.UNTOLD, share
        case CropForm.CUT:
            return (outer if part <= whole * LARGER else Better.UNTOLD), share
    return (inner if whole <= part * LARGER else Better.UNTOLD), share


def _spread(values: NDArray[np.float64]) -> float:
    """Return how far the corners of a box are from lying two by two on a line."""
    low, near, far, high = np.sort(values)
    return float(max(near - low, high - far))
