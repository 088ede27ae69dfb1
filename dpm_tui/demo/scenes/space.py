"""Space: a ringed planet among stars."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas
from dpm_tui.demo.painting.random_fields import paint_noise
from dpm_tui.demo.painting.sky import paint_stars
from dpm_tui.demo.painting.sphere import Light, paint_sphere, plain_skin

_TILT = np.float32(-0.32)


def paint_planet(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of a banded planet with rings and a small moon."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (6, 8, 24)), (1, (22, 14, 44))])
    haze = paint_noise(rng, size, (3, 2), 4)
    canvas.light(np.clip(haze - np.float32(0.5), 0, 1) * np.float32(0.7), (60, 60, 150))
    paint_stars(canvas, rng, 700)
    x, y, radius = canvas.aspect * 0.56, 0.52, 0.27
    _paint_rings(canvas, rng, (x, y), radius, behind=True)
    bands = np.repeat(paint_noise(rng, (1, 200), (2, 11), 3), 240, axis=1)
    swirl = paint_noise(rng, (240, 200), (8, 26), 4)
    skin = plain_skin((252, 196, 132), bands * np.float32(0.75) + swirl * np.float32(0.25), 0.85)
    paint_sphere(canvas, (x, y), (radius, radius), skin, Light((-0.72, -0.4, 0.56), 0.08, 0.05))
    _paint_rings(canvas, rng, (x, y), radius, behind=False)
    rock = plain_skin((170, 190, 210), paint_noise(rng, (120, 120), (8, 8), 4), 0.9)
    paint_sphere(
        canvas, (canvas.aspect * 0.16, 0.24), (0.085, 0.085), rock, Light((-0.72, -0.4, 0.56), 0.06, 0.0)
    )
    return canvas.finish(rng, 2)


def _paint_rings(
    canvas: Canvas, rng: np.random.Generator, centre: tuple[float, float], radius: float, behind: bool
) -> None:
    dx, dy = canvas.x - centre[0], canvas.y - centre[1]
    across, down = dx * np.cos(_TILT) + dy * np.sin(_TILT), dy * np.cos(_TILT) - dx * np.sin(_TILT)
    far = np.sqrt(across**2 + (down * np.float32(3.6)) ** 2) / radius
    share = np.clip((far - 1.3) / 0.85, 0, 1)
    gaps = np.interp(share, np.linspace(0, 1, 9), (0.2, 0.9, 0.7, 0.95, 0.15, 0.8, 0.6, 0.85, 0.1))
    mask = gaps * np.clip((far - 1.3) * 60, 0, 1) * np.clip((2.15 - far) * 60, 0, 1)
    mask = mask * ((down < 0) if behind else (down >= 0))
    tone = np.asarray((232, 206, 176), np.float32) - share[..., None] * np.asarray((60, 70, 20), np.float32)
    canvas.lay(mask.astype(np.float32), tone.astype(np.float32))
