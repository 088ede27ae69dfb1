"""Vignette: corners that a filter made darker in one of two pictures of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.tone import SAMPLE, fit_tone, sample_colours, shrunk

Picture = NDArray[np.uint8]

SEEN = 0.12
"""Share of the light that corners must have lost to count: lenses and light tones take less."""
_MOST = 0.85
_ROUNDS = 2
"""A tone that is fitted to darkened corners takes in some of them, and less once they are lifted."""
_LOOSE = 20 / 255
_AXIS = np.linspace(-1, 1, SAMPLE, dtype=np.float32) ** 2
_FALL = ((_AXIS + _AXIS[:, None]) / 2).reshape(-1, 1)
"""How far out the places of a small picture lie: the square of the distance, 1 in the corners."""


def lift_corners(first: Picture, second: Picture) -> tuple[Picture, Picture] | None:
    """Return two RGB pictures of one size without the dark corners that one of them has; None if none has.

    Light falls with the square of the distance from the middle, as most filters have it.
    """
    small = [shrunk(picture) for picture in (first, second)]
    lost = [0.0, 0.0]
    for _ in range(_ROUNDS):
        share = _fit(small[0], small[1])
        side = int(share > 0)
        lost[side] = 1 - (1 - lost[side]) * (1 - min(abs(share), _MOST))
        small[side] = _lift(small[side], abs(share))
    apart = lost[1] - lost[0]
    if not SEEN <= abs(apart) <= _MOST:
        return None
    return (first, _lift(second, apart)) if apart > 0 else (_lift(first, -apart), second)


def _fit(first: Picture, second: Picture) -> float:
    """Return the share of light that the corners of the second small picture lack; of the first below 0."""
    toned, there = (sample_colours(p) for p in (fit_tone(first, second, rich=True).apply(first), second))
    inputs = np.stack([toned, toned * _FALL], axis=-1).reshape(-1, 2)
    goal = there.reshape(-1)
    trust: NDArray[Any] = np.ones(there.size, np.float32)
    gain = np.array([1.0, 0.0])
    for _ in range(3):
        weighted = inputs * trust[:, None]
        gain = np.linalg.solve((weighted.T @ inputs).astype(np.float64) + np.eye(2) * 1e-3, weighted.T @ goal)
        trust = 1 / (1 + ((inputs @ gain.astype(np.float32) - goal) / np.float32(_LOOSE)) ** 2) ** 2
    middle, corner = float(gain[0]), float(gain.sum())
    if min(middle, corner) <= 0:
        return 0.0
    return 1 - corner / middle if corner <= middle else middle / corner - 1


def _lift(picture: Picture, lost: float) -> Picture:
    """Return a picture with the light that its corners lost."""
    height, width = picture.shape[:2]
    down, across = (np.linspace(-1, 1, side, dtype=np.float32) ** 2 for side in (height, width))
    left = 1 - np.float32(min(lost, _MOST)) * (across + down[:, None]) / 2
    lifted: Picture = np.clip(picture / left[..., None], 0, 255).astype(np.uint8)
    return lifted
