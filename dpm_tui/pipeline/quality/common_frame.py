"""The common frame: two copies at full size brought over each other, at the resolution of the smaller."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.quality.sample_region import Picture

LONGEST = 1536
"""Longest side that pictures are compared at: a change of 1.5 % of the width has 23 pixels there."""
SMALL = 320
"""Longest side at which the shift between two copies is measured."""
SHIFT = 0.35
"""Pixels from which one of two is moved; the comparison forgives one pixel in any case."""
FARTHEST = 0.03
"""Share of the side by which copies may be shifted or trimmed; what needs more is no plain copy."""
SMOOTHED = 3
"""Pixels over which the shift is measured smoothly."""
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-4)


def to_common_size(first: Picture, second: Picture) -> tuple[Picture, Picture]:
    """Return both RGB pictures at the size of the smaller, with a longest side of LONGEST at most."""
    size = common_size(first, second)
    return resize(first, size), resize(second, size)


def common_size(first: Picture, second: Picture) -> tuple[int, int]:
    """Return the width and height of the smaller of two pictures, with a longest side of LONGEST at most."""
    smaller = first if first.shape[0] * first.shape[1] <= second.shape[0] * second.shape[1] else second
    height, width = smaller.shape[:2]
    factor = min(1.0, LONGEST / max(height, width))
    return max(round(width * factor), 1), max(round(height * factor), 1)


def align(one: Picture, other: Picture) -> tuple[Picture, Picture]:
    """Return two RGB pictures of one size, the second one moved over the first.

    A trimmed row or another way of resampling moves a copy by some pixels: an affine map is fitted by the
    enhanced correlation coefficient (Evangelidis and Psarakis 2008).
    """
    matrix = _find_shift(one, other)
    if matrix is None:
        return one, other
    size = one.shape[1], one.shape[0]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved: Picture = cv2.warpAffine(other, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return one, moved


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Return a picture at another width and height."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    # Halving is several times as fast as any other ratio.
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        half = picture.shape[1] // 2, picture.shape[0] // 2
        even = picture[: 2 * half[1], : 2 * half[0]]
        picture = cv2.resize(even, half, interpolation=cv2.INTER_AREA)
    ratio = max(picture.shape[1] / size[0], picture.shape[0] / size[1])
    if ratio > 1 and max(size) >= LONGEST:
        # Averaging areas of a broken ratio takes four times as long, and this is as smooth.
        soft = cv2.GaussianBlur(picture, (3, 3), 0.5 * (ratio**2 - 1) ** 0.5) if ratio > 1.05 else picture
        blended: Picture = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)
        return blended
    made: Picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if ratio > 1 else cv2.INTER_CUBIC)
    return made


def _find_shift(one: Picture, other: Picture) -> NDArray[np.float32] | None:
    """Return the map from places in the first to places in the second; None where they lie right already."""
    height, width = one.shape[:2]
    factor = min(1.0, SMALL / max(height, width))
    size = max(round(width * factor), 8), max(round(height * factor), 8)
    grey = [cv2.cvtColor(resize(picture, size), cv2.COLOR_RGB2GRAY) for picture in (one, other)]
    matrix: NDArray[Any] = np.eye(2, 3, dtype=np.float32)
    try:
        everywhere = np.full(grey[0].shape, 255, np.uint8)
        _, matrix = cv2.findTransformECC(
            grey[0], grey[1], matrix, cv2.MOTION_AFFINE, _STOP, everywhere, SMOOTHED
        )
    except cv2.error:
        return None  # too little detail, or nothing in common: they stay as they are
    scale = np.array([width / size[0], height / size[1]])
    whole = matrix.astype(np.float64)
    whole[0, 1] *= scale[0] / scale[1]
    whole[1, 0] *= scale[1] / scale[0]
    whole[:, 2] = scale * (whole[:, 2] + 0.5 * (matrix[:, 0] + matrix[:, 1] - 1)) - 0.5 * (
        whole[:, 0] + whole[:, 1] - 1
    )
    corners = np.array([[0, 0, 1], [width - 1, 0, 1], [0, height - 1, 1], [width - 1, height - 1, 1]], float)
    away = np.abs(corners @ whole.T - corners[:, :2])
    if away.max() < SHIFT or (away.max(axis=0) > FARTHEST * np.array([width, height]) + 1).any():
        return None
    return whole.astype(np.float32)
