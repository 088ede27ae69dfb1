"""Desert: dunes with lit and shaded flanks and a caravan."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour
from dpm_tui.demo.painting.random_fields import draw_ridge, paint_noise


def paint_dunes(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of orange dunes under a teal sky with a white sun."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (40, 130, 150)), (0.5, (240, 220, 180))])
    canvas.glow(canvas.aspect * 0.78, 0.2, 0.2, (255, 230, 180), 0.5)
    canvas.ellipse((canvas.aspect * 0.78, 0.2), (0.1, 0.1), (255, 252, 236), soft=0.06)
    tones: tuple[Colour, ...] = ((232, 170, 110), (224, 138, 70), (204, 104, 48), (160, 70, 36))
    for layer, colour in enumerate(tones):
        crest = 0.52 + layer * 0.14 - draw_ridge(rng, size[0], 1.1, 0.26) * 0.2
        body = np.clip((canvas.y - crest[None, :]) * size[1], 0, 1)
        ripples = paint_noise(rng, size, (6, 60), 3)
        sand = np.asarray(colour, np.float32) * (np.float32(0.84) + ripples * np.float32(0.32))[..., None]
        canvas.lay(body.astype(np.float32), sand)
        edge = crest[None, :] + np.abs(draw_ridge(rng, size[0], 2, 0.28) - 0.35)[None, :] * 0.3
        flank = np.clip((edge - canvas.y) * 60, 0, 1) * body
        slope = np.clip(np.gradient(crest) * size[1] * 0.9 + 0.25, 0, 1)[None, :]
        canvas.lay((flank * slope * 0.55).astype(np.float32), (70, 26, 40))
    for i in range(5):
        _paint_camel(canvas, 0.34 + i * 0.13, 0.83 + i * 0.006)
    return canvas.finish(rng, 4)


def _paint_camel(canvas: Canvas, x: float, y: float) -> None:
    ink: Colour = (44, 20, 28)
    canvas.ellipse((x, y - 0.05), (0.034, 0.017), ink)
    canvas.ellipse((x, y - 0.068), (0.014, 0.016), ink)
    canvas.line([(x + 0.028, y - 0.05), (x + 0.044, y - 0.084), (x + 0.058, y - 0.084)], 0.009, ink)
    for leg in (-0.022, -0.012, 0.014, 0.024):
        canvas.line([(x + leg, y - 0.045), (x + leg, y)], 0.005, ink)
