"""Overlap: the part that two aligned pictures share, brought to one frame and one resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.align import Alignment

Picture = NDArray[Any]
Matrix = NDArray[Any]

WORKING = 256
"""Longest side that pictures are compared at."""
SMALLEST = 20
"""Shortest side in pixels of an overlap that says anything."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both pictures over the same frame."""

    first: Picture
    second: Picture
    mask: Picture | None
    """255 where both are there; None if everywhere."""
    covered: tuple[float, float]
    """Share of the first and of the second picture that lies in the overlap."""
    to_first: Matrix
    """Two rows of three numbers: from pixels of the frame to pixels of the first picture."""


def whole(first: Picture, second: Picture) -> Overlap:
    """Return two RGB pictures of the same aspect resized to the smaller of both."""
    (height_a, width_a), (height_b, width_b) = first.shape[:2], second.shape[:2]
    aspect = ((width_a / height_a) * (width_b / height_b)) ** 0.5
    side = min(max(height_a, width_a), max(height_b, width_b), WORKING)
    size = (side, max(1, round(side / aspect))) if aspect >= 1 else (max(1, round(side * aspect)), side)
    x, y = width_a / size[0], height_a / size[1]
    to_first = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2]])
    return Overlap(_resize(first, size), _resize(second, size), None, (1.0, 1.0), to_first)


def lay_over(first: Picture, second: Picture, alignment: Alignment) -> Overlap | None:
    """Return the overlap of two aligned RGB pictures, or None if it is too small to say anything.

    The picture with the coarser pixels keeps them; the other is smoothed and warped onto it.
    """
    turned = np.ascontiguousarray(second[:, ::-1]) if alignment.mirrored else second
    inverse: Matrix = cv2.invertAffineTransform(alignment.matrix)
    fine_second = alignment.scale <= 1
    base, moving = (first, turned) if fine_second else (turned, first)
    matrix = alignment.matrix if fine_second else inverse
    ratio = alignment.scale if fine_second else 1 / alignment.scale
    height, width = base.shape[:2]
    here = np.full(moving.shape[:2], 255, np.uint8)
    mask = cv2.warpAffine(here, matrix, (width, height), flags=cv2.INTER_NEAREST)
    left, top, wide, high = cv2.boundingRect(mask)
    if min(wide, high) < SMALLEST:
        return None
    smooth = cv2.GaussianBlur(moving, (0, 0), 0.45 * (1 / ratio**2 - 1) ** 0.5) if ratio < 0.85 else moving
    warped = cv2.warpAffine(smooth, matrix, (width, height), flags=cv2.INTER_LINEAR)
    part = (slice(top, top + high), slice(left, left + wide))
    area = float(np.count_nonzero(mask))
    shares = (area / (height * width), area / (ratio**2 * moving.shape[0] * moving.shape[1]))
    shift = np.array([[1.0, 0, left], [0, 1.0, top]])
    to_first = shift if fine_second else alignment.matrix @ np.vstack([shift, [0, 0, 1]])
    pictures = (base[part], warped[part]) if fine_second else (warped[part], base[part])
    covered = shares if fine_second else shares[::-1]
    cut = np.ascontiguousarray(mask[part])
    return Overlap(
        np.ascontiguousarray(pictures[0]), np.ascontiguousarray(pictures[1]), cut, covered, to_first
    )


def _resize(picture: Picture, size: tuple[int, int]) -> Picture:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    smaller = picture.shape[1] >= size[0]
    resized: Picture = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    )
    return resized
