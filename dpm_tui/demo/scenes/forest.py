"""Forest: spruces fading into the morning mist, with shafts of light."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas
from dpm_tui.demo.painting.random_fields import paint_noise
from dpm_tui.demo.scenes.landscape import paint_spruce


def paint_forest(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of a path through a misty forest towards the light."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop(
        [(0, (196, 222, 186)), (0.5, (250, 246, 200)), (0.7, (200, 214, 160)), (1, (90, 110, 60))]
    )
    middle = canvas.aspect * 0.55
    mist, dark = np.array((176, 204, 170)), np.array((14, 44, 36))
    for layer in range(6):
        near = layer / 5
        foot = 0.66 + near * 0.26
        gap = 0.05 + near * 0.2
        for x in np.arange(-0.05, canvas.aspect + 0.1, 0.1 + near * 0.06):
            x += float(rng.uniform(-0.03, 0.03))
            if abs(x - middle) < gap:
                continue
            tall = (0.36 + near * 0.55) * float(rng.uniform(0.75, 1.15))
            tone = (mist * (1 - near) + dark * near) * rng.uniform(0.88, 1.12)
            colour = (int(tone[0]), int(tone[1]), int(tone[2]))
            paint_spruce(canvas, rng, (float(x), foot + float(rng.uniform(-0.01, 0.02))), tall, colour)
        canvas.lay(
            (np.clip(1 - np.abs(canvas.y - foot) / 0.09, 0, 1) * (0.55 - near * 0.5)).astype(np.float32)
            * paint_noise(rng, size, (4, 6), 2),
            (236, 240, 206),
        )
    _paint_floor(canvas, rng, middle)
    for angle in (-0.5, -0.22, 0.1, 0.42):
        top = (middle + angle * 0.2, -0.05)
        shaft = [top, (middle + angle * 1.3 - 0.05, 0.95), (middle + angle * 1.3 + 0.08, 0.95)]
        canvas.polygon(shaft, (255, 250, 200), 0.13)
    canvas.glow(middle, 0.42, 0.12, (255, 244, 180), 0.55)
    return canvas.finish(rng, 4)


def _paint_floor(canvas: Canvas, rng: np.random.Generator, middle: float) -> None:
    moss = paint_noise(rng, canvas.size, (30, 40), 4)[..., None]
    ground = np.asarray((46, 70, 30), np.float32) * (np.float32(0.5) + moss)
    canvas.lay(np.clip((canvas.y - np.float32(0.84)) * 9, 0, 1) * np.ones_like(canvas.x), ground)
    bend = middle + np.sin((canvas.y - 0.66) * 7) * 0.07
    wide = np.clip(canvas.y - 0.66, 0, 1) * 0.62 + 0.01
    path = np.clip((wide - np.abs(canvas.x - bend)) * 30, 0, 1) * np.clip((canvas.y - 0.66) * 30, 0, 1)
    earth = np.asarray((206, 172, 116), np.float32) * (np.float32(0.65) + moss * np.float32(0.55))
    canvas.lay(path.astype(np.float32) * np.float32(0.9), earth)
