"""Portrait: flat drawn characters, told apart by hair, eyes, costume and expression."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dpm_tui.demo.painting.canvas import Canvas, Colour, mirror_points, round_off
from dpm_tui.demo.scenes.face import Face, paint_face

_INK: Colour = (58, 36, 48)
_MIDDLE = 0.4
_BACK_HAIR = {
    "long": [(0.4, 0.1), (0.2, 0.16), (0.13, 0.4), (0.1, 0.7), (0.12, 0.98), (0.4, 0.9)],
    "bob": [(0.4, 0.11), (0.2, 0.17), (0.14, 0.38), (0.15, 0.58), (0.22, 0.64), (0.4, 0.6)],
    "short": [(0.4, 0.12), (0.22, 0.16), (0.17, 0.34), (0.2, 0.5), (0.28, 0.54), (0.4, 0.5)],
}
"""Left halves of the hair behind the head."""
_FRINGES = {
    "straight": [(0.18, 0.42), (0.2, 0.24), (0.28, 0.14), (0.4, 0.105), (0.52, 0.14), (0.6, 0.24),
                 (0.62, 0.42), (0.565, 0.3), (0.53, 0.345), (0.48, 0.3), (0.44, 0.345), (0.4, 0.3),
                 (0.35, 0.345), (0.31, 0.3), (0.27, 0.345), (0.235, 0.3)],
    "parted": [(0.18, 0.46), (0.19, 0.26), (0.27, 0.15), (0.4, 0.1), (0.53, 0.14), (0.61, 0.26), (0.62, 0.46),
               (0.58, 0.36), (0.5, 0.27), (0.4, 0.18), (0.37, 0.26), (0.3, 0.32), (0.22, 0.37)],
    "spiky": [(0.17, 0.4), (0.13, 0.28), (0.21, 0.25), (0.18, 0.13), (0.28, 0.16), (0.31, 0.05), (0.39, 0.12),
              (0.48, 0.04), (0.5, 0.14), (0.62, 0.11), (0.58, 0.22), (0.67, 0.27), (0.63, 0.4), (0.57, 0.29),
              (0.52, 0.37), (0.46, 0.28), (0.41, 0.36), (0.34, 0.28), (0.29, 0.37), (0.235, 0.29)],
}  # fmt: skip
"""Outlines of the hair over the forehead."""


@dataclass(frozen=True, slots=True)
class Character:
    """How a character looks."""

    face: Face
    hair: Colour
    back: str
    fringe: str
    costume: Colour
    trim: Colour
    dress: str
    ornament: str
    ground: tuple[Colour, Colour]
    pattern: str


def paint_character(character: Character, size: tuple[int, int] = (720, 900)) -> Image.Image:
    """Return a painting of a head-and-shoulders portrait."""
    canvas = Canvas(*size)
    canvas.backdrop([(0, character.ground[0]), (1, character.ground[1])])
    _paint_pattern(canvas, character)
    _paint_back_hair(canvas, character)
    _paint_costume(canvas, character)
    paint_face(canvas, character.face, _INK)
    _paint_fringe(canvas, character)
    _paint_ornament(canvas, character)
    return canvas.finish(np.random.default_rng(0))


def _paint_pattern(canvas: Canvas, character: Character) -> None:
    light = tuple(min(c + 34, 255) for c in character.ground[0])
    tone: Colour = (light[0], light[1], light[2])
    if character.pattern == "rays":
        for step in range(0, 360, 24):
            ends = [
                (0.4 + math.cos(math.radians(a)) * 1.2, 0.4 + math.sin(math.radians(a)) * 1.2)
                for a in (step, step + 12)
            ]
            canvas.polygon([(0.4, 0.4), *ends], tone, 0.6)
    elif character.pattern == "stripes":
        for step in range(-8, 10, 2):
            x = step * 0.1
            canvas.polygon([(x, 0), (x + 0.1, 0), (x + 1.0, 1), (x + 0.9, 1)], tone, 0.6)
    elif character.pattern == "moon":
        canvas.ellipse((0.4, 0.36), (0.345, 0.345), ((255, 244, 206), (250, 214, 160)))
        for x, y in ((0.06, 0.1), (0.72, 0.07), (0.75, 0.7), (0.05, 0.62), (0.1, 0.84), (0.69, 0.9)):
            canvas.ellipse((x, y), (0.008, 0.03), (255, 255, 240))
            canvas.ellipse((x, y), (0.03, 0.008), (255, 255, 240))
    else:
        for row in range(9):
            for column in range(8):
                canvas.ellipse((column * 0.12 + row % 2 * 0.06, row * 0.125), (0.024, 0.024), tone, 0.8)


def _paint_back_hair(canvas: Canvas, character: Character) -> None:
    dark = _shade(character.hair, 0.68)
    if character.back == "tails":
        tail = [(0.2, 0.2), (0.08, 0.24), (0.03, 0.5), (0.06, 0.86), (0.13, 0.95), (0.15, 0.7), (0.2, 0.45)]
        for points in (tail, mirror_points(tail, _MIDDLE)):
            canvas.outlined(round_off(points), (character.hair, dark), _INK)
    half = _BACK_HAIR.get(character.back, _BACK_HAIR["short"])
    outline = [*half, *reversed(mirror_points(half[1:-1], _MIDDLE))]
    canvas.outlined(round_off(outline), (dark, _shade(dark, 0.8)), _INK)


def _paint_costume(canvas: Canvas, character: Character) -> None:
    skin = character.face.skin
    body = [
        (0.31, 0.68),
        (0.2, 0.72),
        (0.09, 0.8),
        (0.03, 1.05),
        (0.77, 1.05),
        (0.71, 0.8),
        (0.6, 0.72),
        (0.49, 0.68),
    ]
    canvas.outlined(round_off(body), (character.costume, _shade(character.costume, 0.72)), _INK)
    neck = [(0.345, 0.56), (0.345, 0.68), (0.4, 0.77), (0.455, 0.68), (0.455, 0.56)]
    canvas.outlined(neck, (_shade(skin, 0.82), skin), _INK, 0.004)
    lapel = [(0.33, 0.66), (0.22, 0.72), (0.29, 0.84), (0.4, 0.78), (0.34, 0.7)]
    if character.dress == "sailor":
        for points in (lapel, mirror_points(lapel, _MIDDLE)):
            canvas.outlined(points, character.trim, _INK)
        bow = [(0.4, 0.8), (0.31, 0.77), (0.3, 0.87), (0.4, 0.82), (0.34, 0.97), (0.4, 0.93)]
        for points in (bow, mirror_points(bow, _MIDDLE)):
            canvas.outlined(points, (226, 60, 74), _INK)
    elif character.dress == "kimono":
        for points, tone in ((mirror_points(lapel, _MIDDLE), 0.9), (lapel, 1.0)):
            edge = [
                points[0],
                points[1],
                (2 * 0.4 - points[1][0], 1.03),
                (2 * 0.4 - points[1][0] + 0.01, 0.93),
                points[4],
            ]
            canvas.outlined(edge, _shade(character.trim, tone), _INK)
        for x, y in ((0.15, 0.86), (0.2, 0.96), (0.62, 0.8), (0.67, 0.92), (0.11, 0.98)):
            for step in range(5):
                a = step * 1.2566
                canvas.ellipse(
                    (x + math.cos(a) * 0.018, y + math.sin(a) * 0.018), (0.015, 0.015), character.trim
                )
    elif character.dress == "hood":
        hood = [(0.3, 0.62), (0.2, 0.68), (0.22, 0.78), (0.4, 0.86), (0.4, 0.78), (0.33, 0.7)]
        for points in (hood, mirror_points(hood, _MIDDLE)):
            canvas.outlined(round_off(points), character.trim, _INK)
        for x in (0.36, 0.44):
            canvas.line([(x, 0.82), (x - 0.005, 0.95)], 0.009, (250, 250, 250))
    else:
        canvas.outlined(
            [(0.33, 0.66), (0.28, 0.72), (0.4, 0.82), (0.52, 0.72), (0.47, 0.66), (0.4, 0.75)],
            (250, 250, 250),
            _INK,
        )
        tie = [(0.38, 0.79), (0.42, 0.79), (0.435, 0.96), (0.4, 1.02), (0.365, 0.96)]
        canvas.outlined(tie, character.trim, _INK)


def _paint_fringe(canvas: Canvas, character: Character) -> None:
    outline = _FRINGES[character.fringe]
    points = outline if character.fringe == "spiky" else round_off(outline)
    canvas.outlined(points, (_shade(character.hair, 1.12), character.hair), _INK)
    gloss = [
        (0.4 + math.sin(a) * 0.17, 0.29 - math.cos(a) * 0.09) for a in np.linspace(-0.9, 0.9, 15).tolist()
    ]
    canvas.line(gloss, 0.016, _shade(character.hair, 1.5), 0.7)
    if character.back in ("long", "bob"):
        lock = [(0.19, 0.36), (0.165, 0.5), (0.19, 0.66), (0.225, 0.5), (0.215, 0.38)]
        for side in (lock, mirror_points(lock, _MIDDLE)):
            canvas.outlined(round_off(side), (character.hair, _shade(character.hair, 0.8)), _INK)


def _paint_ornament(canvas: Canvas, character: Character) -> None:
    if character.ornament == "ribbons":
        bow = [(0.2, 0.2), (0.12, 0.13), (0.1, 0.24), (0.2, 0.21), (0.27, 0.28), (0.28, 0.15)]
        for points in (bow, mirror_points(bow, _MIDDLE)):
            canvas.outlined(round_off(points), (240, 70, 90), _INK)
    elif character.ornament == "ears":
        ear, inner = [(0.2, 0.2), (0.19, 0.02), (0.34, 0.12)], [(0.22, 0.17), (0.21, 0.06), (0.3, 0.12)]
        for points, fill in ((ear, character.hair), (inner, (255, 180, 190))):
            canvas.outlined(points, fill, _INK)
            canvas.outlined(mirror_points(points, _MIDDLE), fill, _INK)
    elif character.ornament == "flower":
        for step in range(6):
            a = step * 1.0472
            canvas.ellipse(
                (0.575 + math.cos(a) * 0.038, 0.2 + math.sin(a) * 0.038), (0.028, 0.028), (255, 240, 246)
            )
        canvas.ellipse((0.575, 0.2), (0.024, 0.024), (250, 190, 70))


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(int(c * factor), 255) for c in colour)
    return red, green, blue
