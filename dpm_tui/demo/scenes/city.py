"""City: a skyline with lit windows at night, mirrored in a river."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour
from dpm_tui.demo.painting.sky import mirror_in_water, paint_clouds, paint_moon, paint_stars

_LIGHTS: tuple[Colour, ...] = ((255, 214, 120), (255, 180, 84), (180, 226, 255), (255, 130, 150))
_SHORE = 0.74


def paint_city(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of towers in three rows under a full moon."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (10, 12, 44)), (0.45, (48, 36, 100)), (0.74, (196, 84, 120))])
    paint_stars(canvas, rng, 260, 0.5)
    paint_clouds(canvas, rng, (70, 40, 104), 0.42, 0.7, 2)
    paint_moon(canvas, rng, canvas.aspect * 0.22, 0.22, 0.09)
    for layer in range(3):
        tone: Colour = ((86, 58, 118), (44, 36, 84), (18, 18, 46))[layer]
        x = -0.04
        while x < canvas.aspect:
            wide = float(rng.uniform(0.07, 0.14))
            tall = float(rng.uniform(0.14, 0.42 - layer * 0.07))
            tall *= 1.35 if abs(x / canvas.aspect - 0.64) < 0.12 else 1.0
            _paint_tower(canvas, rng, (x, _SHORE - tall, x + wide, _SHORE), tone, lit=0.2 + layer * 0.16)
            x += wide * float(rng.uniform(0.85, 1.15))
    _paint_landmark(canvas, canvas.aspect * 0.66)
    mirror_in_water(canvas, rng, _SHORE, (12, 12, 48))
    return canvas.finish(rng, 3)


def _paint_tower(
    canvas: Canvas, rng: np.random.Generator, box: tuple[float, float, float, float], tone: Colour, lit: float
) -> None:
    height = canvas.size[1]
    left, top, right, bottom = (int(side * height) for side in box)
    left, right = max(left, 0), min(right, canvas.size[0])
    if right - left < 12:
        return
    part = canvas.pixels[top:bottom, left:right]
    part[:] = np.asarray(tone, np.float32)
    part[:, : max((right - left) // 9, 2)] *= np.float32(1.35)
    light = np.asarray(_LIGHTS[int(rng.integers(len(_LIGHTS)))], np.float32)
    step, pane = max(height // 54, 6), max(height // 100, 3)
    for y in range(step, part.shape[0] - step, step):
        for x in range(step // 2, part.shape[1] - pane, step):
            if rng.random() < lit:
                part[y : y + pane, x : x + pane] = light * np.float32(rng.uniform(0.6, 1.0))
    if rng.random() < 0.4:
        middle = (box[0] + box[2]) / 2
        canvas.line([(middle, box[1] - 0.06), (middle, box[1])], 0.004, tone)
        canvas.ellipse((middle, box[1] - 0.06), (0.008, 0.008), (255, 70, 70), soft=0.8)


def _paint_landmark(canvas: Canvas, x: float) -> None:
    """Paint a television tower with a glowing sphere."""
    canvas.glow(x, 0.3, 0.08, (90, 150, 255), 0.5)
    canvas.polygon(
        [(x - 0.028, _SHORE), (x + 0.028, _SHORE), (x + 0.008, 0.08), (x - 0.008, 0.08)], (176, 150, 220)
    )
    canvas.line([(x, 0.02), (x, 0.1)], 0.006, (240, 220, 255))
    canvas.ellipse((x, 0.3), (0.062, 0.052), ((255, 160, 220), (120, 60, 190)))
    canvas.ellipse((x, 0.46), (0.038, 0.032), ((255, 190, 150), (170, 70, 150)))
    canvas.line([(x - 0.062, 0.3), (x + 0.062, 0.3)], 0.01, (255, 240, 190))
