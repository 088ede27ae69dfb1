"""Canvas: a picture under construction, with smooth-edged shapes; heights run 0..1, widths 0..aspect."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dpm_tui.demo.painting.random_fields import Field

Point = tuple[float, float]

_STEPS = 10
"""Points between two knots: an outline as large as the picture still looks round."""


def round_off(knots: Sequence[Point], closed: bool = True) -> list[Point]:
    """Return the points of a smooth curve (Catmull-Rom) through the knots."""
    ring = np.asarray(knots, np.float64)
    if closed:
        ring = np.concatenate([ring[-1:], ring, ring[:2]])
    else:
        ring = np.concatenate([2 * ring[:1] - ring[1:2], ring, 2 * ring[-1:] - ring[-2:-1]])
    a, b, c, d = (ring[i : len(ring) - 3 + i, None, :] for i in range(4))
    t = np.linspace(0, 1, _STEPS, endpoint=False)[None, :, None]
    points = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3)
    curve = [(float(x), float(y)) for x, y in points.reshape(-1, 2)]
    return curve if closed else [*curve, (float(knots[-1][0]), float(knots[-1][1]))]


def mirror_points(points: Sequence[Point], middle: float) -> list[Point]:
    """Return the points on the other side of the upright line ``x = middle``."""
    return [(2 * middle - x, y) for x, y in points]


Colour = tuple[int, int, int]
Fill = Colour | tuple[Colour, Colour]
"""One colour, or the colours at the top and the bottom of a shape."""

_FINE = 3
"""Polygons are drawn this much larger and reduced, which smooths their edges."""


class Canvas:
    """An RGB picture of floats in 0..255 that shapes, light and noise are painted on."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.aspect = width / height
        self.pixels: NDArray[np.float32] = np.zeros((height, width, 3), np.float32)
        self.x: Field = ((np.arange(width) + 0.5) / height).astype(np.float32)[None, :]
        self.y: Field = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]

    def backdrop(self, stops: Sequence[tuple[float, Colour]]) -> None:
        """Fill everything with colours that change from stop to stop, downwards."""
        heights = [height for height, _ in stops]
        for channel in range(3):
            values = np.interp(self.y[:, 0], heights, [colour[channel] for _, colour in stops])
            self.pixels[..., channel] = values[:, None]

    def lay(self, mask: Field, colour: Colour | NDArray[np.float32]) -> None:
        """Cover the picture with a colour, or another picture, as far as the mask (0..1) says."""
        covered = np.flatnonzero(mask.any(axis=1))
        if len(covered):
            rows = slice(int(covered[0]), int(covered[-1]) + 1)
            top = np.asarray(colour, np.float32)
            part = self.pixels[rows]
            part += ((top[rows] if top.ndim == 3 else top) - part) * mask[rows, :, None].astype(np.float32)

    def light(self, strength: Field, colour: Colour) -> None:
        """Add light of a colour; strength 1 adds all of it."""
        self.pixels += strength[..., None] * np.asarray(colour, np.float32)

    def shade(self, factor: Field) -> None:
        """Darken (below 1) or brighten (above 1) the picture."""
        self.pixels *= factor[..., None]

    def distance(self, x: float, y: float) -> Field:
        """Return the distance of every pixel from a point."""
        return np.sqrt((self.x - np.float32(x)) ** 2 + (self.y - np.float32(y)) ** 2)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Add a light that fades to a third at ``radius``."""
        self.light(np.exp(-self.distance(x, y) / np.float32(radius)) * np.float32(strength), colour)

    def ellipse(
        self,
        centre: Point,
        radii: Point,
        fill: Fill,
        alpha: float = 1.0,
        tilt: float = 0.0,
        soft: float = 0.0,
    ) -> None:
        """Draw an ellipse tilted by degrees; ``soft`` is the share of the radius that fades out."""
        reach = max(radii)
        box = self._box(centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        left, top, right, bottom = box
        dx, dy = self.x[:, left:right] - centre[0], self.y[top:bottom] - centre[1]
        cosine, sine = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
        across, down = (dx * cosine + dy * sine) / radii[0], (dy * cosine - dx * sine) / radii[1]
        fade = max(soft, 1.0 / (min(radii) * self.size[1]))
        mask = np.clip((1 - np.sqrt(across**2 + down**2)) / fade, 0, 1)
        self._blend(box, mask.astype(np.float32), fill, alpha)

    def polygon(self, points: Sequence[Point], fill: Fill, alpha: float = 1.0) -> None:
        """Draw a filled polygon."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = self._box(min(xs), min(ys), max(xs), max(ys))
        self._blend(box, self._draw(points, box, 0.0), fill, alpha)

    def line(self, points: Sequence[Point], width: float, fill: Fill, alpha: float = 1.0) -> None:
        """Draw a line through the points."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = self._box(min(xs) - width, min(ys) - width, max(xs) + width, max(ys) + width)
        self._blend(box, self._draw(points, box, width), fill, alpha)

    def outlined(self, points: Sequence[Point], fill: Fill, ink: Colour, width: float = 0.005) -> None:
        """Draw a filled polygon with an inked edge."""
        self.polygon(points, fill)
        self.line([*points, points[0], points[1]], width, ink)

    def finish(self, rng: np.random.Generator, grain: float = 0.0) -> Image.Image:
        """Return the picture with film grain of so many levels."""
        if grain:
            speckle = rng.standard_normal(self.pixels.shape[:2], dtype=np.float32) * np.float32(grain)
            self.pixels += speckle[..., None]
        return Image.fromarray(np.clip(np.rint(self.pixels), 0, 255).astype(np.uint8))

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        width, height = self.size
        return (
            min(max(math.floor(left * height) - 1, 0), width),
            min(max(math.floor(top * height) - 1, 0), height),
            min(max(math.ceil(right * height) + 1, 0), width),
            min(max(math.ceil(bottom * height) + 1, 0), height),
        )

    def _draw(self, points: Sequence[Point], box: tuple[int, int, int, int], width: float) -> Field:
        left, top, right, bottom = box
        if right <= left or bottom <= top:
            return np.zeros((max(bottom - top, 0), max(right - left, 0)), np.float32)
        mask = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
        scale = self.size[1] * _FINE
        corners = [(x * scale - left * _FINE, y * scale - top * _FINE) for x, y in points]
        if width:
            ImageDraw.Draw(mask).line(corners, fill=255, width=max(round(width * scale), 1), joint="curve")
        else:
            ImageDraw.Draw(mask).polygon(corners, fill=255)
        return np.asarray(mask.reduce(_FINE), np.float32) / np.float32(255)

    def _blend(self, box: tuple[int, int, int, int], mask: Field, fill: Fill, alpha: float) -> None:
        left, top, right, bottom = box
        colours = np.asarray(fill, np.float32)
        if colours.ndim == 2:
            down = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None, None]
            colours = colours[0] + (colours[1] - colours[0]) * down
        part = self.pixels[top:bottom, left:right]
        part += (colours - part) * (mask * np.float32(alpha))[..., None]
