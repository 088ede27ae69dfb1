"""Zoom: which part of a picture is looked at."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
_SCALE_AT_MOST = 32.0
_PAN_STEP = 0.25
"""A step moves by this share of the part that is seen."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """A scale, and the centre of the part that is seen in 0..1 of the picture."""

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def box(self) -> Box:
        """Left, top, right, bottom in 0..1 of the picture."""
        half = 0.5 / self.scale
        return (self.x - half, self.y - half, self.x + half, self.y + half)

    def scaled(self, factor: float) -> Zoom:
        """Return the zoom with another scale and, where possible, the same centre."""
        return Zoom(min(max(self.scale * factor, 1.0), _SCALE_AT_MOST), self.x, self.y)._inside()

    def panned(self, right: int, down: int) -> Zoom:
        """Return the zoom moved by steps."""
        step = _PAN_STEP / self.scale
        return Zoom(self.scale, self.x + right * step, self.y + down * step)._inside()

    def _inside(self) -> Zoom:
        half = 0.5 / self.scale
        return Zoom(self.scale, min(max(self.x, half), 1 - half), min(max(self.y, half), 1 - half))
