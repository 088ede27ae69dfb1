"""Inner picture: what lies between the bars or inside the frame that somebody put around a picture.

Bars are of one colour, or show the picture again, enlarged and blurred, as phones fill a screen of another
shape.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

LEAST_BAR = 0.06
"""Share of a side that both bars together take at least: less hardly moves a fingerprint."""
LEAST_INNER = 0.25
"""Share of a side that is left at least."""
FAINT = 0.35
"""Share of the detail of the middle that a bar may have."""
PLAIN = 1.0
"""Mean step in levels between neighbours below which the middle has no detail to compare with."""
SEAM, ALONG = 6.0, 0.5
"""Levels of a step across the edge of a bar, and the share of that edge that has it: what merely stands
before something plain has no straight edge."""
_STEP = 32.0
"""Levels from which a step counts no more: one line across a bar does not make it a picture."""


def find_inner_picture(pixels: Picture) -> Picture | None:
    """Return the inner picture of an RGB array (height, width, 3), None where nothing surrounds it."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    left, right = _find_inner(grey)
    top, bottom = _find_inner(np.ascontiguousarray(grey[:, left:right].T))
    if (bottom - top, right - left) == grey.shape:
        return None
    return pixels[top:bottom, left:right]


def _find_inner(grey: NDArray[np.float32]) -> tuple[int, int]:
    """Return the columns between which the inner picture lies; all of them where no bars are."""
    count = grey.shape[1]
    most = int(count * (1 - LEAST_INNER) / 2)
    if most < 4 or len(grey) < 2:
        return 0, count
    detail = np.minimum(np.abs(np.diff(grey, axis=0)), _STEP).mean(axis=0)
    middle = float(np.median(detail[count // 3 : count - count // 3]))
    if middle < PLAIN:
        return 0, count
    # Resizing spreads an edge over two pixels.
    seams = (np.abs(grey[:, 2:] - grey[:, :-2]) >= SEAM).mean(axis=0)
    # Bars are put on both sides alike, but for a rounding.
    ahead, behind = seams[:most], seams[::-1][:most]
    about = np.maximum(behind, np.maximum(np.roll(behind, 1), np.roll(behind, -1)))
    both = np.minimum(ahead, about)
    for bar in (detail, detail[::-1]):
        mean = np.cumsum(bar[:most]) / np.arange(1, most + 1)
        both[mean >= FAINT * middle] = 0
    both[: int(LEAST_BAR * count / 2)] = 0
    if both.max() < ALONG:
        return 0, count
    # Of the two lines that an edge is spread over the inner one begins the picture.
    width = int(np.flatnonzero(both >= 0.9 * both.max())[-1]) + 1
    return width, count - width
