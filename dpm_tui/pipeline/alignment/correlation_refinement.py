"""Correlation refinement: moves an alignment that is nearly right to where the pictures agree best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.feature_alignment import corner_depths
from dpm_tui.pipeline.alignment.resampling import Matrix, resize, scaling

SIDE = 128
"""Long side in pixels of the surrounding picture: places come out true to half a pixel of it."""
LEAST = 8
"""Shortest side of the part in pixels that can be moved."""
_STEPS, _SMALLEST_GAIN = 30, 1e-4
_SMOOTH, _SHARP = 5, 1
"""Pixels of the blur at first, with which pictures agree before they lie over each other exactly, and at
last: a blur takes in what is around the part, which moves it by a pixel or two."""
HOPELESS = 0.85
"""Correlation of blurred pictures below which they never come to agree."""
FLAT = 0.985
"""Correlation from which no perspective is tried."""
_GAIN = 0.005
"""Correlation that a perspective must gain to be preferred."""
UNEVEN = 1.25
"""Most that the middle of a part may be stretched one way against the other."""
STEEP = 2.0
"""Most that one corner may be farther away than another."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """Where a part lies: three by three, from its pixels to those of the surrounding picture."""

    matrix: Matrix
    correlation: float


def refine(around: NDArray[Any], part: NDArray[Any], matrix: Matrix) -> Refinement | None:
    """Return where a grey part lies in a grey picture, near to where ``matrix`` says; None where it does not.

    The enhanced correlation coefficient is climbed (Evangelidis and Psarakis 2008), which brightness and
    contrast do not change, over affine maps and, where these leave something open, over perspectives.
    """
    shrink = min(1.0, SIDE / max(around.shape))
    field = _resized(around, shrink, shrink)
    across, down = np.linalg.norm(matrix[:2, :2], axis=0)
    small = _resized(part, float(across) * shrink, float(down) * shrink)
    if min(small.shape) < LEAST:
        return None
    into, out_of = _scaling(around, field), _scaling(part, small)
    start = into @ matrix @ np.linalg.inv(out_of)
    motion = cv2.MOTION_AFFINE
    best = _climb(field, small, start, motion, _SMOOTH)
    if best is None or best.correlation < HOPELESS:
        return None
    if best.correlation < FLAT:
        bent = _climb(field, small, best.matrix, cv2.MOTION_HOMOGRAPHY, _SMOOTH)
        if bent is not None and bent.correlation > best.correlation + _GAIN:
            best, motion = bent, cv2.MOTION_HOMOGRAPHY
    best = _climb(field, small, best.matrix, motion, _SHARP)
    if best is None:
        return None
    return Refinement(np.linalg.inv(into) @ best.matrix @ out_of, best.correlation)


def _climb(
    field: NDArray[Any], part: NDArray[Any], start: Matrix, motion: int, smoothing: int
) -> Refinement | None:
    warp = (start / start[2, 2])[: 2 if motion == cv2.MOTION_AFFINE else 3].astype(np.float32)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _SMALLEST_GAIN)
    everywhere = np.full(field.shape, 255, np.uint8)
    try:
        correlation, found = cv2.findTransformECC(part, field, warp, motion, criteria, everywhere, smoothing)
    except cv2.error:  # it left the picture, or nothing is to be gained anywhere
        return None
    below = [[0, 0, 1]] if motion == cv2.MOTION_AFFINE else np.zeros((0, 3))
    matrix = np.vstack([found, below]).astype(np.float64)
    return Refinement(matrix, float(correlation)) if _is_likely(matrix, part.shape) else None


def _is_likely(matrix: Matrix, shape: tuple[int, ...]) -> bool:
    """Return whether a picture is ever shown like that."""
    if not np.isfinite(matrix).all():
        return False
    right, bottom = shape[1] - 1.0, shape[0] - 1.0
    depth = corner_depths(matrix, right, bottom)
    if not 0 < depth.max() < STEEP * depth.min():
        return False
    middle = matrix @ np.array([right / 2, bottom / 2, 1])
    here = (matrix[:2, :2] - np.outer(middle[:2] / middle[2], matrix[2, :2])) / middle[2]
    most, least = np.linalg.svd(here, compute_uv=False)
    return bool(most < UNEVEN * least)


def _resized(grey: NDArray[Any], across: float, down: float) -> NDArray[Any]:
    return resize(grey, (max(1, round(grey.shape[1] * across)), max(1, round(grey.shape[0] * down))))


def _scaling(before: NDArray[Any], after: NDArray[Any]) -> Matrix:
    """Return the matrix from pixels of a picture to pixels of the same picture resized."""
    return scaling(after.shape[1] / before.shape[1], after.shape[0] / before.shape[0])
