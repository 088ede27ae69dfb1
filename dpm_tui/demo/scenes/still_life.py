"""Still life: a bowl of fruit on a wooden table."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour, round_off
from dpm_tui.demo.painting.random_fields import paint_noise
from dpm_tui.demo.painting.sphere import Light, paint_sphere, plain_skin

_TABLE = 0.66


def paint_fruit(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of apples, oranges, a pear, a lemon and grapes in and beside a blue bowl."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (92, 112, 104)), (0.66, (188, 178, 146))])
    canvas.shade(np.float32(0.8) + paint_noise(rng, size, (5, 4), 5) * np.float32(0.4))
    canvas.glow(0.1, 0.1, 0.5, (120, 100, 60), 0.7)
    _paint_table(canvas, rng)
    light = Light(ambient=0.32)
    middle = canvas.aspect * 0.44
    heap: tuple[tuple[float, float, float, Colour], ...] = (
        (-0.17, 0.4, 0.115, (240, 140, 30)), (0.2, 0.42, 0.11, (208, 40, 40)),
        (0.02, 0.33, 0.125, (222, 54, 44)),
        (0.12, 0.46, 0.105, (244, 150, 36)), (-0.09, 0.48, 0.11, (120, 170, 52)),
    )  # fmt: skip
    for dx, y, radius, colour in heap:
        skin = plain_skin(colour, paint_noise(rng, (160, 160), (9, 5), 4), 0.4)
        paint_sphere(canvas, (middle + dx, y), (radius, radius * 0.95), skin, light)
        canvas.line(
            [(middle + dx, y - radius * 0.85), (middle + dx + 0.015, y - radius * 1.12)], 0.009, (70, 44, 24)
        )
    leaf = round_off(
        [(middle + 0.03, 0.21), (middle + 0.08, 0.16), (middle + 0.15, 0.175), (middle + 0.09, 0.215)]
    )
    canvas.polygon(leaf, ((110, 170, 60), (50, 110, 40)))
    _paint_bowl(canvas, middle)
    beside = canvas.aspect * 0.82
    canvas.ellipse((beside + 0.02, 0.84), (0.2, 0.035), (30, 16, 8), 0.6, soft=0.7)
    pear = plain_skin((214, 196, 70), paint_noise(rng, (160, 160), (14, 14), 3), 0.5)
    paint_sphere(canvas, (beside, 0.74), (0.115, 0.115), pear, light)
    paint_sphere(canvas, (beside + 0.003, 0.645), (0.082, 0.115), pear, light)
    canvas.line([(beside + 0.005, 0.53), (beside + 0.03, 0.47)], 0.011, (70, 44, 24))
    paint_sphere(canvas, (0.2, 0.83), (0.115, 0.08), plain_skin((250, 220, 60)), light)
    grape = plain_skin((96, 44, 120), paint_noise(rng, (60, 60), (3, 3), 2), 0.5)
    for row in range(5):
        for column in range(5 - row):
            spot = (middle + 0.12 + column * 0.062 + row * 0.03, 0.8 + row * 0.042)
            paint_sphere(canvas, spot, (0.038, 0.038), grape, Light(ambient=0.3, shine=0.8))
    return canvas.finish(rng, 4)


def _paint_table(canvas: Canvas, rng: np.random.Generator) -> None:
    grain = paint_noise(rng, canvas.size, (3, 70), 4)
    wood = np.asarray((156, 96, 52), np.float32) * (np.float32(0.55) + grain * np.float32(0.8))[..., None]
    canvas.lay(np.clip((canvas.y - np.float32(_TABLE)) * 400, 0, 1) * np.ones_like(canvas.x), wood)
    for seam in (0.76, 0.89):
        canvas.line([(0, seam), (canvas.aspect, seam)], 0.005, (60, 32, 18))


def _paint_bowl(canvas: Canvas, middle: float) -> None:
    canvas.ellipse((middle + 0.05, 0.8), (0.36, 0.05), (30, 16, 8), 0.6, soft=0.7)
    side = [
        (-0.34, 0.5),
        (-0.3, 0.63),
        (-0.19, 0.745),
        (-0.1, 0.785),
        (0.1, 0.785),
        (0.19, 0.745),
        (0.3, 0.63),
        (0.34, 0.5),
    ]
    canvas.polygon(
        round_off([(middle + x, y) for x, y in side], closed=False), ((74, 128, 190), (26, 56, 112))
    )
    for level, colour in ((0.52, (240, 240, 232)), (0.6, (236, 196, 90))):
        wide = 0.335 if level < 0.55 else 0.295
        arc = [(middle + wide * t, level + 0.045 * (1 - t * t)) for t in np.linspace(-1, 1, 25).tolist()]
        canvas.line(arc, 0.014, colour)
    canvas.ellipse((middle - 0.19, 0.62), (0.035, 0.08), (220, 236, 255), 0.35, tilt=-28, soft=0.9)
