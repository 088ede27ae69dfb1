"""Tone: the colour change that turns one picture into another, fitted so that local edits do not bend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SAMPLE = 40
"""Side of the small pictures a tone is fitted on: 1600 pixels take 0.5 ms and carry any global curve."""
ROUNDS = 4
"""Reweighted least squares settle after three rounds; one more costs 0.1 ms."""
CLIPPED = 6 / 255
"""A target this close to black or white may have been cut off there, so it says little about the curve."""
PULL = np.float32(0.3)
"""Pull of gain and offset towards 'no change', in pixels of full range: keeps two or three flat colours
from being explained by a wild curve."""
CURVE_PULL = np.float32(1.5)
"""The same for the squared and the mixed terms, which few colours determine less well."""
STRONG_SHIFT = 38.0
"""Mean change in levels (of 255) from which a tone counts as strong: brightness, contrast and saturation
each off by 30 % stay below in most pictures, a colour filter, sepia or inversion lies above."""
STRONG_FADE = 0.45
"""Share of saturation kept below which a colourful picture counts as grey or faded."""
COLOURFUL = 10.0
"""Mean saturation in levels above which losing colour is a visible change."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour change: each output channel from the three inputs, its own square and a constant."""

    weights: NDArray[np.float32]
    """Five rows (red, green, blue, own square, one) of three output channels; colours run 0..1."""
    residual: float
    """Median colour distance, in levels a channel, that the fit leaves."""

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the RGB picture (height, width, 3) with its colours changed and cut to 0..255."""
        linear = np.ascontiguousarray(np.vstack([self.weights[:3], self.weights[4] * 255]).T)
        values = cv2.transform(picture.astype(np.float32), linear)
        values += cv2.multiply(picture, picture, scale=1 / 255, dtype=cv2.CV_32F) * self.weights[3]
        changed: NDArray[np.uint8] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
        return changed


UNCHANGED = Tone(np.vstack([np.eye(3), np.zeros((2, 3))]).astype(np.float32), 0.0)


def fit_tone(
    source: NDArray[np.uint8], target: NDArray[np.uint8], mask: NDArray[np.uint8] | None = None
) -> Tone:
    """Fit the tone that turns one RGB picture into another of the same frame, where the mask is 255.

    Reweighted least squares with Geman-McClure weights: what differs in one place only is an outlier.
    """
    x, y = _sample(source), _sample(target)
    valid = np.ones(len(x), np.float32) if mask is None else _sample_mask(mask)
    inputs = [np.concatenate([x, x[:, c : c + 1] ** 2, np.ones_like(x[:, :1])], axis=1) for c in range(3)]
    open_ended = np.where((y > CLIPPED) & (y < 1 - CLIPPED), np.float32(1), np.float32(0.05))
    weights = UNCHANGED.weights.copy()
    trust: NDArray[Any] = valid
    middle = 0.0
    for _ in range(ROUNDS):
        for c in range(3):
            pull = np.full(5, CURVE_PULL)
            pull[[c, 4]] = PULL
            weighted = inputs[c] * (trust * open_ended[:, c])[:, None]
            missing = y[:, c] - inputs[c] @ UNCHANGED.weights[:, c]
            bend = np.linalg.solve(weighted.T @ inputs[c] + np.diag(pull), weighted.T @ missing)
            weights[:, c] = UNCHANGED.weights[:, c] + bend
        fitted = np.stack([inputs[c] @ weights[:, c] for c in range(3)], axis=1)
        left = np.abs(np.clip(fitted, 0, 1) - y).sum(axis=1)
        middle = float(np.median(left[valid > 0])) if valid.any() else 0.0
        trust = valid / (1 + (left / max(2 * middle, CLIPPED)) ** 2) ** 2
    return Tone(weights, middle * 255 / 3)


def is_strong(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    """Return whether a tone changed an RGB picture so much that it counts as edited, in either direction."""
    old, new = _sample(before) * 255, _sample(after) * 255
    if float(np.abs(old - new).mean()) >= STRONG_SHIFT:
        return True
    colour = sorted(float(np.ptp(p, axis=1).mean()) for p in (old, new))
    return colour[1] >= COLOURFUL and colour[0] < STRONG_FADE * colour[1]


def _sample(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(picture, (SAMPLE, SAMPLE), interpolation=cv2.INTER_AREA)
    flat: NDArray[np.float32] = small.reshape(-1, 3).astype(np.float32) / np.float32(255)
    return flat


def _sample_mask(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(mask, (SAMPLE, SAMPLE), interpolation=cv2.INTER_AREA)
    flat: NDArray[np.float32] = (small.reshape(-1) > 250).astype(np.float32)
    return flat
