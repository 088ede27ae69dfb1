"""Coast: a sailing boat on the open sea and a lighthouse at dusk."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour, round_off
from dpm_tui.demo.painting.random_fields import draw_ridge, paint_noise
from dpm_tui.demo.painting.sky import paint_clouds, paint_stars


def paint_boat(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of a boat with white and red sails on a blue sea under fair-weather clouds."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (54, 130, 206)), (0.55, (176, 220, 240))])
    paint_clouds(canvas, rng, (255, 255, 255), 0.55, 0.56, 2.5)
    line = 0.55 - np.clip(draw_ridge(rng, size[0], 1.5, 0.42) - 0.45, 0, 1) * 0.2
    canvas.lay(np.clip((canvas.y - line[None, :]) * size[1], 0, 1), (88, 128, 130))
    _paint_sea(canvas, rng, 0.55, (96, 190, 200), (10, 70, 120))
    x, y = canvas.aspect * 0.46, 0.76
    for layer in range(9):
        canvas.ellipse(
            (x, y + 0.03 + layer * 0.014), (0.2 - layer * 0.016, 0.008), (230, 240, 240), 0.35, soft=0.8
        )
    canvas.line([(x, y), (x + 0.005, y - 0.56)], 0.011, (92, 58, 34))
    sail = round_off(
        [(x + 0.012, y - 0.55), (x + 0.17, y - 0.28), (x + 0.24, y - 0.08), (x + 0.012, y - 0.07)]
    )
    canvas.polygon(sail, ((255, 255, 252), (214, 222, 232)))
    for share in (0.3, 0.55, 0.78):
        canvas.line(
            [(x + 0.02, y - 0.55 + share * 0.5), (x + 0.3 * share, y - 0.55 + share * 0.5)],
            0.003,
            (170, 180, 196),
        )
    jib = round_off([(x - 0.006, y - 0.52), (x - 0.012, y - 0.08), (x - 0.2, y - 0.07), (x - 0.1, y - 0.25)])
    canvas.polygon(jib, ((236, 74, 56), (178, 36, 42)))
    hull = [(x - 0.27, y - 0.045), (x + 0.27, y - 0.045), (x + 0.2, y + 0.04), (x - 0.19, y + 0.04)]
    canvas.polygon(hull, ((30, 48, 92), (16, 24, 54)))
    canvas.line([(x - 0.27, y - 0.045), (x + 0.27, y - 0.045)], 0.014, (250, 240, 220))
    canvas.polygon([(x - 0.02, y - 0.6), (x + 0.075, y - 0.575), (x + 0.005, y - 0.55)], (250, 196, 50))
    return canvas.finish(rng, 3)


def paint_lighthouse(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of a red and white lighthouse on a cliff, its beam in a violet dusk."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop(
        [(0, (34, 30, 84)), (0.35, (112, 70, 140)), (0.6, (244, 160, 150)), (0.66, (255, 208, 160))]
    )
    paint_stars(canvas, rng, 160, 0.35)
    paint_clouds(canvas, rng, (90, 52, 110), 0.5, 0.62, 2)
    _paint_sea(canvas, rng, 0.66, (214, 140, 150), (38, 30, 76))
    x, top = canvas.aspect * 0.7, 0.24
    for far in ((0.0, 0.13), (0.0, 0.3)):
        beam = [(x, top), (far[0], far[1]), (far[0], far[1] + 0.14)]
        canvas.polygon(beam, (255, 236, 170), 0.32)
    rise = draw_ridge(rng, size[0], 5, 0.5) * 0.06
    slope = 0.66 + np.clip(0.44 * canvas.aspect - canvas.x[0], 0, 9) ** 0.8 * 0.75
    line = (slope - rise).astype(np.float32)
    cliff = np.clip((canvas.y - line[None, :]) * size[1], 0, 1)
    rock = paint_noise(rng, size, (24, 10), 5)[..., None] * np.asarray((120, 86, 84), np.float32)
    canvas.lay(cliff, rock + np.asarray((24, 16, 34), np.float32))
    grass = np.clip((line[None, :] + 0.035 - canvas.y) * 40, 0, 1) * cliff
    canvas.lay(grass.astype(np.float32), (62, 92, 66))
    _paint_tower(canvas, x, top)
    return canvas.finish(rng, 3)


def _paint_tower(canvas: Canvas, x: float, top: float) -> None:
    foot = 0.68
    for band in range(5):
        high, low = (top + 0.05 + (foot - top - 0.05) * step / 5 for step in (band, band + 1))
        wide, wider = (0.052 + 0.034 * step / 5 for step in (band, band + 1))
        colour: Colour = (204, 44, 48) if band % 2 == 0 else (246, 240, 232)
        canvas.polygon([(x - wide, high), (x + wide, high), (x + wider, low), (x - wider, low)], colour)
        shadow = [(x + wide * 0.3, high), (x + wide, high), (x + wider, low), (x + wider * 0.3, low)]
        canvas.polygon(shadow, (40, 20, 60), 0.3)
    canvas.polygon(
        [(x - 0.075, top + 0.05), (x + 0.075, top + 0.05), (x + 0.06, top + 0.065), (x - 0.06, top + 0.065)],
        (40, 34, 52),
    )
    canvas.polygon(
        [(x - 0.04, top - 0.05), (x + 0.04, top - 0.05), (x + 0.04, top + 0.05), (x - 0.04, top + 0.05)],
        (255, 232, 150),
    )
    canvas.polygon(
        round_off([(x - 0.052, top - 0.05), (x, top - 0.12), (x + 0.052, top - 0.05)]), (150, 30, 40)
    )
    canvas.glow(x, top, 0.06, (255, 220, 130), 0.9)


def _paint_sea(canvas: Canvas, rng: np.random.Generator, horizon: float, far: Colour, near: Colour) -> None:
    """Paint waves that grow towards the viewer."""
    width, height = canvas.size
    row = int(horizon * height)
    depth = np.linspace(0, 1, height - row, dtype=np.float32)
    swell = paint_noise(rng, (width, height - row), (9, 40), 4)
    rows = np.clip(depth**0.45 * (height - row - 1), 0, height - row - 1).astype(np.intp)
    waves = swell[rows][..., None]
    colours = (
        np.asarray(far, np.float32)
        + (np.asarray(near, np.float32) - np.asarray(far, np.float32)) * depth[:, None, None]
    )
    crest = np.clip((waves - np.float32(0.66)) * 5, 0, 1)
    canvas.pixels[row:] = colours * (np.float32(0.7) + waves * np.float32(0.6)) + crest * np.float32(70)
