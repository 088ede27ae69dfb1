"""Zoom: which part of a picture is looked at."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in 0..1 of a picture."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_MAX_SCALE = 64.0
_PAN_STEP = 0.25
"""A step moves by this share of the part that is seen."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """A scale, and the centre of the part that is seen in 0..1 of the picture.

    At scale 1 the whole picture is seen. Pictures of one shape show the same place at the same zoom,
    whatever their resolution.
    """

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def box(self, picture: tuple[float, float], area: tuple[int, int]) -> Box:
        """Return the part of a picture that is seen in an area; both are width and height in pixels.

        A picture that is larger than the area fills all of it, also where it has another shape.
        """
        fitting = min(area[0] / picture[0], area[1] / picture[1]) * self.scale
        parts = []
        for side, room, centre in zip(picture, area, (self.x, self.y), strict=True):
            half = min(room / (side * fitting), 1.0) / 2
            middle = min(max(centre, half), 1 - half)
            parts.append((max(middle - half, 0.0), min(middle + half, 1.0)))
        return parts[0][0], parts[1][0], parts[0][1], parts[1][1]

    def scaled(self, factor: float) -> Zoom:
        """Return the zoom with another scale and the same centre."""
        scale = min(max(self.scale * factor, 1.0), _MAX_SCALE)
        return Zoom(scale, self.x, self.y) if scale > 1 else Zoom()

    def panned(self, right: int, down: int, seen: Box) -> Zoom:
        """Return the zoom moved by steps from the part that is seen now, not over the picture's edge."""
        centre = []
        for steps, low, high in ((right, seen[0], seen[2]), (down, seen[1], seen[3])):
            half = (high - low) / 2
            moved = (low + high) / 2 + steps * _PAN_STEP * (high - low)
            centre.append(min(max(moved, half), 1 - half))
        return Zoom(self.scale, *centre)


UNZOOMED = Zoom()
