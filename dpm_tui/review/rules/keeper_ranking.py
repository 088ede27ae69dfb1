"""Which member of a group to keep: ordered criteria."""

from __future__ import annotations

import math
import re

from dpm_tui.catalog.formats import LOSSLESS
from dpm_tui.catalog.image_file import ImageFile

COPY_NAME = re.compile(rb"\(\d+\)|copy|kopie|copia|_edited|\xe5\x89\xaf\xe6\x9c\xac", re.IGNORECASE)
RANKS = ("best", "largest", "smallest", "newest", "oldest")
"""The fixed orders of files."""
NEAR_TIE = 1.02
"""Pixel counts within two per cent are a tie: a border trimmed by a row decides nothing."""


def looks_like_a_copy(name: bytes) -> bool:
    """Return whether a file name carries the traces of copying, such as ``(1)`` or ``copy``."""
    return COPY_NAME.search(name) is not None


def is_lossless(file: ImageFile) -> bool:
    """Return whether a file stores its samples without loss, whatever happened to them before.

    Where the file was not examined yet its format decides.
    """
    return not file.facts.lossy if file.facts.depth else file.facts.format in LOSSLESS


def telling_fact(file: ImageFile, other: ImageFile) -> str:
    """Return the fact that shows which of two files is a copy: ``exif``, ``name``, or an empty text."""
    if not 1 / NEAR_TIE <= file.pixel_count / max(other.pixel_count, 1) <= NEAR_TIE:
        return ""
    if bool(file.facts.taken) != bool(other.facts.taken):
        return "exif"
    return "name" if looks_like_a_copy(file.name) != looks_like_a_copy(other.name) else ""


def pixel_step(pixels: int) -> int:
    """Return the number of the step of two per cent that a number of pixels lies on."""
    return 0 if pixels <= 0 else round(math.log(pixels) / math.log(NEAR_TIE))
