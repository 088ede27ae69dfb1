"""Picture shape: the usual aspects that pictures are cut to for screens and prints."""

from __future__ import annotations

from dpm_tui.catalog.image_file import ImageFile

SHAPES = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9))
"""Wide ones; each is known upright as well."""
NEAR = 0.01
"""Share by which an aspect may be off: sides are rounded to pixels."""


def name_shape(file: ImageFile) -> str:
    """Return the usual shape of a picture, such as ``16:9`` or ``9:16``; empty for any other."""
    width, height = file.shape
    if not width or not height:
        return ""
    for wide, high in SHAPES:
        if abs(width * high / (height * wide) - 1) < NEAR:
            return f"{wide}:{high}"
        if abs(height * high / (width * wide) - 1) < NEAR:
            return f"{high}:{wide}"
    return ""
