"""Landscape: mountains behind mountains, a sun, and a lake or meadow in front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour
from dpm_tui.demo.painting.random_fields import Field, draw_ridge, paint_noise
from dpm_tui.demo.painting.sky import mirror_in_water, paint_clouds, paint_stars


@dataclass(frozen=True, slots=True)
class Weather:
    """The colours of an hour of the day."""

    sky: tuple[tuple[float, Colour], ...]
    sun: Colour
    cloud: Colour
    far: Colour
    near: Colour
    snow: Colour
    water: Colour


SUNSET = Weather(
    ((0.0, (52, 48, 104)), (0.25, (150, 76, 120)), (0.45, (246, 140, 92)), (0.62, (255, 214, 140))),
    (255, 226, 150), (255, 150, 120), (158, 104, 140), (28, 22, 48), (255, 206, 190), (60, 34, 70),
)  # fmt: skip
DAWN = Weather(
    ((0.0, (116, 168, 214)), (0.35, (190, 214, 228)), (0.62, (255, 232, 206))),
    (255, 240, 200), (255, 250, 246), (150, 178, 200), (30, 62, 66), (250, 250, 255), (60, 110, 130),
)  # fmt: skip
AURORA = Weather(
    ((0.0, (4, 10, 30)), (0.4, (8, 30, 56)), (0.62, (16, 60, 76))),
    (0, 0, 0), (20, 60, 70), (40, 74, 100), (14, 24, 44), (170, 206, 226), (10, 36, 52),
)  # fmt: skip


def paint_mountains(
    seed: int, size: tuple[int, int], weather: Weather, sun: tuple[float, float]
) -> Image.Image:
    """Return a painting of a mountain range over a lake that mirrors it."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop(weather.sky)
    paint_clouds(canvas, rng, weather.cloud, 0.5, 0.6)
    canvas.glow(*sun, 0.16, weather.sun, 0.7)
    canvas.ellipse(sun, (0.07, 0.07), weather.sun, soft=0.12)
    for layer in range(4):
        _paint_range(canvas, rng, weather, layer / 3)
    mirror_in_water(canvas, rng, 0.72, weather.water)
    _paint_shore(canvas, rng, weather)
    return canvas.finish(rng, 3)


