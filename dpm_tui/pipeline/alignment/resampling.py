"""Resampling: a picture at another size, and the matrix between the two.

The middles of pixels have whole numbers, so a picture twice as wide begins half a pixel further out.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""Three by three: from places in one picture to those in another."""


def resize(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture at a size (width, height): places are averaged to shrink, blended to enlarge."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    smaller = picture.shape[1] >= size[0]
    resized: NDArray[Any] = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    )
    return resized


def scaling(across: float, down: float, left: float = 0.0, top: float = 0.0) -> Matrix:
    """Return the matrix that makes a picture so many times as wide and high, with its corner at a place."""
    return np.array([[across, 0, left + (across - 1) / 2], [0, down, top + (down - 1) / 2], [0, 0, 1]])
