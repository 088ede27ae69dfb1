"""Embedded notes: what a picture file itself says of its picture, in EXIF and in XMP."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from dpm_tui.pipeline.decoding.exif import read_date, read_exif
from dpm_tui.pipeline.decoding.holdings import read_packet
from dpm_tui.pipeline.loading.safe_open import open_picture
from dpm_tui.pipeline.metadata.picture_notes import NO_RATING, PictureNotes
from dpm_tui.pipeline.metadata.xmp_text import read_xmp

_MINUTES = 60


def read_embedded(content: bytes, memory: int) -> PictureNotes:
    """Return what the content of a picture file says; notes that cannot be read count as none.

    What EXIF says goes before what XMP says. Raises UndecodableError.
    """
    image = open_picture(content, memory)
    exif = read_exif(image)
    found = PictureNotes(taken=_taken(exif), place=_place(exif), rating=_rating(exif))
    with contextlib.suppress(ValueError):
        found = found.completed_by(read_xmp(read_packet(image)))
    return found


def _taken(exif: Image.Exif) -> str:
    """Return when the shutter was released; the date of the last change is none."""
    with contextlib.suppress(Exception):
        if exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal):
            return read_date(exif).replace(" ", "T")
    return ""


def _place(exif: Image.Exif) -> tuple[str, str]:
    with contextlib.suppress(Exception):
        gps: Mapping[int, Any] = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _angle(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "NS", 90)
        longitude = _angle(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "EW", 180)
        # A camera without a fix writes zeros.
        if latitude[:-1] != longitude[:-1] or not latitude.startswith("0,0.000000"):
            return latitude, longitude
    return "", ""


def _angle(parts: Any, side: Any, sides: str, most: int) -> str:
    """Return an angle of degrees, minutes and seconds as XMP writes it; raises ValueError for none."""
    letter = str(side.decode() if isinstance(side, bytes) else side).strip("\0 ").upper()
    degrees = sum(float(part) / _MINUTES**power for power, part in enumerate(parts))
    if letter not in tuple(sides) or not math.isfinite(degrees) or not 0 <= degrees <= most:
        raise ValueError("not an angle")
    whole = int(degrees)
    return f"{whole},{(degrees - whole) * _MINUTES:.6f}{letter}"


def _rating(exif: Image.Exif) -> int:
    value = exif.get(ExifTags.Base.Rating)
    return value if isinstance(value, int) and 0 < value <= 5 else NO_RATING
