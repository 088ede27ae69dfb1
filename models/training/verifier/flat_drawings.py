"""Flat drawings: sheets of figures, signs and icons of a few colours, as no folder of pictures has enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from numpy.random import Generator
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
PAPERS: tuple[Colour, ...] = ((255, 255, 255), (250, 248, 240), (235, 240, 245), (20, 20, 24))


def flat_drawings(count: int, rng: Generator) -> Iterator[Image.Image]:
    """Yield drawings of 240 to 520 px: one large figure, or a sheet of up to 25 alike."""
    for _ in range(count):
        width, height = (int(n) for n in rng.integers(240, 521, 2))
        image = Image.new("RGB", (width, height), _paper(rng))
        draw, across = ImageDraw.Draw(image), int(rng.integers(1, 6))
        cell = width / across
        figure = _figure(rng)
        for number in range(across * max(1, round(height / cell))):
            left, top = number % across * cell, number // across * cell
            figure(draw, (left, top, cell, cell), rng)
        yield image


def _paper(rng: Generator) -> Colour:
    return PAPERS[0] if rng.random() < 0.4 else PAPERS[int(rng.integers(1, len(PAPERS)))]


def _colour(rng: Generator) -> Colour:
    red, green, blue = (int(v) for v in rng.integers(20, 250, 3))
    return red, green, blue


def _figure(rng: Generator) -> Callable[[ImageDraw.ImageDraw, Box, Generator], None]:
    """Return what draws a figure of three to eight shapes into a box, each time a little moved."""
    colours = [_colour(rng) for _ in range(int(rng.integers(2, 7)))]
    shapes = [
        (int(rng.integers(4)), *rng.uniform(0.05, 0.6, 2), *rng.uniform(0.12, 0.5, 2), int(rng.integers(99)))
        for _ in range(int(rng.integers(3, 9)))
    ]
    outline = _colour(rng) if rng.random() < 0.5 else None
    line = float(rng.uniform(0.01, 0.05))

    def draw_figure(draw: ImageDraw.ImageDraw, box: Box, moves: Generator) -> None:
        left, top, wide, high = box
        for way, x, y, w, h, number in shapes:
            shift = moves.uniform(-0.04, 0.04)
            one = (left + (x + shift) * wide, top + y * high)
            two = (one[0] + w * wide, one[1] + h * high)
            fill, width = colours[number % len(colours)], max(1, round(line * wide))
            match way:
                case 0:
                    draw.ellipse((*one, *two), fill=fill, outline=outline, width=width)
                case 1:
                    draw.rectangle((*one, *two), fill=fill, outline=outline, width=width)
                case 2:
                    points = [(one[0], two[1]), two, ((one[0] + two[0]) / 2, one[1])]
                    draw.polygon(points, fill=fill, outline=outline)
                case _:
                    draw.line((*one, *two), fill=fill, width=2 * width)

    return draw_figure
