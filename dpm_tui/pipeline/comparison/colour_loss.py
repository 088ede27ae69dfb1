"""Colour loss: which of two pictures of one frame lost its colours, and whether all of them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.verdict import Alteration

Picture = NDArray[np.uint8]

SIDE = 64
"""Pixels of the longest side that colours are looked at: coarse coding leaves those of large areas."""
GREY, COLOURED = 1.5, 3.0
"""Levels off grey on average that a grey picture has at most, and levels that colours are off those of their
lightness at least in a picture that has more than one tone: a grey picture beside its sepia copy lost
nothing."""
ONE_TONE, TONED = 4.0, 0.35
"""Levels by which colours are off those of their lightness in a picture of one tone, and share of those of
the other picture, at most: sepia comes to 2.5 and a fifth, a light fading to two thirds."""


def find_colour_loss(
    first: Picture, second: Picture, mask: NDArray[np.uint8] | None
) -> tuple[Alteration, int] | None:
    """Return which of two RGB pictures is grey or of one tone where the other has colours, and which of both.

    A picture is of one tone where its colours follow from its lightness, as in sepia. None where that is
    true of neither or of both.
    """
    one, other = (_look(picture, mask) for picture in (first, second))
    poorer = int(other < one)
    (off, colour), (off_better, _) = (other, one) if poorer else (one, other)
    if off_better < COLOURED:
        return None
    if colour <= GREY:
        return Alteration.GREY, poorer
    return (Alteration.TINTED, poorer) if off <= min(ONE_TONE, TONED * off_better) else None


def _look(picture: Picture, mask: NDArray[np.uint8] | None) -> tuple[float, float]:
    """Return how far colours are off those of their lightness, and off grey, in levels."""
    factor = min(1.0, SIDE / max(picture.shape[:2]))
    size = tuple(max(1, round(side * factor)) for side in picture.shape[1::-1])
    small: NDArray[Any] = cv2.cvtColor(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB
    )
    lab = small.reshape(-1, 3).astype(np.float64)
    if mask is not None:
        lab = lab[cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST).ravel() > 0]
    if len(lab) < 16:
        return 0.0, 0.0
    colours = lab[:, 1:] - 128
    light = lab[:, :1] / 255
    curve = np.hstack([np.ones_like(light), light, light**2, light**3])
    fit = np.linalg.lstsq(curve, colours, rcond=None)[0]
    off = np.hypot(*(colours - curve @ fit).T)
    return float(np.sqrt((off**2).mean())), float(np.hypot(*colours.T).mean())
