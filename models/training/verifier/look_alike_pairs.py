"""Pairs that look alike and are not: nearest neighbours by layout, and drawn pages, skies and line art."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.training.data.held_out_copies import thumbnail
from models.training.verifier.pair_transforms import font

LAYOUT = 12
"""Side in pixels of the small pictures whose distance says which pictures lie near."""


def neighbours(thumbnails: list[NDArray[np.uint8]], each: int) -> Iterator[tuple[int, int]]:
    """Yield index pairs: each picture with those of the nearest layout, in order, each pair once."""
    small = np.stack([cv2.resize(t, (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA) for t in thumbnails])
    flat = small.reshape(len(small), -1).astype(np.float32)
    squares = (flat**2).sum(axis=1)
    distance = squares[:, None] + squares[None] - 2 * flat @ flat.T
    np.fill_diagonal(distance, np.inf)
    pairs = {tuple(sorted((i, int(j)))) for i in range(len(flat)) for j in np.argsort(distance[i])[:each]}
    yield from sorted(pairs)  # type: ignore[misc]


def _sky(rng: np.random.Generator) -> Image.Image:
    top, bottom = rng.integers(60, 160, 3), rng.integers(140, 250, 3)
    rows = np.linspace(0, 1, 300)[:, None, None] ** rng.uniform(0.5, 2)
    haze = cv2.GaussianBlur(rng.normal(0, 1, (300, 400, 3)), (0, 0), rng.uniform(0.5, 30))
    haze *= rng.uniform(0, 6) / haze.std()
    return Image.fromarray(np.clip(top + (bottom - top) * rows + haze, 0, 255).astype(np.uint8))


def _words(rng: np.random.Generator, low: int, high: int) -> str:
    return "".join(rng.choice(list("abcdefghij klmnopqrstuv wxyz "), int(rng.integers(low, high))))


def _page(rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (600, 800), (255, 255, 255))
    for line in range(26):
        ImageDraw.Draw(image).text((40, 30 + 28 * line), _words(rng, 20, 60), (0, 0, 0), font(18))
    return image


def _chat(rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (540, 960), (236, 229, 221))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 540, 70), fill=(7, 94, 84))
    draw.ellipse((12, 12, 58, 58), fill=(200, 200, 200))
    draw.text((72, 20), _words(rng, 5, 12), (255, 255, 255), font(24))
    top = 90
    while top < 840:
        high, mine = int(rng.integers(1, 4)) * 28 + 16, rng.random() < 0.5
        box = (180, top, 520, top + high) if mine else (20, top, 360, top + high)
        draw.rounded_rectangle(box, 12, (220, 248, 198) if mine else (255, 255, 255))
        for line in range((high - 16) // 28):
            draw.text((box[0] + 12, top + 8 + 28 * line), _words(rng, 8, 28), (20, 20, 20), font(20))
        top += high + 14
    draw.rectangle((0, 880, 540, 960), fill=(245, 245, 245))
    return image


def _lines(rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (500, 500), (255, 255, 255))
    for _ in range(int(rng.integers(3, 9))):
        points = [tuple(int(v) for v in p) for p in rng.integers(60, 440, (4, 2))]
        ImageDraw.Draw(image).line(points, (0, 0, 0), 4)
    return image


def _icon(rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (256, 256), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    fill = tuple(int(v) for v in rng.integers(0, 256, 3))
    draw.ellipse((30, 30, 226, 226), fill) if rng.random() < 0.5 else draw.rectangle((40, 40, 216, 216), fill)
    for _ in range(int(rng.integers(1, 4))):
        x, y, r = (int(v) for v in rng.integers((70, 70, 10), (180, 180, 50)))
        mark = tuple(int(v) for v in rng.integers(0, 256, 3))
        draw.ellipse((x - r, y - r, x + r, y + r), mark)
    return image


def _blank(rng: np.random.Generator) -> Image.Image:
    shade = tuple(int(v) for v in rng.integers(225, 256, 3))
    paper = np.array(shade) + rng.normal(0, rng.uniform(0, 3), (300, 400, 1))
    return Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))


DRAWN: dict[str, Callable[[np.random.Generator], Image.Image]] = {
    "sky": _sky,
    "page": _page,
    "chat": _chat,
    "lines": _lines,
    "icon": _icon,
    "blank": _blank,
}
"""Kinds of poor pictures; two of one kind share nothing but their manner."""


def drawn(name: str, count: int, rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """Return the thumbnails of so many pictures of one kind."""
    return [thumbnail(DRAWN[name](rng)) for _ in range(count)]
