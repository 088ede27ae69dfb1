"""The network's view of a thumbnail: a small square picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def squash(thumbnail: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the RGB thumbnail (height, width, 3) squashed to (side, side, 3).

    The shape is given up on purpose: a crop, a strip or a turn of a squashed picture is again
    what squashing the cropped, extended or turned picture gives.
    """
    picture = Image.fromarray(thumbnail).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture)
