"""Blur: the small filter that turns the sharper of two aligned pictures into the other."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Channels = NDArray[Any]

REACH = 2
"""Pixels to each side that the filter sees: undoes other resampling, sharpening and shifts up to a pixel."""
STRIDE = 2
"""Every so manyth place to each side is fitted: a quarter of the pixels give the same 25 numbers."""
PULL = 30.0
"""Pull towards 'no change', in places with a contrast of one level: keeps a flat picture from ringing."""
ROUNDS = 2
"""Rounds of the fit; the second leaves out what differs by more than noise."""


def blur_alike(one: Channels, other: Channels) -> tuple[Channels, Channels]:
    """Return both pictures (height, width, channels), the sharper one filtered to be like the other.

    Ridge regression of the first channel on its 5 x 5 surroundings, and once more without the places that
    it fits badly; the other channels are filtered with the same weights.
    """
    sharp = [_sharpness(p[..., 0]) for p in (one, other)]
    swapped = sharp[1] > sharp[0]
    source, target = (other, one) if swapped else (one, other)
    weights = _fit(source[..., 0], target[..., 0])
    filtered = cv2.filter2D(source, -1, weights, borderType=cv2.BORDER_REFLECT)
    return (target, filtered) if swapped else (filtered, target)


def _sharpness(light: Channels) -> float:
    return float(cv2.mean(cv2.convertScaleAbs(cv2.Laplacian(light, cv2.CV_16S)))[0])


def _fit(source: Channels, target: Channels) -> NDArray[np.float32]:
    side = 2 * REACH + 1
    padded = cv2.copyMakeBorder(source, REACH, REACH, REACH, REACH, cv2.BORDER_REFLECT).astype(np.float32)
    height, width = source.shape
    middle = source[::STRIDE, ::STRIDE].astype(np.float32).ravel()
    columns = [
        padded[y : y + height : STRIDE, x : x + width : STRIDE].ravel() - middle
        for y in range(side)
        for x in range(side)
        if (y, x) != (REACH, REACH)
    ]
    around = np.stack(columns)
    missing = target[::STRIDE, ::STRIDE].astype(np.float32).ravel() - middle
    trust = np.ones_like(missing)
    found = np.zeros(len(around))
    for _ in range(ROUNDS):
        weighted = around * trust
        gram = (weighted @ around.T).astype(np.float64) + PULL * np.eye(len(around))
        found = np.linalg.solve(gram, (weighted @ missing).astype(np.float64))
        left = np.abs(missing - found.astype(np.float32) @ around)
        trust = (left < max(3.0, 4 * float(left.mean()))).astype(np.float32)
    weights = np.insert(found, REACH * side + REACH, 1 - found.sum())
    return weights.reshape(side, side).astype(np.float32)
