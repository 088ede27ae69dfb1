"""The edits that the evaluation makes of a picture: drawn with Pillow, apart from the augmentation."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Edit = Callable[[Image.Image, Generator, list[Image.Image]], Image.Image]
"""Takes a picture, random numbers and other pictures (for stickers); returns the copy."""


def _stored(picture: Image.Image, kind: str, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, kind, quality=quality)
    stream.seek(0)
    return Image.open(stream).convert("RGB")


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = tuple(max(8, round(side * factor)) for side in picture.size)
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)


def _cropped(picture: Image.Image, rng: Generator, area: float) -> Image.Image:
    side = math.sqrt(area)
    width, height = round(picture.width * side), round(picture.height * side)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def _letterboxed(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    wide = width * 9 < height * 16
    size = (round(height * 16 / 9), height) if wide else (width, round(width * 3 / 4))
    size = (max(size[0], width), max(size[1], height))
    page = Image.new("RGB", size, "black")
    page.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return page


def _screenshot(picture: Image.Image, rng: Generator) -> Image.Image:
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


def _captioned(picture: Image.Image, rng: Generator) -> Image.Image:
    strip = round(picture.height * rng.uniform(0.12, 0.25))
    top = rng.random() < 0.5
    page = Image.new("RGB", (picture.width, picture.height + strip), "white")
    page.paste(picture, (0, strip if top else 0))
    place = (round(picture.width * 0.05), round(strip * 0.15) + (0 if top else picture.height))
    font = ImageFont.load_default(strip * 0.55)
    ImageDraw.Draw(page).text(place, "when it works at last", fill="black", font=font)
    return page


def _written(picture: Image.Image, rng: Generator) -> Image.Image:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    font = ImageFont.load_default(picture.height * rng.uniform(0.08, 0.16))
    place = (picture.width * rng.uniform(0, 0.3), picture.height * rng.uniform(0, 0.8))
    draw.text(place, "Hello World", fill="white", font=font, stroke_width=2, stroke_fill="black")
    return copy


def _watermarked(picture: Image.Image, rng: Generator) -> Image.Image:
    width, height = picture.size
    mask = Image.new("L", (2 * width, 2 * height))
    draw = ImageDraw.Draw(mask)
    font = ImageFont.load_default(height * 0.09)
    for x in range(0, 2 * width, max(20, width // 2)):
        for y in range(0, 2 * height, max(20, height // 4)):
            draw.text((x, y), "© sample", fill=round(255 * rng.uniform(0.25, 0.5)), font=font)
    mask = mask.rotate(30).crop((width // 2, height // 2, width // 2 + width, height // 2 + height))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, mask)


def _stickered(picture: Image.Image, rng: Generator, others: list[Image.Image]) -> Image.Image:
    copy = picture.copy()
    side = round(math.sqrt(picture.width * picture.height * rng.uniform(0.04, 0.12)))
    sticker = ImageOps.fit(others[int(rng.integers(0, len(others)))], (side, side))
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    room = (max(1, picture.width - side), max(1, picture.height - side))
    copy.paste(sticker, (int(rng.integers(0, room[0])), int(rng.integers(0, room[1]))), mask)
    return copy


def _toned(picture: Image.Image, rng: Generator, spread: float) -> Image.Image:
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhancer(picture).enhance(float(rng.choice([1 - spread, 1 + spread])))
    return picture


def _noisy(picture: Image.Image, rng: Generator) -> Image.Image:
    values = np.asarray(picture, dtype=np.float32)
    return Image.fromarray((values + rng.normal(0, 15, values.shape)).clip(0, 255).astype(np.uint8))


def _chained(picture: Image.Image, rng: Generator) -> Image.Image:
    picture = _written(_toned(_cropped(picture, rng, 0.7), rng, 0.2), rng)
    return _stored(_scaled(picture, 0.6), "JPEG", 50)


TRANSFORMS: dict[str, Edit] = {
    "jpeg 70": lambda p, r, o: _stored(p, "JPEG", 70),
    "jpeg 25": lambda p, r, o: _stored(p, "JPEG", 25),
    "webp 30": lambda p, r, o: _stored(p, "WEBP", 30),
    "palette 32": lambda p, r, o: p.quantize(32).convert("RGB"),
    "scale 1/2": lambda p, r, o: _scaled(p, 0.5),
    "scale 1/4": lambda p, r, o: _scaled(p, 0.25),
    "crop 90 %": lambda p, r, o: _cropped(p, r, 0.9),
    "crop 70 %": lambda p, r, o: _cropped(p, r, 0.7),
    "crop 50 %": lambda p, r, o: _cropped(p, r, 0.5),
    "crop 30 %": lambda p, r, o: _cropped(p, r, 0.3),
    "pad white": lambda p, r, o: ImageOps.expand(p, round(0.12 * min(p.size)), "white"),
    "letterbox": lambda p, r, o: _letterboxed(p),
    "screenshot": lambda p, r, o: _screenshot(p, r),
    "caption": lambda p, r, o: _captioned(p, r),
    "text": lambda p, r, o: _written(p, r),
    "watermark": lambda p, r, o: _watermarked(p, r),
    "sticker": _stickered,
    "tone 10 %": lambda p, r, o: _toned(p, r, 0.1),
    "tone 30 %": lambda p, r, o: _toned(p, r, 0.3),
    "grey": lambda p, r, o: ImageOps.grayscale(p).convert("RGB"),
    "blur": lambda p, r, o: p.filter(ImageFilter.GaussianBlur(2)),
    "sharpen": lambda p, r, o: p.filter(ImageFilter.UnsharpMask(2, 150)),
    "noise": lambda p, r, o: _noisy(p, r),
    "stretch": lambda p, r, o: p.resize((round(p.width * 1.3), p.height)),
    "rotate 5": lambda p, r, o: p.rotate(float(r.choice([-5, 5])), Image.Resampling.BILINEAR, expand=True),
    "turn 90": lambda p, r, o: p.transpose(Image.Transpose.ROTATE_90),
    "turn 180": lambda p, r, o: p.transpose(Image.Transpose.ROTATE_180),
    "mirror": lambda p, r, o: ImageOps.mirror(p),
    "chain": lambda p, r, o: _chained(p, r),
}
"""Name -> edit. ``crop N %`` keeps N % of the area; ``chain`` is crop, tone, text, scale and JPEG."""
