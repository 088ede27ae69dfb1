"""Light tone: the small change of a whole picture's colours that a copy may have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

MOST = np.array([0.16, 0.16, 0.16, 0.2, 0.25, 0.08], np.float32)
"""Bounds of the gains of red, green and blue, of saturation, of the curve (a gamma of 0.85 is 0.24) and of
the offset: brightness, contrast, saturation or white balance off by a tenth, or some at once, stay inside."""
PULL = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 1.0])
"""Pull of each towards 'no change', in pixels of full range."""
SCALES = (40 / 255, 20 / 255, 10 / 255)
"""What a round of the fit takes for far off: at first all count, at last not what differs in one part."""
CLIPPED = 6 / 255
"""A target this close to black or white may have been cut off there."""
STRIDE = 2
"""Every so manyth row is fitted."""
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


def fit_light_tone(source: NDArray[np.uint8], target: NDArray[np.uint8]) -> tuple[Numbers, float]:
    """Return the six numbers, bounded by ``MOST``, that turn one RGB picture into another of its frame, and
    the mean distance in levels that they leave.

    Both pictures are ``shrunk``.
    """
    x, y = (p[::STRIDE].reshape(-1, 3).astype(np.float32) / np.float32(255) for p in (source, target))
    terms = _terms(x)
    inputs = terms.reshape(-1, terms.shape[-1])
    missing = y - x
    high, low = y > 1 - CLIPPED, y < CLIPPED
    weights = np.zeros(len(MOST), np.float32)
    toned, trust, left = x, np.ones(len(x), np.float32), missing
    for scale in SCALES:
        # What lies beyond white or black was cut off there, and is met however far beyond.
        met = (high & (toned >= y)) | (low & (toned <= y))
        weighted = inputs * (trust[:, None] * ~met).reshape(-1, 1)
        gram = (weighted.T @ inputs).astype(np.float64) + np.diag(PULL)
        found = np.linalg.solve(gram, (weighted.T @ missing.ravel()).astype(np.float64))
        weights = np.clip(found.astype(np.float32), -MOST, MOST)
        toned = x + terms @ weights
        left = np.abs(np.clip(toned, 0, 1) - y).max(axis=1)
        trust = 1 / (1 + (left / np.float32(scale)) ** 2) ** 2
    return weights, float(left.mean()) * 255


def apply_light_tone(picture: NDArray[np.uint8], weights: Numbers) -> NDArray[np.uint8]:
    """Return the RGB picture in that tone."""
    if not np.abs(weights).max() > 0.002:
        return picture
    x = picture.reshape(-1, 3).astype(np.float32) / np.float32(255)
    # One matrix does all but the curve.
    matrix = np.diag(1 + weights[:3] + weights[3] + weights[4]) - weights[3] * np.outer(_GREY, np.ones(3))
    toned = x @ matrix.astype(np.float32) + weights[5] - weights[4] * x * x
    changed: NDArray[np.uint8] = (np.clip(toned, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    return changed.reshape(picture.shape)


def _terms(x: Numbers) -> Numbers:
    """Return a row of six inputs for each channel of each place."""
    terms = np.zeros((len(x), 3, len(MOST)), np.float32)
    for channel in range(3):
        terms[:, channel, channel] = x[:, channel]
    terms[..., 3] = x - (x @ _GREY)[:, None]
    terms[..., 4] = x * (1 - x)
    terms[..., 5] = 1
    return terms
