"""Alignment by template: finds one picture inside the other by its lightness, flat drawings too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.correlation_refinement import refine
from dpm_tui.pipeline.alignment.feature_alignment import Alignment
from dpm_tui.pipeline.alignment.resampling import Matrix, scaling

Picture = NDArray[np.uint8]

COARSE = 64
"""Long side of the surrounding picture in the first exhaustive look: 12 scales take 2 ms."""
GLANCE = 32
"""The same in a glance before it, at a fifth of the work: what is to be found lies above 0.92 there, and
two in three unrelated pairs below ``PROMISING``."""
SHRINK = 0.94
"""Step from one scale to the next; correlation tolerates half of it."""
SCALES = 12
"""Steps down from filling the frame: to half of its sides, a crop to a quarter of the area."""
NEAR = 5
"""Steps by which the scale that fits best at a glance may be off."""
SMALLEST = 14
"""Shortest side of the part at ``COARSE``; less matches anywhere."""
PROMISING = 0.80
"""Correlation in the first look from which it pays to look closer; few unrelated pairs reach it."""
FOUND = 0.96
"""Correlation after refinement from which one picture is inside the other."""
PLAIN = 4.0
"""Spread of lightness in levels below which a part has nothing to be found by."""


_MOST = 1.001


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the part lies: sides and corner as shares of the surrounding picture's sides."""

    width: float
    height: float
    left: float
    top: float
    likeness: float
    step: int
    """Steps down from filling the frame."""


_NOWHERE = _Place(0, 0, 0, 0, -1.0, 0)


@dataclass(frozen=True, slots=True)
class Glance:
    """Where, at a glance, the second of two pictures may lie in the first, and the first in the second."""

    places: tuple[_Place, _Place]

    @property
    def promises(self) -> bool:
        """Whether one of them may contain the other."""
        return max(place.likeness for place in self.places) >= PROMISING


def glance(one: NDArray[Any], other: NDArray[Any]) -> Glance:
    """Return what a glance at two grey pictures tells."""
    if min(float(one.std()), float(other.std())) < PLAIN:
        return Glance((_NOWHERE, _NOWHERE))
    return Glance((_look(one, other, GLANCE), _look(other, one, GLANCE)))


def search(first: Picture, second: Picture, seen: Glance | None = None) -> Alignment | None:
    """Return how two RGB pictures lie over each other if one contains the other upright, or None.

    Normalised correlation over shifts, and over scales near to what was ``seen`` at a glance; then refined.
    """
    one, other = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (first, second))
    inside, outside = (seen or glance(one, other)).places
    looks = [
        (_look(around, part, COARSE, hint.step), swapped)
        for around, part, hint, swapped in ((one, other, inside, False), (other, one, outside, True))
        if hint.likeness >= PROMISING
    ]
    place, swapped = max(looks, key=lambda look: look[0].likeness, default=(_NOWHERE, False))
    if place.likeness < PROMISING:
        return None
    around, part = (other, one) if swapped else (one, other)
    x, y = place.width * around.shape[1] / part.shape[1], place.height * around.shape[0] / part.shape[0]
    left, top = place.left * around.shape[1], place.top * around.shape[0]
    found = refine(around, part, scaling(x, y, left, top))
    if found is None:
        return None
    matrix: Matrix = np.asarray(np.linalg.inv(found.matrix) if swapped else found.matrix, np.float64)
    return Alignment(matrix / matrix[2, 2], False, 0, weak=found.correlation < FOUND)


def lay_into_quad(around: Picture, part: Picture, matrix: Matrix) -> Alignment | None:
    """Return how an RGB picture lies in another one, near to where ``matrix`` says, or None."""
    field, small = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (around, part))
    found = refine(field, small, matrix)
    if found is None:
        return None
    # All that a frame and its ground say is where the picture lies, not what it shows.
    return Alignment(found.matrix / found.matrix[2, 2], False, 0, weak=True)


def _look(around: NDArray[Any], part: NDArray[Any], side: int, near: int | None = None) -> _Place:
    """Return where a part fits best, at all scales or at those ``near`` to a number of steps down."""
    field = _shrunk(around, side)
    height, width = field.shape
    best = _NOWHERE
    fill = min(width / part.shape[1], height / part.shape[0])
    small = _shrunk(part, side)
    for k in range(SCALES) if near is None else range(max(near - NEAR, 0), min(near + NEAR + 1, SCALES)):
        size = (round(part.shape[1] * fill * SHRINK**k), round(part.shape[0] * fill * SHRINK**k))
        if min(size) < SMALLEST * side / COARSE:
            break
        likeness, (left, top) = _match(field, cv2.resize(small, size, interpolation=cv2.INTER_AREA))
        if likeness > best.likeness:
            best = _Place(size[0] / width, size[1] / height, left / width, top / height, likeness, k)
    return best


def _match(field: NDArray[Any], part: NDArray[Any]) -> tuple[float, tuple[int, int]]:
    likeness = cv2.matchTemplate(field, part, cv2.TM_CCOEFF_NORMED)
    _, highest, _, place = cv2.minMaxLoc(likeness)
    if not highest < _MOST:
        # Where a window is flat, what is divided by nothing may be anything.
        likeness[~(np.abs(likeness) < _MOST)] = -1
        _, highest, _, place = cv2.minMaxLoc(likeness)
    return float(highest), (int(place[0]), int(place[1]))


def _shrunk(grey: NDArray[Any], side: int) -> NDArray[Any]:
    factor = side / max(grey.shape)
    if factor >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
