"""Frame shift: whether two pictures of one frame lie a little off each other, as after shaving a rim off."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SHIFTED = 0.6
"""Pixels by which a quarter must lie off: every shaved picture has one. Saving and palettes stay below,
resizing reaches more in one pair of ten, which only costs another look."""
SURE = 0.2
"""Peak of the correlation from which its place is believed: one in thirty unlike quarters has it."""
SMALLEST = 24
"""Shortest side of a quarter that can be correlated."""


def has_shifted(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Return whether some quarter of two RGB pictures of one size (height, width, 3) lies off the other's.

    Phase correlation (Kuglin and Hines 1975); what differs in content moves nothing.
    """
    one, other = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float32) for p in (first, second))
    height, width = (side // 2 for side in one.shape)
    if min(height, width) < SMALLEST:
        return False
    window = _window(height, width)
    for top in (0, one.shape[0] - height):
        for left in (0, one.shape[1] - width):
            part = slice(top, top + height), slice(left, left + width)
            (right, down), peak = cv2.phaseCorrelate(one[part], other[part], window)
            if peak >= SURE and max(abs(right), abs(down)) >= SHIFTED:
                return True
    return False


@lru_cache(8)
def _window(height: int, width: int) -> NDArray[Any]:
    window: NDArray[Any] = cv2.createHanningWindow((width, height), cv2.CV_32F)
    return window
