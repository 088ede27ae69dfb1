"""Pictures made of random numbers: busy as photographs, or flat as drawings."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw


def photo(seed: int, width: int = 256, height: int = 192) -> NDArray[np.uint8]:
    """Return clouds of colour at several scales with grain, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), dtype=np.float32)
    for cells, weight in ((3, 90), (7, 60), (16, 40), (40, 25)):
        coarse = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        fine = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
        total += (fine / 255 - 0.5) * weight
    grain = rng.normal(0, 6, total.shape)
    return np.asarray((total + grain + 120).clip(0, 255), dtype=np.uint8)


def drawing(seed: int, side: int = 256) -> NDArray[np.uint8]:
    """Return a few flat shapes with outlines on white, (side, side, 3)."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(page)
    for _ in range(6):
        x, y = (int(value) for value in rng.integers(0, side * 3 // 4, 2))
        width, height = (int(value) for value in rng.integers(side // 8, side // 2, 2))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + width, y + height), fill=colour, outline="black", width=3)
    return np.asarray(page)


def sketch(seed: int, side: int = 256) -> NDArray[np.uint8]:
    """Return thin lines on white, (side, side, 3)."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(page)
    for _ in range(3):
        points = [(int(x), int(y)) for x, y in rng.integers(20, side - 20, (5, 2))]
        draw.line(points, fill=(90, 90, 90), width=2)
    return np.asarray(page)


def reencoded(picture: NDArray[np.uint8], quality: int = 60) -> NDArray[np.uint8]:
    """Return the picture after a JPEG round trip."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))
