"""Edits of a picture, drawn with Pillow, apart from the augmentation of the training."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Edit = Callable[[Image.Image, Generator, list[Image.Image]], Image.Image]
"""Takes a picture, random numbers and other pictures (for stickers); returns the copy."""


def stored(picture: Image.Image, quality: int, kind: str = "JPEG") -> Image.Image:
    """Return the picture after one lossy round trip."""
    stream = io.BytesIO()
    picture.save(stream, kind, quality=quality)
    stream.seek(0)
    return Image.open(stream).convert("RGB")


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    """Return the picture resized by a factor, both sides rounded as image editors do."""
    size = tuple(max(8, round(side * factor)) for side in picture.size)
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)


def cropped(picture: Image.Image, rng: Generator, area: float) -> Image.Image:
    side = math.sqrt(area)
    width, height = round(picture.width * side), round(picture.height * side)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def letterboxed(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    wide = width * 9 < height * 16
    size = (round(height * 16 / 9), height) if wide else (width, round(width * 3 / 4))
    size = (max(size[0], width), max(size[1], height))
    page = Image.new("RGB", size, "black")
    page.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return page


def screenshot(picture: Image.Image, rng: Generator) -> Image.Image:
    width, height = picture.size
    bar, foot = round(height * rng.uniform(0.06, 0.14)), round(height * rng.uniform(0.08, 0.25))
    dark = rng.random() < 0.5
    page = Image.new("RGB", (width, height + bar + foot), "#1c1c1e" if dark else "#f7f7f7")
    page.paste(picture, (0, bar))
    draw = ImageDraw.Draw(page)
    ink = "#dddddd" if dark else "#333333"
    draw.text((6, 2), "12:34", fill=ink, font=ImageFont.load_default(max(8, bar * 0.6)))
    for index in range(4):
        x = width * (index + 0.5) / 4
        radius = foot * 0.2
        draw.ellipse(
            (x - radius, page.height - foot / 2 - radius, x + radius, page.height - foot / 2 + radius), ink
        )
    return page


def captioned(picture: Image.Image, rng: Generator) -> Image.Image:
    strip = round(picture.height * rng.uniform(0.12, 0.25))
    top = rng.random() < 0.5
    page = Image.new("RGB", (picture.width, picture.height + strip), "white")
    page.paste(picture, (0, strip if top else 0))
    place = (round(picture.width * 0.05), round(strip * 0.15) + (0 if top else picture.height))
    font = ImageFont.load_default(strip * 0.55)
    ImageDraw.Draw(page).text(place, "when it works at last", fill="black", font=font)
    return page


def written(picture: Image.Image, rng: Generator) -> Image.Image:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    font = ImageFont.load_default(picture.height * rng.uniform(0.08, 0.16))
    place = (picture.width * rng.uniform(0, 0.3), picture.height * rng.uniform(0, 0.8))
    draw.text(place, "Hello World", fill="white", font=font, stroke_width=2, stroke_fill="black")
    return copy


def watermarked(picture: Image.Image, rng: Generator) -> Image.Image:
    width, height = picture.size
    mask = Image.new("L", (2 * width, 2 * height))
    draw = ImageDraw.Draw(mask)
    font = ImageFont.load_default(height * 0.09)
    for x in range(0, 2 * width, max(20, width // 2)):
        for y in range(0, 2 * height, max(20, height // 4)):
            draw.text((x, y), "© sample", fill=round(255 * rng.uniform(0.25, 0.5)), font=font)
    mask = mask.rotate(30).crop((width // 2, height // 2, width // 2 + width, height // 2 + height))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, mask)


def stickered(picture: Image.Image, rng: Generator, others: list[Image.Image]) -> Image.Image:
    copy = picture.copy()
    side = round(math.sqrt(picture.width * picture.height * rng.uniform(0.04, 0.12)))
    sticker = ImageOps.fit(others[int(rng.integers(0, len(others)))], (side, side))
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    room = (max(1, picture.width - side), max(1, picture.height - side))
    copy.paste(sticker, (int(rng.integers(0, room[0])), int(rng.integers(0, room[1]))), mask)
    return copy


def toned(picture: Image.Image, rng: Generator, spread: float) -> Image.Image:
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhancer(picture).enhance(float(rng.choice([1 - spread, 1 + spread])))
    return picture


def noisy(picture: Image.Image, rng: Generator) -> Image.Image:
    values = np.asarray(picture, dtype=np.float32)
    return Image.fromarray((values + rng.normal(0, 15, values.shape)).clip(0, 255).astype(np.uint8))


def paged(picture: Image.Image, rng: Generator, others: list[Image.Image], tiles: int) -> Image.Image:
    """Return a page on which the picture is one of ``tiles`` squared, the rest other pictures."""
    width, height = picture.size
    page = Image.new("RGB", (tiles * width, tiles * height), "white")
    own = int(rng.integers(0, tiles * tiles))
    for place in range(tiles * tiles):
        tile = picture if place == own else others[int(rng.integers(0, len(others)))].resize((width, height))
        page.paste(tile, (place % tiles * width, place // tiles * height))
    return page


def on_screen(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return a screenshot of an app that shows the picture at half its width."""
    width, height = picture.size
    dark = rng.random() < 0.5
    page = Image.new("RGB", (round(1.9 * width), round(1.7 * height)), "#202225" if dark else "#f2f3f5")
    draw = ImageDraw.Draw(page)
    ink = "#d0d0d0" if dark else "#303030"
    left, top = round(page.width * rng.uniform(0.1, 0.4)), round(page.height * rng.uniform(0.12, 0.35))
    font = ImageFont.load_default(max(8, height * 0.05))
    for line in range(3, page.height, max(12, round(height * 0.09))):
        draw.text((6, line), "Posted by someone, 12 minutes ago", fill=ink, font=font)
    draw.rectangle((0, 0, page.width, round(height * 0.1)), fill="#3b5998")
    page.paste(picture, (left, top))
    return page


