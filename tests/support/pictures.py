"""Small pictures that are made, not stored: each seed shows another scene."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.support.photoshop_files import photoshop


def scene(seed: int, width: int = 192, height: int = 144) -> Image.Image:
    """Return an RGB picture with soft colours and sharp shapes, the same for the same seed."""
    dice = np.random.default_rng(seed)
    colours = dice.integers(0, 256, (5, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(colours).resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        left, top = dice.uniform(0, 0.9, 2)
        right, bottom = left + dice.uniform(0.05, 0.3), top + dice.uniform(0.05, 0.3)
        box = (left * width, top * height, right * width, bottom * height)
        colour = tuple(int(value) for value in dice.integers(0, 256, 3))
        (draw.ellipse if dice.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return picture


def encode(picture: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """Return the bytes of a picture file."""
    target = io.BytesIO()
    if format_ == "HEIF":
        import pillow_heif  # here, so that only tests that write HEIC files load the encoder

        pillow_heif.from_pillow(picture).save(target, **options)
    elif format_ == "PSD":
        target.write(photoshop(picture, **options))
    else:
        if format_ == "JXL":
            import pillow_jxl  # noqa: F401 - likewise

        picture.save(target, format_, **options)
    return target.getvalue()


def decoded(content: bytes) -> Image.Image:
    """Return the pixels of a picture file at full size, with nothing of its metadata."""
    with Image.open(io.BytesIO(content)) as image:
        pixels = np.asarray(image.convert("RGB"))
    return Image.fromarray(pixels)


def exif(**tags: Any) -> Image.Exif:
    """Return EXIF data from names of tags, such as ``Orientation``."""
    from PIL import ExifTags

    data = Image.Exif()
    for name, value in tags.items():
        data[ExifTags.Base[name]] = value
    return data


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """Return a JPEG with one more segment right after its start: other metadata, the same picture."""
    return jpeg[:2] + bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]