def paint_aurora(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of curtains of northern lights over snowy mountains and a hut with a lit window."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop(AURORA.sky)
    paint_stars(canvas, rng, 420, 0.6)
    for hue, base in (((70, 255, 150), 0.42), ((60, 220, 210), 0.3), ((190, 90, 230), 0.2)):
        path = base + (draw_ridge(rng, size[0], 1.2, 0.3) - 0.5) * 0.3
        above = path[None, :] - canvas.y
        folds = paint_noise(rng, (size[0], 1), (26, 2), 3)
        veil = np.where(above > 0, np.exp(-above / 0.15), np.exp(above / 0.02)) * (0.25 + folds * 0.75)
        canvas.light(veil.astype(np.float32), hue)
    for layer in (0.35, 0.7):
        _paint_range(canvas, rng, AURORA, layer)
    ground = _below(canvas, 0.8 + draw_ridge(rng, size[0], 1, 0.3) * 0.06)
    canvas.lay(ground, (150, 186, 206))
    canvas.shade(1 - ground * (0.3 - 0.25 * paint_noise(rng, size, (6, 14), 4)))
    _paint_hut(canvas, 0.62 * canvas.aspect, 0.86)
    return canvas.finish(rng, 3)


def _paint_range(canvas: Canvas, rng: np.random.Generator, weather: Weather, near: float) -> None:
    """Paint one chain of mountains; ``near`` runs from 0 (hazy, behind) to 1 (dark, in front)."""
    height = 0.34 - near * 0.14
    foot = 0.64 + near * 0.1
    line = foot - draw_ridge(rng, canvas.size[0], 2 + near * 2, 0.5) * height
    rows = slice(int(float(line.min()) * canvas.size[1]), int(0.8 * canvas.size[1]))
    y = canvas.y[rows]
    mask = np.clip((y - line) * np.float32(canvas.size[1]) + np.float32(0.5), 0, 1)
    base = (np.asarray(weather.far) * (1 - near) + np.asarray(weather.near) * near).astype(np.float32)
    rock = paint_noise(rng, (canvas.size[0], mask.shape[0]), (14, 5), 5)
    smooth = np.convolve(np.pad(line, 6, "edge"), np.full(13, 1 / 13, np.float32), "valid")
    lit = np.clip(np.gradient(smooth) * np.float32(220), -1, 1) * np.float32(0.12) + rock * np.float32(0.5)
    stone = (np.float32(0.72) + lit)[..., None] * base
    haze = np.clip((y - line) / np.float32(height), 0, 1) * np.float32(0.42 * (1 - near * 0.7))
    stone += (np.asarray(weather.sky[-1][1], np.float32) - stone) * haze[..., None]
    if near < 0.8:
        peak = np.clip((np.float32(foot - height * 0.52) - smooth) * np.float32(9), 0, 1)
        depth = line + peak * (rock - np.float32(0.25)) * np.float32(0.3)
        snow = np.clip((depth - y) * np.float32(90), 0, 1) * (np.float32(0.65) + lit) * np.float32(0.9)
        stone += (np.asarray(weather.snow, np.float32) - stone) * snow.clip(0, 1)[..., None]
    part = canvas.pixels[rows]
    part += (stone - part) * mask[..., None]


def _paint_shore(canvas: Canvas, rng: np.random.Generator, weather: Weather) -> None:
    line = 0.97 - draw_ridge(rng, canvas.size[0], 3, 0.5) * 0.05
    canvas.lay(_below(canvas, line), np.asarray(weather.near, np.float32) * np.float32(0.55))
    for _ in range(16):
        x = float(rng.choice((rng.uniform(0, 0.3), rng.uniform(0.85, 1.0)))) * canvas.aspect
        tall = float(rng.uniform(0.12, 0.3))
        colour = tuple(int(c * rng.uniform(0.4, 0.8)) for c in weather.near)
        paint_spruce(canvas, rng, (x, 0.99), tall, (colour[0], colour[1], colour[2]))


def paint_spruce(
    canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], tall: float, colour: Colour
) -> None:
    """Paint a spruce with drooping tiers of branches."""
    x, y = foot
    tiers = 9
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(1, tiers + 1):
        share = tier / tiers
        level = y - tall * (1 - share * 0.92)
        for side, points in ((-1, left), (1, right)):
            wide = tall * 0.24 * share * float(rng.uniform(0.8, 1.15))
            points += [(x + side * wide, level), (x + side * wide * 0.45, level - tall * 0.015)]
    canvas.polygon([(x, y - tall), *right, *reversed(left)], colour)
    canvas.polygon([(x - tall * 0.02, y - tall * 0.1), (x + tall * 0.02, y - tall * 0.1), (x, y)], colour)


def _paint_hut(canvas: Canvas, x: float, y: float) -> None:
    canvas.glow(x, y + 0.02, 0.07, (255, 170, 70), 0.7)
    canvas.polygon(
        [(x - 0.09, y - 0.04), (x + 0.09, y - 0.04), (x + 0.09, y + 0.06), (x - 0.09, y + 0.06)], (64, 40, 34)
    )
    canvas.polygon([(x - 0.12, y - 0.03), (x, y - 0.13), (x + 0.12, y - 0.03)], (226, 238, 246))
    for side in (-0.045, 0.045):
        left, top = x + side - 0.022, y - 0.01
        canvas.polygon(
            [(left, top), (left + 0.044, top), (left + 0.044, top + 0.04), (left, top + 0.04)],
            (255, 214, 110),
        )


def _below(canvas: Canvas, line: Field) -> Field:
    mask: Field = np.clip((canvas.y - line) * np.float32(canvas.size[1]) + np.float32(0.5), 0, 1)
    return mask