def photographed(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture as on a screen that was photographed at an angle."""
    width, height = picture.size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    drift = rng.uniform(0.02, 0.14, (4, 2))
    signs = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    moved = [
        (x + sx * dx * width, y + sy * dy * height)
        for (x, y), (sx, sy), (dx, dy) in zip(corners, signs, drift.tolist(), strict=True)
    ]
    rows, values = [], []
    for (x, y), (u, v) in zip(moved, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    map_ = np.linalg.solve(np.array(rows), np.array(values)).tolist()
    seen = picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, map_, Image.Resampling.BICUBIC, fillcolor="#15151a"
    )
    return stored(toned(seen, rng, 0.1), 70)


def covered(picture: Image.Image, rng: Generator) -> Image.Image:
    copy = picture.copy()
    width, height = (round(side * math.sqrt(0.3)) for side in picture.size)
    left = int(rng.integers(0, picture.width - width))
    top = int(rng.integers(0, picture.height - height))
    colour = tuple(int(value) for value in rng.integers(0, 256, 3))
    copy.paste(Image.new("RGB", (width, height), colour), (left, top))
    return copy


def chained_four(picture: Image.Image, rng: Generator, others: list[Image.Image]) -> Image.Image:
    """Return the picture after four different edits in random order."""
    edits: list[Callable[[Image.Image], Image.Image]] = [
        lambda p: cropped(p, rng, 0.7),
        lambda p: ImageOps.mirror(p),
        lambda p: toned(p, rng, 0.2),
        lambda p: written(p, rng),
        lambda p: scaled(p, 0.5),
        lambda p: stored(p, 40),
        lambda p: ImageOps.expand(p, round(0.1 * min(p.size)), "black"),
        lambda p: ImageOps.grayscale(p).convert("RGB"),
        lambda p: p.filter(ImageFilter.GaussianBlur(1)),
        lambda p: captioned(p, rng),
    ]
    for number in rng.permutation(len(edits))[:4].tolist():
        picture = edits[number](picture)
    return picture


def chained(picture: Image.Image, rng: Generator) -> Image.Image:
    picture = written(toned(cropped(picture, rng, 0.7), rng, 0.2), rng)
    return stored(scaled(picture, 0.6), 50)
