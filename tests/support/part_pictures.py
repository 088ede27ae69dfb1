"""The parts of a picture as pictures of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.crop_search import BOXES


def cut_parts(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return the COUNT parts of an RGB picture (height, width, 3), each of half its sides, as BOXES has them.

    A copy cropped to a quarter of the area is near to one of them, and a picture that fills a quarter of
    a collage or a screenshot is one of them, or nearly.
    """
    height, width = picture.shape[:2]
    high, wide = max(height // 2, 1), max(width // 2, 1)
    corners = [(int(2 * box[0] * (height - high)), int(2 * box[1] * (width - wide))) for box in BOXES]
    return [picture[top : top + high, left : left + wide] for top, left in corners]
