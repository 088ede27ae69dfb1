"""Pictures drawn for the tests: a portrait with an expression, and scenes that share nothing."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """Return the RGB thumbnail as the decode stage makes it: long side 256 px, JPEG quality 90."""
    small = image.copy()
    small.thumbnail((256, 256), Image.Resampling.LANCZOS)
    return np.asarray(encoded(small, 90))


def encoded(image: Image.Image, quality: int) -> Image.Image:
    """Return the picture after a JPEG round trip."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def resized(image: Image.Image, factor: float) -> Image.Image:
    """Return the picture resized by a factor."""
    return image.resize((round(image.width * factor), round(image.height * factor)))


def portrait(smile: bool = True, size: int = 640) -> Image.Image:
    """Return a drawn head and shoulders before a patterned wall, smiling or not."""
    image = Image.new("RGB", (size, size * 5 // 4), (196, 220, 232))
    draw = ImageDraw.Draw(image)
    u = size / 100
    for k in range(14):
        left = k * 7.3 * u
        draw.polygon(
            [(left, 0), (left + 3 * u, 0), (left + (k % 5) * 4 * u, 125 * u)], fill=(180, 206 - 3 * k, 220)
        )
    draw.ellipse((4 * u, 6 * u, 22 * u, 24 * u), fill=(250, 214, 90), outline=(190, 140, 30), width=4)
    draw.rectangle((76 * u, 10 * u, 96 * u, 40 * u), fill=(120, 150, 110), outline=(60, 60, 50), width=5)
    draw.line((76 * u, 25 * u, 96 * u, 25 * u), fill=(60, 60, 50), width=4)
    draw.polygon(
        [(14 * u, 125 * u), (34 * u, 88 * u), (66 * u, 88 * u), (86 * u, 125 * u)], fill=(70, 90, 170)
    )
    for button in range(3):
        draw.ellipse((48 * u, (94 + 9 * button) * u, 52 * u, (98 + 9 * button) * u), fill=(230, 220, 120))
    draw.ellipse((22 * u, 20 * u, 78 * u, 84 * u), fill=(90, 50, 30))
    draw.ellipse((28 * u, 30 * u, 72 * u, 92 * u), fill=(250, 218, 190), outline=(120, 70, 50), width=3)
    draw.polygon([(28 * u, 48 * u), (50 * u, 24 * u), (72 * u, 46 * u), (54 * u, 36 * u)], fill=(90, 50, 30))
    for x in (40, 60):
        draw.ellipse(
            ((x - 5) * u, 54 * u, (x + 5) * u, 62 * u), fill=(255, 255, 255), outline=(60, 30, 20), width=3
        )
        draw.ellipse(((x - 2) * u, 55 * u, (x + 2) * u, 61 * u), fill=(40, 90, 60))
    mouth = (42 * u, 70 * u, 58 * u, 82 * u)
    draw.arc(mouth, *((15, 165) if smile else (195, 345)), fill=(150, 40, 40), width=round(1.4 * u))
    return image


def scene(seed: int, size: tuple[int, int] = (640, 480), shapes: int = 60) -> Image.Image:
    """Return a picture of random shapes; another seed shares nothing with it."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(int(v) for v in rng.integers(90, 220, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(shapes):
        x, y = int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))
        wide, high = (int(v) for v in rng.integers(12, max(size) // 5, 2))
        fill = tuple(int(v) for v in rng.integers(0, 256, 3))
        box = (x - wide, y - high, x + wide, y + high)
        if rng.random() < 0.5:
            draw.ellipse(box, fill=fill)
        else:
            draw.polygon([(x - wide, y), (x, y - high), (x + wide, y + high // 2)], fill=fill)
    return image
