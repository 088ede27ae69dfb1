"""Prints: flat illustrations after East Asian prints: carp, cherry blossom and lanterns."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour, Point, round_off
from dpm_tui.demo.painting.random_fields import paint_noise
from dpm_tui.demo.painting.sky import paint_moon, paint_stars


def paint_carp(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of three carp and lily pads in a green pond."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (20, 92, 96)), (1, (8, 48, 66))])
    ripples = paint_noise(rng, size, (6, 6), 4)
    canvas.light(np.clip(1 - np.abs(ripples - np.float32(0.5)) * 22, 0, 1) * np.float32(0.4), (120, 210, 200))
    for x, y, radius in (
        (0.08, 0.12, 0.15),
        (0.92, 0.84, 0.19),
        (0.86, 0.1, 0.1),
        (0.1, 0.9, 0.13),
        (0.3, 0.97, 0.09),
    ):
        _paint_pad(canvas, x * canvas.aspect, y, radius, float(rng.uniform(0, 360)))
    shoal: tuple[tuple[float, float, float, float, Colour], ...] = (
        (0.52, 0.24, 0.32, 18, (236, 84, 44)), (0.56, 0.53, 0.34, 196, (226, 44, 40)),
        (0.46, 0.8, 0.28, -16, (246, 180, 60)),
    )  # fmt: skip
    for x, y, long, angle, patch in shoal:
        _paint_fish(canvas, rng, (x * canvas.aspect, y), long, angle, patch)
    return canvas.finish(rng, 1)


def _paint_pad(canvas: Canvas, x: float, y: float, radius: float, turn: float) -> None:
    rim = [math.radians(turn + step) for step in range(18, 343, 6)]
    pad = [(x, y), *((x + math.cos(a) * radius, y + math.sin(a) * radius * 0.92) for a in rim)]
    canvas.polygon([(px + 0.012, py + 0.018) for px, py in pad], (4, 30, 44), 0.5)
    canvas.polygon(pad, ((132, 190, 84), (62, 134, 72)))
    for a in rim[::7]:
        canvas.line(
            [(x, y), (x + math.cos(a) * radius * 0.9, y + math.sin(a) * radius * 0.83)],
            0.004,
            (170, 214, 120),
        )


def _paint_fish(
    canvas: Canvas, rng: np.random.Generator, centre: Point, long: float, angle: float, patch: Colour
) -> None:
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def place(along: float, across: float) -> Point:
        across += math.sin(along * 3.2) * 0.09
        return (
            centre[0] + (along * cosine - across * sine) * long,
            centre[1] + (along * sine + across * cosine) * long,
        )

    tail = [(-0.45, 0.0), (-0.62, 0.1), (-0.9, 0.2), (-0.76, 0.02), (-0.88, -0.18), (-0.62, -0.09)]
    canvas.polygon(round_off([place(*p) for p in tail]), (252, 226, 206), 0.9)
    for side in (-1, 1):
        fin = [(0.3, 0.14 * side), (0.1, 0.36 * side), (0.0, 0.34 * side), (0.12, 0.14 * side)]
        canvas.polygon(round_off([place(*p) for p in fin]), (250, 214, 190), 0.9)
    back = [(0.62, 0.0), (0.5, 0.12), (0.2, 0.18), (-0.2, 0.12), (-0.55, 0.03)]
    body = round_off([place(*p) for p in [*back, *((a, -b) for a, b in reversed(back[1:]))]])
    canvas.polygon(body, (255, 246, 236))
    for along in (0.42, 0.1, -0.26):
        size = 0.12 * float(rng.uniform(0.8, 1.1)) * (1 if along > -0.2 else 0.6)
        blot = [
            (along + size * 1.3 * math.cos(t), size * math.sin(t))
            for t in np.linspace(0, 6.28, 9)[:-1].tolist()
        ]
        canvas.polygon(round_off([place(*p) for p in blot]), patch)
    for side in (-1, 1):
        canvas.ellipse(place(0.5, 0.085 * side), (long * 0.022, long * 0.022), (20, 20, 24))


def paint_blossom(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of a branch of cherry blossom before a snow-capped peak."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (134, 196, 226)), (0.7, (252, 226, 226)), (1, (246, 200, 206))])
    middle = canvas.aspect * 0.46
    canvas.ellipse((canvas.aspect * 0.82, 0.52), (0.12, 0.12), (238, 84, 70))
    peak = [(middle - 0.74, 1.02), (middle - 0.09, 0.4), (middle + 0.09, 0.4), (middle + 0.74, 1.02)]
    canvas.polygon(peak, ((70, 96, 150), (150, 170, 206)))
    cap = [
        (-0.1, 0.4),
        (0.1, 0.4),
        (0.21, 0.52),
        (0.14, 0.5),
        (0.09, 0.56),
        (0.02, 0.5),
        (-0.06, 0.57),
        (-0.12, 0.5),
        (-0.21, 0.52),
    ]
    canvas.polygon([(middle + x, y) for x, y in cap], (255, 255, 255))
    for level in (0.8, 0.87, 0.94):
        for x in np.arange(-0.1, canvas.aspect + 0.2, 0.26).tolist():
            canvas.ellipse((x + level, level + 0.05), (0.2, 0.045), (255, 244, 244), 0.7, soft=0.5)
    twigs = (
        [(-0.05, 0.16), (0.22, 0.2), (0.45, 0.13), (0.8, 0.2), (canvas.aspect * 0.92, 0.1)],
        [(0.3, 0.18), (0.42, 0.3), (0.6, 0.36)],
        [(0.1, 0.18), (0.16, 0.36), (0.1, 0.5)],
    )
    for twig in twigs:
        bough = round_off(twig, closed=False)
        canvas.line(bough, 0.026 if twig is twigs[0] else 0.015, (74, 46, 46))
        for x, y in bough[4::3]:
            spot = (x + float(rng.uniform(-0.05, 0.05)), y + float(rng.uniform(-0.06, 0.06)))
            _paint_flower(canvas, spot, float(rng.uniform(0.026, 0.044)), float(rng.uniform(0, 72)))
    for _ in range(26):
        spot = (float(rng.uniform(0, canvas.aspect)), float(rng.uniform(0.3, 0.95)))
        canvas.ellipse(spot, (0.013, 0.007), (250, 160, 186), tilt=float(rng.uniform(0, 180)))
    return canvas.finish(rng, 1)


def _paint_flower(canvas: Canvas, centre: Point, radius: float, turn: float) -> None:
    for petal in range(5):
        angle = math.radians(turn + petal * 72)
        spot = (centre[0] + math.cos(angle) * radius * 0.62, centre[1] + math.sin(angle) * radius * 0.62)
        canvas.ellipse(
            spot, (radius * 0.56, radius * 0.42), ((255, 214, 226), (248, 150, 180)), tilt=math.degrees(angle)
        )
    canvas.ellipse(centre, (radius * 0.22, radius * 0.22), (214, 60, 104))


def paint_lanterns(seed: int, size: tuple[int, int]) -> Image.Image:
    """Return a painting of rows of glowing paper lanterns under the moon."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(*size)
    canvas.backdrop([(0, (16, 20, 54)), (0.7, (70, 40, 84)), (1, (120, 60, 70))])
    paint_stars(canvas, rng, 150, 0.7)
    paint_moon(canvas, rng, canvas.aspect * 0.72, 0.17, 0.1)
    for row, (level, radius) in enumerate(((0.3, 0.05), (0.48, 0.08), (0.74, 0.125))):
        xs = np.arange(-0.05 + row * 0.07, canvas.aspect + 0.1, radius * 3).tolist()
        canvas.line(
            [(x, level - radius * 1.3 + math.sin(x * 5) * 0.02) for x in [-0.1, *xs, canvas.aspect + 0.1]],
            0.005,
            (30, 20, 30),
        )
        for x in xs:
            _paint_lantern(
                canvas,
                x,
                level + math.sin(x * 5) * 0.02,
                radius,
                (226, 50, 40) if row != 1 else (246, 160, 50),
            )
    return canvas.finish(rng, 1)


def _paint_lantern(canvas: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    canvas.ellipse((x, y), (radius * 2, radius * 2), (255, 130, 50), 0.28, soft=1.0)
    canvas.ellipse((x, y), (radius, radius * 1.12), colour)
    canvas.ellipse((x, y), (radius * 0.9, radius), (255, 214, 120), 0.75, soft=1.0)
    for share in (0.35, 0.75):
        rib = [
            (x + math.sin(t) * radius * share, y - math.cos(t) * radius * 1.1)
            for t in np.linspace(-3.14, 3.14, 30).tolist()
        ]
        canvas.line(rib, 0.004, (120, 20, 20), 0.7)
    for level in (-1.08, 1.08):
        canvas.polygon(
            [
                (x - radius * 0.42, y + radius * level - 0.011),
                (x + radius * 0.42, y + radius * level - 0.011),
                (x + radius * 0.42, y + radius * level + 0.011),
                (x - radius * 0.42, y + radius * level + 0.011),
            ],
            (50, 26, 26),
        )
    canvas.line([(x, y + radius * 1.1), (x, y + radius * 1.5)], radius * 0.12, (240, 190, 70))
