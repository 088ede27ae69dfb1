"""Salvage: the part of a broken picture that can be decoded, and how large it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFile

from dpm_tui.pipeline.loading.jpeg_stream import END, measure_grey
from dpm_tui.pipeline.loading.safe_open import JPEG_FORMATS, MEMORY_BYTES, open_picture

ROW_BY_ROW = ("JPEG", "MPO", "PNG", "GIF", "BMP", "TIFF")
"""Formats whose decoders write samples as they come; others give all of a picture or nothing."""

_ROWS = 256

Box = tuple[int, int, int, int]


def salvage(content: bytes, image: Image.Image, memory: int = MEMORY_BYTES) -> tuple[Image.Image, float]:
    """Return what is left of a picture of a format ROW_BY_ROW, and the share of it that can be seen.

    It has the size of ``image``. Raises whatever a decoder raises where nothing can be seen.
    """
    if image.format in JPEG_FORMATS:
        jpeg = open_picture(content + END, memory)  # where a stream ends early, grey takes its place
        if jpeg.size != image.size:
            scale = -(-jpeg.width // image.width)
            jpeg.draft(None, (max(jpeg.width // scale, 1), max(jpeg.height // scale, 1)))
        jpeg.load()
        return jpeg, 1.0 - measure_grey(jpeg)
    dark, light = (open_picture(content, memory) for _ in range(2))
    places = [tile[1] for tile in getattr(dark, "tile", ())] if image.format == "GIF" else []
    _load_over(dark, 0)
    _load_over(light, 255)
    return dark, _share_alike(dark, light, places or [(0, 0, *dark.size)])


def _load_over(image: Image.Image, level: int) -> None:
    """Load a picture as far as it goes, over samples of one level."""
    assert isinstance(image, ImageFile.ImageFile)
    vars(image)["load_prepare"] = _filling(image, image.load_prepare, level)
    try:
        image.load()
    except MemoryError:
        raise
    except Exception:  # what was decoded before stays
        if image._im is None:
            raise
    image.tile = []  # nothing is left to load
    if image.size != image.im.size:
        image.load_end()  # Pillow takes the TIFF for turned upright already


def _filling(image: ImageFile.ImageFile, prepare: Callable[[], None], level: int) -> Callable[[], None]:
    def fill() -> None:
        prepare()
        bands = image.im.bands
        image.im.paste(level if bands == 1 else (level,) * bands, (0, 0, *image.im.size))

    return fill


def _share_alike(one: Image.Image, other: Image.Image, boxes: list[Box]) -> float:
    """Return the share of the samples within ``boxes`` that do not depend on what was there before."""
    same = total = 0
    for left, top, right, bottom in boxes:
        for row in range(top, bottom, _ROWS):
            box = (left, row, right, min(row + _ROWS, bottom))
            samples = np.asarray(one.crop(box)) == np.asarray(other.crop(box))
            same, total = same + int(samples.sum()), total + samples.size
    return same / total if total else 0.0
