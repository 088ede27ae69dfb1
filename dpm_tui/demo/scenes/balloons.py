"""Balloons: hot-air balloons over green hills."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour
from dpm_tui.demo.painting.random_fields import draw_ridge, paint_noise
from dpm_tui.demo.painting.sky import paint_clouds
from dpm_tui.demo.painting.sphere import Light, paint_sphere, striped_skin

_FLEET: tuple[tuple[float, float, float, tuple[Colour, ...]], ...] = (
    (0.14, 0.5, 0.06, ((90, 180, 110), (250, 240, 200))),
    (0.9, 0.42, 0.08, ((240, 120, 160), (255, 236, 236))),
    (0.52, 0.58, 0.05, ((120, 90, 200), (240, 220, 120))),
    (0.68, 0.24, 0.13, ((40, 110, 200), (250, 250, 250), (240, 190, 50))),
    (0.32, 0.32, 0.22, ((226, 50, 46), (250, 200, 60), (245, 130, 40))),
)
"""Place across, height, radius and stripes, the farthest first."""


def paint_balloons(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of five striped balloons over rolling meadows."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (70, 160, 226)), (0.7, (226, 240, 236))])
    paint_clouds(canvas, rng, (255, 255, 255), 0.45, 0.7, 3)
    hills: tuple[Colour, ...] = ((150, 192, 160), (120, 176, 96), (84, 148, 62), (52, 112, 48))
    for layer, colour in enumerate(hills):
        line = 0.7 + layer * 0.075 - draw_ridge(rng, size[0], 1.5, 0.3) * 0.13
        field = paint_noise(rng, size, (5 + 4 * layer, 22), 4)[..., None]
        meadow = np.asarray(colour, np.float32) * (np.float32(0.72) + field * np.float32(0.56))
        canvas.lay(np.clip((canvas.y - line[None, :]) * size[1], 0, 1).astype(np.float32), meadow)
    for across, y, radius, stripes in _FLEET:
        _paint_balloon(canvas, across * canvas.aspect, y, radius, stripes)
    return canvas.finish(rng, 3)


def _paint_balloon(canvas: Canvas, x: float, y: float, radius: float, stripes: tuple[Colour, ...]) -> None:
    basket = y + radius * 1.62
    skirt = [(x - radius * 0.72, y + radius * 0.66), (x + radius * 0.72, y + radius * 0.66)]
    neck = [(x + radius * 0.2, y + radius * 1.28), (x - radius * 0.2, y + radius * 1.28)]
    low = stripes[-1]
    canvas.polygon([*skirt, *neck], (stripes[0], (low[0] * 2 // 3, low[1] * 2 // 3, low[2] * 2 // 3)))
    paint_sphere(
        canvas,
        (x, y),
        (radius, radius),
        striped_skin(stripes, len(stripes) * 3),
        Light(ambient=0.5, shine=0.15),
    )
    for side in (-0.16, 0.16):
        canvas.line(
            [(x + side * radius, y + radius * 1.26), (x + side * radius, basket)], 0.003, (70, 50, 40)
        )
    half, deep = radius * 0.19, radius * 0.26
    canvas.polygon(
        [
            (x - half, basket),
            (x + half, basket),
            (x + half * 0.85, basket + deep),
            (x - half * 0.85, basket + deep),
        ],
        ((150, 96, 50), (92, 56, 30)),
    )
