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
    one: NDArray[Any], other: NDArray[Any], inside: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    """Return 12 logarithms that set a local change apart from noise, of two aligned light channels.

    ``inside`` says where both are; None is everywhere. What coding leaves grows with the contrast around a
    place, so each difference is divided by what the pair leaves at places of the same contrast. A spot rises
    by its mean.
    """
    apart = cv2.absdiff(one, other).astype(np.float32)
    near = np.ones((5, 5), np.uint8)
    contrast = cv2.max(*(cv2.morphologyEx(p, cv2.MORPH_GRADIENT, near) for p in (one, other)))
    contrast = contrast.astype(np.float32)
    there = slice(None) if inside is None else inside
    flat, slope = _usual(apart[there].ravel(), contrast[there].ravel())
    above: Map = apart / (np.float32(FLOOR + flat) + np.float32(slope) * contrast)
    if inside is not None:
        above[~inside] = 0
    found = [flat, slope * 100]
    for side in SPOTS:
        spots = cv2.blur(above, (side, side))
        told = spots[there].ravel()[:: max(1, side // 3)]
        found += [float(spots.max()), *_high(told)]
    signed = cv2.blur(cv2.subtract(one, other, dtype=cv2.CV_32F), (5, 5))
    if inside is not None:
        signed[~inside] = 0
    found.append(max(float(signed.max()), -float(signed.min())))
    return np.log(np.array(found) + 0.1)


def _high(values: NDArray[Any]) -> list[float]:
    """Return the values that nine tenths, and all but a hundredth, stay below."""
    if not values.size:
        return [0.0, 0.0]
    places = [round((len(values) - 1) * share) for share in (0.9, 0.99)]
    parted = np.partition(values, places)
    return [float(parted[place]) for place in places]


def _usual(apart: NDArray[Any], contrast: NDArray[Any]) -> tuple[float, float]:
    """Return the usual difference of flat places, and what each level of contrast adds to it."""
    flat = apart[contrast < 12]
    base = float(flat.mean()) if flat.size > 200 else 0.0
    lively = contrast >= 24
    if int(lively.sum()) < 50:
        return base, 0.02
    shares = np.clip(apart[lively] - base, 0, None) / contrast[lively]
    # The mean of the lower nine tenths: the change itself must not raise what is usual.
    return base, max(float(np.mean(np.minimum(shares, _high(shares)[0]))), 0.005)
