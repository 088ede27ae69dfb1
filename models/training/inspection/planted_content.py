"""Planted content: something small that is put into a picture, and the same place with something else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Ink = tuple[int, int, int]
Plant = Callable[[Pixels, Box, random.Random], tuple[Pixels, Pixels]]
"""Returns the picture before and after the change at a place."""

OPACITY = (0.35, 0.6, 0.85, 1.0, 1.0)
_LINES = (
    "the quick brown fox", "sold out", "page 12 of 40", "all rights reserved", "Hello again", "3 eggs, milk",
)  # fmt: skip
_FORMS = ("{}{}{}{}-{}{}-{}{}", "{}{}:{}{}:{}{}.{}{}", "{}{}.{}{}.{}{}{}{}", "No. {}{}{}{}{}{}{}{}")


def _ink(pixels: Pixels, box: Box, draw: random.Random) -> Ink:
    left, top, width, height = box
    light = float(pixels[top : top + height, left : left + width].mean()) > 110
    base = 30 if light else 225
    red, green, blue = (min(max(base + draw.randint(-30, 60 if light else 30), 0), 255) for _ in range(3))
    return red, green, blue


def _overlay(pixels: Pixels, paint: Callable[[ImageDraw.ImageDraw], Any], opacity: float) -> Pixels:
    picture = Image.fromarray(pixels)
    painted = picture.copy()
    paint(ImageDraw.Draw(painted))
    return np.asarray(Image.blend(picture, painted, opacity))


def _retyped(pixels: Pixels, box: Box, draw: random.Random) -> tuple[Pixels, Pixels]:
    """A date or a number, of which two digits change."""
    left, top, _, height = box
    digits = [str(draw.randrange(10)) for _ in range(8)]
    others = digits.copy()
    start = draw.randrange(7)
    for place in (start, start + 1):
        others[place] = str((int(digits[place]) + draw.randint(1, 9)) % 10)
    form = draw.choice(_FORMS)
    font, ink = ImageFont.load_default(max(round(height * 1.3), 7)), _ink(pixels, box, draw)
    opacity = draw.choice(OPACITY)
    x = min(left, max(pixels.shape[1] - round(height * 7), 0))

    def write(pen: ImageDraw.ImageDraw, shown: list[str]) -> None:
        pen.text((x, top), form.format(*shown), ink, font)

    before = _overlay(pixels, lambda pen: write(pen, digits), opacity)
    return before, _overlay(pixels, lambda pen: write(pen, others), opacity)


def _line_removed(pixels: Pixels, box: Box, draw: random.Random) -> tuple[Pixels, Pixels]:
    """Some lines of text, one of which is there no longer."""
    left, top, _, height = box
    size = max(round(height * 0.9), 6)
    font, ink, opacity = ImageFont.load_default(size), _ink(pixels, box, draw), draw.choice(OPACITY)
    lines = draw.sample(_LINES, draw.randint(1, 3))
    gone = draw.randrange(len(lines))
    x = min(left, max(pixels.shape[1] - size * 6, 0))

    def write(pen: ImageDraw.ImageDraw, left_out: int) -> None:
        for number, line in enumerate(lines):
            if number != left_out:
                pen.text((x, top + number * size * 1.3), line, ink, font)

    before = _overlay(pixels, lambda pen: write(pen, -1), opacity)
    after = _overlay(pixels, lambda pen: write(pen, gone), opacity)
    return (before, after) if draw.random() < 0.8 else (after, before)


def _gaze(pixels: Pixels, box: Box, draw: random.Random) -> tuple[Pixels, Pixels]:
    """An eye that closes or looks elsewhere."""
    left, top, width, height = box
    white = (draw.randint(200, 255),) * 3
    ink, opacity = (draw.randint(0, 70),) * 3, draw.choice(OPACITY)
    line = max(width // 10, 1)
    shut = draw.random() < 0.5

    def open_eye(pen: ImageDraw.ImageDraw, aside: float) -> None:
        pen.ellipse((left, top + height * 0.15, left + width, top + height * 0.85), white, ink, line)
        x, y, r = left + width * (0.5 + aside), top + height * 0.5, min(width, height) * 0.25
        pen.ellipse((x - r, y - r, x + r, y + r), ink)

    def other(pen: ImageDraw.ImageDraw) -> None:
        if shut:
            pen.arc((left, top, left + width, top + height * 0.8), 20, 160, ink, line)
        else:
            open_eye(pen, 0.2)

    before = _overlay(pixels, lambda pen: open_eye(pen, -0.2), opacity)
    return before, _overlay(pixels, other, opacity)


def _figure(pixels: Pixels, box: Box, draw: random.Random) -> tuple[Pixels, Pixels]:
    """A small picture, in whose place another one comes: two parts of the scene made small."""
    left, top, width, height = box
    made = []
    for _ in range(2):
        side = min(max(width * draw.randint(2, 6), 12), *pixels.shape[:2])
        y, x = draw.randrange(pixels.shape[0] - side + 1), draw.randrange(pixels.shape[1] - side + 1)
        small = Image.fromarray(pixels[y : y + side, x : x + side]).resize((width, height))
        changed = pixels.copy()
        changed[top : top + height, left : left + width] = np.asarray(small)
        made.append(changed)
    return made[0], made[1]


PLANTED: dict[str, Plant] = {
    "retyped": _retyped,
    "line removed": _line_removed,
    "gaze": _gaze,
    "figure": _figure,
}
