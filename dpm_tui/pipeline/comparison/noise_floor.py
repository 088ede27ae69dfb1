"""Noise floor: how far a difference rises above what coding and resampling leave in the whole pair."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

FLOOR = 0.6
"""Levels that any place may differ by."""
SPOTS = (3, 5, 9)
"""Sides in pixels of the spots that a change is looked for in: an eye of a small figure has three."""


def above_noise_floor(
    one: NDArray[Any], other: NDArray[Any], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return 12 logarithms that set a local change apart from noise, of two aligned light channels.

    What coding leaves grows with the contrast around a place, so each difference is divided by what the
    pair leaves at places of the same contrast. A spot rises by its mean.
    """
    apart = cv2.absdiff(one, other).astype(np.float32)
    near = np.ones((5, 5), np.uint8)
    contrast = cv2.max(*(cv2.morphologyEx(p, cv2.MORPH_GRADIENT, near) for p in (one, other)))
    contrast = contrast.astype(np.float32)
    flat, slope = _usual(apart[inside], contrast[inside])
    above: Map = apart / (FLOOR + flat + slope * contrast)
    above[~inside] = 0
    found = [flat, slope * 100]
    for side in SPOTS:
        spots = cv2.blur(above, (side, side))
        told = spots[inside]
        quantiles = np.quantile(told[:: max(1, side // 3)], (0.9, 0.99)) if told.size else np.zeros(2)
        found += [float(spots.max()), *quantiles.tolist()]
    signed = cv2.blur(one.astype(np.float32) - other.astype(np.float32), (5, 5))
    signed[~inside] = 0
    found.append(float(np.abs(signed).max()))
    return np.log(np.array(found) + 0.1)


def _usual(apart: NDArray[Any], contrast: NDArray[Any]) -> tuple[float, float]:
    """Return the usual difference of flat places, and what each level of contrast adds to it."""
    flat = apart[contrast < 12]
    base = float(flat.mean()) if flat.size > 200 else 0.0
    lively = contrast >= 24
    if int(lively.sum()) < 50:
        return base, 0.02
    shares = np.clip(apart[lively] - base, 0, None) / contrast[lively]
    # The mean of the lower nine tenths: the change itself must not raise what is usual.
    return base, max(float(np.mean(np.minimum(shares, np.quantile(shares, 0.9)))), 0.005)
