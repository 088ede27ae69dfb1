"""Field: the frame that a picture is shown in, which is larger than the picture where that is a part.

A crop and the picture it was cut from are seen at one scale and in one place: each in the same frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dpm_tui.tui.pictures.zoom import WHOLE, Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUND = 56
"""Level of what lies around a picture in its field."""
_LEAST = 0.15
"""Share of a field that a picture takes at least: a smaller one is looked at by itself."""
_SAME = 0.02
"""Share of a side by which an edge may be off in pictures that have one frame."""


def fields_of(place: Box) -> tuple[Box, Box]:
    """Return the common frame of two pictures in the sides of each, from where the second lies in the first.

    Both are ``WHOLE`` where that is hardly another frame, and where one of them would be too small.
    """
    if max(abs(edge - whole) for edge, whole in zip(place, WHOLE, strict=True)) < _SAME:
        return WHOLE, WHOLE
    left, top, right, bottom = place
    frame = min(left, 0.0), min(top, 0.0), max(right, 1.0), max(bottom, 1.0)
    other = into_field(frame, place)
    smallest = min(1 / ((field[2] - field[0]) * (field[3] - field[1])) for field in (frame, other))
    return (frame, other) if smallest >= _LEAST else (WHOLE, WHOLE)


def into_picture(box: Box, field: Box) -> Box:
    """Return a part of a field, in 0..1 of it, in the sides of the picture that lies in it."""
    wide, high = field[2] - field[0], field[3] - field[1]
    return (
        field[0] + box[0] * wide,
        field[1] + box[1] * high,
        field[0] + box[2] * wide,
        field[1] + box[3] * high,
    )


def into_field(box: Box, field: Box) -> Box:
    """Return a part of a picture, in its sides, in 0..1 of the field that it lies in."""
    wide, high = field[2] - field[0], field[3] - field[1]
    return (
        (box[0] - field[0]) / wide,
        (box[1] - field[1]) / high,
        (box[2] - field[0]) / wide,
        (box[3] - field[1]) / high,
    )


def seen_part(box: Box) -> Box | None:
    """Return what a box holds of its picture, None for nothing."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
    return (left, top, right, bottom) if left < right and top < bottom else None


def bare_ground(width: int, height: int) -> NDArray[np.uint8]:
    """Return so many RGB pixels of ground: what is seen where nothing of the picture is."""
    import numpy as np

    return np.full((height, width, 3), GROUND, np.uint8)


def lay_on_ground(part: NDArray[Any], seen: Box, box: Box, ground: int = GROUND) -> NDArray[Any]:
    """Return the pixels of a box, with the ``part`` of it that was ``seen`` in its place."""
    import numpy as np

    spans = []
    for pixels, near, far in zip(part.shape[1::-1], (0, 1), (2, 3), strict=True):
        length = max(round(pixels * (box[far] - box[near]) / (seen[far] - seen[near])), pixels)
        start = round((seen[near] - box[near]) / (box[far] - box[near]) * length)
        spans.append((length, min(max(start, 0), length - pixels)))
    (wide, left), (high, top) = spans
    laid = np.full((high, wide, *part.shape[2:]), ground, part.dtype)
    laid[top : top + part.shape[0], left : left + part.shape[1]] = part
    return laid
