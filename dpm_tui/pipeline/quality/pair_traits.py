"""Traits of a pair: what of each of two aligned pictures cannot be predicted from the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.quality.common_frame import LONGEST, to_common_size
from dpm_tui.pipeline.quality.sample_region import Picture

Numbers = NDArray[np.float64]
Planes = NDArray[np.float32]

PART = 640
"""Longest side of the part that is compared at the size of the larger picture."""
REACH = 2
SAMPLES = 12_000
"""Places that a filter is fitted on."""


def measure_pair(first: Picture, second: Picture, common: tuple[Picture, Picture] | None = None) -> Numbers:
    """Return what of the first RGB picture cannot be predicted from the second, and the other way round.

    Each is predicted from the other by the best filter of 5 x 5, once at the size of the smaller and once,
    in the middle, at the size of the larger: an enlargement follows wholly from its source, an original
    does not follow from a blurred or coarse copy. Logarithms of levels: mean and upper tenth of the
    lightness, mean of the colours; eight numbers a size, those of the first picture and those of the second
    by turns. ``common`` are both at the size of the smaller, where somebody has made them so already.
    """
    larger = first if first.shape[0] * first.shape[1] >= second.shape[0] * second.shape[1] else second
    whole = _residuals(*(common or to_common_size(first, second)))
    parts = _middle(first, second, larger)
    close = whole if parts is None else _residuals(*parts)
    return np.concatenate([whole, close])


def _middle(first: Picture, second: Picture, larger: Picture) -> tuple[Picture, Picture] | None:
    """Return the part of both with most contrast at the larger size; None where both are small and alike."""
    height, width = larger.shape[:2]
    if first.shape == second.shape and max(height, width) <= LONGEST:
        return None
    high, wide = min(height, PART), min(width, PART)
    top, left = (height - high) // 2, (width - wide) // 2
    parts = []
    for picture in (first, second):
        down, across = picture.shape[0] / height, picture.shape[1] / width
        matrix = np.array(
            [[across, 0, (left + 0.5) * across - 0.5], [0, down, (top + 0.5) * down - 0.5]], np.float64
        )
        if picture.shape == larger.shape:
            parts.append(np.ascontiguousarray(picture[top : top + high, left : left + wide]))
            continue
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        parts.append(
            cv2.warpAffine(picture, matrix, (wide, high), flags=flags, borderMode=cv2.BORDER_REFLECT)
        )
    return parts[0], parts[1]


def _residuals(first: Picture, second: Picture) -> Numbers:
    one, other = (cv2.split(cv2.cvtColor(p, cv2.COLOR_RGB2YCrCb)) for p in (first, second))
    ways = [_unexplained(a, b) for a, b in ((one, other), (other, one))]
    return np.array([value for both in zip(*ways, strict=True) for value in both])


def _unexplained(target: Sequence[NDArray[Any]], source: Sequence[NDArray[Any]]) -> list[float]:
    """Return logarithms of what the best filter of ``source`` leaves of ``target``, and of its own detail."""
    height, width = target[0].shape
    if min(height, width) < 4 * REACH + 2:
        return [0.0, 0.0, 0.0, 0.0]
    count = (height - 2 * REACH) * (width - 2 * REACH)
    chosen = np.arange(0, count, max(count // SAMPLES, 1))
    # An odd stride would keep to a few columns where it divides the width.
    chosen = (chosen + chosen // max(width, 1) * 7) % count
    places = (chosen // (width - 2 * REACH) + REACH) * width + chosen % (width - 2 * REACH) + REACH
    own, others = ([plane.ravel() for plane in planes] for planes in (target, source))
    wide = [y * width + x for y in range(-REACH, REACH + 1) for x in range(-REACH, REACH + 1)]
    near = [y * width + x for y in (-1, 0, 1) for x in (-1, 0, 1)]
    goal = [plane[places].astype(np.float32) for plane in own]
    left = _left(_gather(others[0], places, wide), goal[0])
    here = np.stack([plane[places] for plane in others]).astype(np.float32)
    colours = [
        _left(np.concatenate([_gather(others[channel], places, near), here]), goal[channel])
        for channel in (1, 2)
    ]
    fine = np.abs(4 * goal[0] - _gather(own[0], places, [1, width, -1, -width]).sum(axis=0))
    tenth = int(0.9 * (len(left) - 1))
    found = [
        left.mean(),
        np.partition(left, tenth)[tenth],
        np.mean([each.mean() for each in colours]),
        left.mean() / (fine.mean() + 1),
    ]
    return [float(value) for value in np.log(np.array(found, np.float64) + 0.02)]


def _gather(plane: NDArray[Any], places: NDArray[Any], steps: list[int]) -> Planes:
    """Return the values at some steps from each place, a row a step."""
    found = np.empty((len(steps), len(places)), np.float32)
    for row, step in zip(found, steps, strict=True):
        row[:] = plane[places + step]
    return found


def _left(inputs: Planes, goal: Planes) -> Planes:
    """Return what a ridge regression with a constant leaves of the goal; inputs are a row each."""
    centred = inputs - inputs.mean(axis=1, keepdims=True)
    aimed = goal - goal.mean()
    gram = (centred @ centred.T).astype(np.float64) + len(goal) * 1e-2 * np.eye(len(inputs))
    weights = np.linalg.solve(gram, (centred @ aimed).astype(np.float64))
    left: Planes = np.abs(aimed - weights.astype(np.float32) @ centred)
    return left
