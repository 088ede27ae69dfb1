"""Inner quad: the four corners of a picture that lies on a plain ground, tilted or seen at an angle too.

Plain drawings have few features to be aligned by, but where one was scanned, framed or photographed on a
screen its edges tell where it lies.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""Four places (x, y) in pixels: those of the upper left corner first, then clockwise."""

RING = 2
"""Pixels of the border that show the ground."""
SAME, GROUND = 16, 0.9
"""Levels from its middle colour and share of the border within them."""
APART = 24
"""Levels from which a place is no ground."""
LEAST = 0.2
"""Share of the frame that the quad covers at least."""
FULL = 0.96
"""Share of the hull of all that is no ground which that fills, and share of the hull that the quad covers."""
BLUNT = (0.01, 0.015, 0.02, 0.03, 0.04)
"""Shares of the outline that a corner may be cut by, tried in turn."""


def find_inner_quad(picture: Picture) -> Corners | None:
    """Return where the picture on a plain ground lies in an RGB picture; None where there is no such thing.

    The outline of all that is no ground is simplified to four corners (Douglas and Peucker 1973).
    """
    sides = picture[:RING], picture[-RING:], picture[:, :RING], picture[:, -RING:]
    ring = np.concatenate([side.reshape(-1, 3) for side in sides]).astype(np.int16)
    ground = np.median(ring, axis=0)
    if float((np.abs(ring - ground).max(axis=1) <= SAME).mean()) < GROUND:
        return None
    there = cv2.bitwise_not(cv2.inRange(picture, ground - APART, ground + APART))
    outlines, _ = cv2.findContours(there, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    filled, area = float(cv2.contourArea(outline)), float(cv2.contourArea(hull))
    if area < LEAST * there.size or filled < FULL * area:
        return None
    length = cv2.arcLength(hull, closed=True)
    for blunt in BLUNT:
        corners = cv2.approxPolyDP(hull, blunt * length, closed=True)
        if len(corners) == 4 and FULL <= float(cv2.contourArea(corners)) / area <= 2 - FULL:
            return _in_order(corners[:, 0])
    return None


def quad_matrix(corners: Corners, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the matrix from pixels of a picture of some shape to those of the quad that shows it."""
    height, width = shape[:2]
    whole = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    matrix: NDArray[Any] = cv2.getPerspectiveTransform(whole, corners)
    return matrix


def _in_order(corners: NDArray[Any]) -> Corners:
    """Return four corners clockwise, that of the upper left first."""
    places = corners.astype(np.float32)
    middle = places.mean(axis=0)
    around = places[np.argsort(np.arctan2(*(places - middle).T[::-1]))]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)
