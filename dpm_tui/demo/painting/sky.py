"""Sky: clouds, stars, the moon, and their mirror image in still water."""

from __future__ import annotations

import numpy as np

from dpm_tui.demo.painting.canvas import Canvas, Colour
from dpm_tui.demo.painting.random_fields import paint_noise


def paint_clouds(
    canvas: Canvas, rng: np.random.Generator, colour: Colour, cover: float, bottom: float, cells: float = 3
) -> None:
    """Paint drifting clouds over the sky down to the height ``bottom``; ``cover`` is in 0..1."""
    field = paint_noise(rng, canvas.size, (cells, cells * 2.2), 6)
    edge = np.float32(1 - cover)
    mask = np.clip((field - edge) / np.float32(0.28), 0, 1) * np.clip((bottom - canvas.y) * 5, 0, 1)
    canvas.lay((mask * 0.85).astype(np.float32), colour)


def paint_stars(canvas: Canvas, rng: np.random.Generator, count: int, bottom: float = 1.0) -> None:
    """Scatter stars of different brightness and hue down to the height ``bottom``."""
    width, height = canvas.size
    xs = rng.integers(1, width - 1, count)
    ys = rng.integers(1, max(int(height * bottom) - 1, 2), count)
    power = (rng.random(count) ** 4 * 235 + 20)[:, None]
    hue = rng.uniform(0.75, 1.0, (count, 3))
    spots = (power * hue).astype(np.float32)
    np.add.at(canvas.pixels, (ys, xs), spots)
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        np.add.at(canvas.pixels, (ys + dy, xs + dx), spots * np.float32(0.4))
    for i in np.argsort(power[:, 0])[-max(count // 60, 3) :]:
        x, y = float(xs[i]) / height, float(ys[i]) / height
        canvas.ellipse((x, y), (0.006, 0.006), (255, 255, 245), soft=1.0)


def paint_moon(canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius: float) -> None:
    """Paint a full moon with its seas and its halo."""
    canvas.glow(x, y, radius * 2.2, (120, 140, 190), 0.8)
    canvas.ellipse((x, y), (radius, radius), ((255, 252, 235), (226, 220, 205)))
    for _ in range(7):
        angle, far = rng.uniform(0, 6.28), rng.uniform(0.1, 0.7) * radius
        size = radius * rng.uniform(0.1, 0.26)
        spot = (x + float(np.cos(angle)) * far, y + float(np.sin(angle)) * far)
        canvas.ellipse(spot, (size, size * 0.85), (190, 186, 182), 0.55, soft=0.5)


def mirror_in_water(canvas: Canvas, rng: np.random.Generator, shore: float, tint: Colour) -> None:
    """Turn everything below ``shore`` into rippled water that mirrors what lies above it."""
    width, height = canvas.size
    row = int(shore * height)
    depth = np.arange(height - row, dtype=np.float32)
    source = np.clip(row - 1 - depth * np.float32(row / max(height - row, 1) * 0.9), 0, row - 1)
    ripple = paint_noise(rng, (width, height - row), (5, 46), 3) - np.float32(0.5)
    sway = ripple * (10 + depth * np.float32(0.16))[:, None]
    columns = np.clip(np.arange(width)[None, :] + sway, 0, width - 1).astype(np.intp)
    rows = np.clip(source[:, None] + sway * np.float32(0.5), 0, row - 1).astype(np.intp)
    water = canvas.pixels[rows, columns] * np.float32(0.8)
    share = np.linspace(0.12, 0.5, height - row, dtype=np.float32)[:, None, None]
    water += (np.asarray(tint, np.float32) - water) * share
    water += ripple[..., None] * np.float32(34)
    canvas.pixels[row:] = water
