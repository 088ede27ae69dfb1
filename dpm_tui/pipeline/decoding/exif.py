"""EXIF data: how a picture is turned upright, and when it was taken."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_exif(image: Image.Image) -> Image.Exif:
    """Return the EXIF data. Broken data count as none: a picture that decodes must not fail for them.

    Those of a PNG may stand behind its samples, which are loaded first: raises what a decoder raises.
    """
    if image.format == "PNG":
        image.load()
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return image.getexif()
    return Image.Exif()


def read_orientation(image: Image.Image) -> int:
    """Return the orientation 1..8 that EXIF data name; any other is 1.

    A TIFF turns itself upright as it is loaded and has none from then on.
    """
    return check_orientation(read_exif(image).get(ExifTags.Base.Orientation, 1))


def check_orientation(value: Any) -> int:
    """Return an orientation if it is one, else 1."""
    return value if isinstance(value, int) and value in _TURNS else 1


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture of that orientation upright."""
    turn = _TURNS.get(orientation)
    return image.transpose(turn) if turn is not None else image


Box = tuple[int, int, int, int]


def stored_box(box: Box, size: tuple[int, int], orientation: int) -> Box:
    """Return where a part of an upright picture of that size lies in the picture as it is stored."""
    left, top, right, bottom = box
    width, height = size
    if orientation in (2, 3, 7, 6):
        left, right = width - right, width - left
    if orientation in (3, 4, 7, 8):
        top, bottom = height - bottom, height - top
    return (top, left, bottom, right) if orientation >= 5 else (left, top, right, bottom)


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return the size that a picture of that orientation has once it is upright."""
    return size[::-1] if orientation >= 5 else size


def turn_samples(samples: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return the samples (height, width, 3) of a picture of that orientation upright."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    return np.ascontiguousarray(samples)


def read_date(exif: Image.Exif) -> str:
    """Return when the picture was taken, ``YYYY-MM-DD HH:MM:SS``, the day alone or empty."""
    with contextlib.suppress(Exception):
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
        date, _, time = text.strip("\0 ").partition(" ")
        if _is_clock(date, 10):
            return f"{date.replace(':', '-')} {time[:8] if _is_clock(time[:8], 8) else ''}".strip()
    return ""


def _is_clock(text: str, length: int) -> bool:
    """Return whether a text, which may be anything at all, is digits and colons."""
    return len(text) == length and text.isascii() and text.replace(":", "").isdigit()
