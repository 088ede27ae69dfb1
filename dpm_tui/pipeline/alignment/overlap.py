"""Overlap: the part that two aligned pictures share, brought to one frame and one resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.descriptors import orient
from dpm_tui.pipeline.alignment.feature_alignment import Alignment
from dpm_tui.pipeline.alignment.resampling import resize

Picture = NDArray[Any]
Matrix = NDArray[Any]

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

WORKING = 256
"""Longest side that pictures are compared at."""
UPRIGHT = 0.02
"""Share of its side by which a corner of an upright picture may be off."""
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
    into: tuple[Matrix, Matrix]
    """Three by three: from places in the first and in the second picture to places in the frame, where the
    sides of each run from 0 to 1."""

    def show(self, values: NDArray[np.float32], picture: int, points: int) -> NDArray[np.float32]:
        """Return values of the frame at points x points even places of one picture, 0 outside the frame."""
        height, width = values.shape
        even = (np.arange(points) + 0.5) / points
        places = np.stack([*np.meshgrid(even, even), np.ones((points, points))])
        x, y, z = np.tensordot(self.into[picture], places, 1)
        grid_x, grid_y = ((n / z * side - 0.5).astype(np.float32) for n, side in ((x, width), (y, height)))
        shown: NDArray[Any] = cv2.remap(values, grid_x, grid_y, cv2.INTER_LINEAR)
        return shown

    def place_in(self, picture: int) -> Box | None:
        """Return where the other picture lies in picture 0 or 1, in the sides of that.

        None where it is turned, mirrored or tilted.
        """
        matrix = np.linalg.inv(self.into[picture]) @ self.into[1 - picture]
        x, y, z = matrix @ np.array([[0.0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1]])
        (x0, x1, x2, x3), (y0, y1, y2, y3) = (x / z).tolist(), (y / z).tolist()
        left, top, right, bottom = (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2
        tilted = max(abs(x0 - x3), abs(x1 - x2)) > UPRIGHT * (right - left)
        tilted |= max(abs(y0 - y1), abs(y2 - y3)) > UPRIGHT * (bottom - top)
        return (left, top, right, bottom) if left < right and top < bottom and not tilted else None


def whole(first: Picture, second: Picture, orientation: int = 0) -> Overlap:
    """Return two RGB pictures, the second in another orientation, resized to the smaller of both.

    Once turned the second must have about the aspect of the first.
    """
    second = orient(second, orientation)
    (height_a, width_a), (height_b, width_b) = first.shape[:2], second.shape[:2]
    aspect = ((width_a / height_a) * (width_b / height_b)) ** 0.5
    side = min(max(height_a, width_a), max(height_b, width_b), WORKING)
    size = (side, max(1, round(side / aspect))) if aspect >= 1 else (max(1, round(side * aspect)), side)
    mirror = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if orientation >= 4 else np.eye(3)
    quarter = np.array([[0.0, 1, 0], [-1, 0, 1], [0, 0, 1]])
    turn = np.linalg.matrix_power(quarter, orientation % 4) @ mirror
    return Overlap(resize(first, size), resize(second, size), None, (1.0, 1.0), (np.eye(3), turn))


def lay_over(first: Picture, second: Picture, alignment: Alignment) -> Overlap | None:
    """Return the overlap of two aligned RGB pictures, or None if it is too small to say anything.

    The picture with the coarser pixels keeps them; the other is smoothed and warped onto it.
    """
    turned = np.ascontiguousarray(second[:, ::-1]) if alignment.mirrored else second
    fine_second = alignment.scale <= 1
    base, moving = (first, turned) if fine_second else (turned, first)
    matrix = alignment.matrix if fine_second else np.linalg.inv(alignment.matrix)
    ratio = alignment.scale if fine_second else 1 / alignment.scale
    height, width = base.shape[:2]
    here = np.full(moving.shape[:2], 255, np.uint8)
    mask = cv2.warpPerspective(here, matrix, (width, height), flags=cv2.INTER_NEAREST)
    left, top, wide, high = cv2.boundingRect(mask)
    if min(wide, high) < SMALLEST:
        return None
    smooth = cv2.GaussianBlur(moving, (0, 0), 0.45 * (1 / ratio**2 - 1) ** 0.5) if ratio < 0.85 else moving
    warped = cv2.warpPerspective(smooth, matrix, (width, height), flags=cv2.INTER_LINEAR)
    # Where only one is, both get it: black there would pass for an edge to whatever looks at surroundings.
    warped = np.where(mask[..., None] == 0, base, warped)
    part = (slice(top, top + high), slice(left, left + wide))
    area = float(np.count_nonzero(mask))
    shares = (area / (height * width), area / (ratio**2 * moving.shape[0] * moving.shape[1]))
    shift = np.array([[1.0, 0, -left], [0, 1.0, -top], [0, 0, 1]])
    flip = (
        np.array([[-1.0, 0, second.shape[1] - 1], [0, 1, 0], [0, 0, 1]]) if alignment.mirrored else np.eye(3)
    )
    pixels = (np.eye(3), matrix @ flip) if fine_second else (matrix, flip)
    unit = np.linalg.inv(_pixels((high, wide)))
    into = tuple(unit @ shift @ m @ _pixels(p.shape) for m, p in zip(pixels, (first, second), strict=True))
    cut = [np.ascontiguousarray(p[part]) for p in (base, warped, mask)]
    if fine_second:
        return Overlap(cut[0], cut[1], cut[2], shares, (into[0], into[1]))
    return Overlap(cut[1], cut[0], cut[2], shares[::-1], (into[0], into[1]))


def _pixels(shape: tuple[int, ...]) -> Matrix:
    """Return the matrix from places 0..1 to pixels of a picture."""
    return np.array([[shape[1], 0, -0.5], [0, shape[0], -0.5], [0, 0, 1]])
