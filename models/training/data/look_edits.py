"""Edits that apps make of a picture at a touch: cut to a shape, bars filled with blur, filters, stickers,
rounded corners, few colours, cleaning, and saving again and again."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from models.training.data.picture_edits import scaled, stickered, stored

SEPIA = ((0.393, 0.769, 0.189, 0), (0.349, 0.686, 0.168, 0), (0.272, 0.534, 0.131, 0))


def cut_to(picture: Image.Image, rng: Generator, shape: float) -> Image.Image:
    """Return the picture cut to a width of ``shape`` heights, or its inverse if it is upright."""
    width, height = picture.size
    shape = shape if width >= height else 1 / shape
    size = (min(width, round(height * shape)), min(height, round(width / shape)))
    place = rng.uniform(0.3, 0.7)
    left, top = round(place * (width - size[0])), round(place * (height - size[1]))
    return picture.crop((left, top, left + size[0], top + size[1]))


def filled_bars(picture: Image.Image) -> Image.Image:
    """Return the picture in the middle of 16:9, beside it its own blurred enlargement; 4:3 if it is wide."""
    width, height = picture.size
    shape = 16 / 9 if width * 9 < height * 16 * 0.9 else 3 / 4
    size = (max(width, round(height * shape)), max(height, round(width / shape)))
    page = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(max(size) / 30))
    page.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return page


def sepia(picture: Image.Image) -> Image.Image:
    """Return a sepia print of the picture."""
    return picture.convert("RGB", tuple(value for row in SEPIA for value in row))


def faded(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture with lifted darks, a warm or cold tint, and dark corners."""
    values = np.asarray(picture, dtype=np.float32)
    warm = rng.random() < 0.5
    tint = np.array((235, 200, 150) if warm else (150, 190, 235), np.float32)
    values = values * 0.78 + tint * 0.22
    y, x = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    values *= (1 - rng.uniform(0.3, 0.6) * (x**2 + y**2) / 2)[..., None]
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def bestickered(picture: Image.Image, rng: Generator, others: list[Image.Image]) -> Image.Image:
    """Return the picture with four stickers on it."""
    for _ in range(4):
        picture = stickered(picture, rng, others)
    return picture


def rounded(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture with rounded corners on black or white."""
    mask = Image.new("L", picture.size)
    radius = min(picture.size) * rng.uniform(0.06, 0.16)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), radius, 255)
    page = Image.new("RGB", picture.size, "white" if rng.random() < 0.6 else "black")
    page.paste(picture, mask=mask)
    return page


def shaved(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture without 1 to 4 pixels of its 256 at each side, saved again."""
    unit = max(picture.size) / 256
    left, top, right, bottom = (round(unit * rng.uniform(0.6, 4)) for _ in range(4))
    return stored(picture.crop((left, top, picture.width - right, picture.height - bottom)), 88)


def cut_to_palette(picture: Image.Image, colours: int, *, dithered: bool) -> Image.Image:
    """Return the picture in the colours of its own palette, as a GIF has them."""
    way = Image.Dither.FLOYDSTEINBERG if dithered else Image.Dither.NONE
    return picture.quantize(palette=picture.quantize(colours), dither=way).convert("RGB")


def cleaned(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture as programs that clean and enlarge leave it."""
    larger = scaled(picture.filter(ImageFilter.MedianFilter(3)), rng.uniform(1.3, 2))
    return larger.filter(ImageFilter.UnsharpMask(2, int(rng.integers(60, 140)), 2))


def passed_on(picture: Image.Image, rng: Generator, times: int) -> Image.Image:
    """Return the picture saved again and again, now and then a little smaller or larger."""
    for _ in range(times):
        again = scaled(picture, rng.uniform(0.94, 1.06)) if rng.random() < 0.3 else picture
        picture = stored(again, int(rng.integers(70, 93)))
    return picture
