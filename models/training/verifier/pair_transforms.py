"""The transforms that make true pairs out of one picture, each with the kind it should get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from dpm_tui.catalog.verdict import Kind
from models.training.data.picture_edits import scaled, stored

Make = Callable[[Image.Image, np.random.Generator], Image.Image]


@dataclass(frozen=True, slots=True)
class Transform:
    """One way to derive a picture, and the kinds that are right for the pair."""

    name: str
    kinds: tuple[Kind, ...]
    make: Make


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(size, 8))


def crop(keep: float) -> Make:
    def make(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        side = keep**0.5
        width, height = int(image.width * side), int(image.height * side)
        left, top = (int(rng.integers(0, n + 1)) for n in (image.width - width, image.height - height))
        return image.crop((left, top, left + width, top + height))

    return make


def _border(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    width = int(max(image.size) * rng.uniform(0.04, 0.1))
    return ImageOps.expand(image, width, fill=(255, 255, 255) if rng.random() < 0.5 else (0, 0, 0))


def _bars(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    side = max(image.size)
    target = (side, side) if image.width != image.height else (side * 4 // 3, side)
    return ImageOps.pad(image, target, color=(0, 0, 0) if rng.random() < 0.5 else (255, 255, 255))


def _caption(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    strip = int(image.height * rng.uniform(0.12, 0.22))
    canvas = Image.new("RGB", (image.width, image.height + strip), (255, 255, 255))
    top = strip if rng.random() < 0.5 else 0
    canvas.paste(image, (0, top))
    text_top = 0 if top else image.height
    ImageDraw.Draw(canvas).text((6, text_top + 2), "when you see it", fill=(0, 0, 0), font=font(strip * 0.6))
    return canvas


def _screenshot(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    width, height = int(image.width * 1.06), int(image.height * 1.35)
    canvas = Image.new("RGB", (width, height), (245, 245, 247) if rng.random() < 0.5 else (24, 24, 28))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 0, width, height // 16), fill=(60, 90, 160))
    draw.text((8, 3), "12:45   Photos", fill=(255, 255, 255), font=font(height / 26))
    for column in range(4):
        left = int(width * (0.12 + 0.22 * column))
        draw.ellipse((left, int(height * 0.92), left + width // 16, int(height * 0.97)), fill=(130, 130, 130))
    canvas.paste(image, ((width - image.width) // 2, int(height * 0.12)))
    return canvas


def _tilt(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    angle = float(rng.choice([-1, 1])) * rng.uniform(2, 4)
    return image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


WORDS = ("LOOK AT THIS", "Good morning", "nobody:", "SALE -50 %", "part 2", "I can't even", "2019-07-14")


def _ink(rng: np.random.Generator) -> tuple[int, int, int]:
    inks = ((255, 255, 255), (255, 255, 255), (0, 0, 0), (255, 230, 0), (220, 30, 30), (30, 60, 200))
    return inks[int(rng.integers(len(inks)))]


def _text(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    out = image.copy()
    fill = _ink(rng)
    stroked = bool(rng.random() < 0.6)
    for line in range(int(rng.integers(1, 3))):
        size = min(image.size) * rng.uniform(0.07, 0.14)
        place = (image.width * rng.uniform(0.02, 0.2), image.height * (rng.uniform(0.03, 0.4) + 0.45 * line))
        stroke = max(1, int(size / 12)) if stroked else 0
        edge = (0, 0, 0) if sum(fill) > 300 else (255, 255, 255)
        word = WORDS[int(rng.integers(len(WORDS)))]
        ImageDraw.Draw(out).text(place, word, fill, font(size), stroke_width=stroke, stroke_fill=edge)
    return out


def _watermark(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    alpha = int(rng.integers(70, 150))
    shade = int(rng.choice([255, 255, 128, 0]))
    count = int(rng.choice([1, 3, 3, 5]))
    for row in range(count):
        place = (image.width * rng.uniform(0.02, 0.5), image.height * (row + rng.uniform(0.1, 0.6)) / count)
        size = min(image.size) * rng.uniform(0.07, 0.15)
        draw.text(place, "example.org", (shade, shade, shade, alpha), font(size))
    if rng.random() < 0.4:
        layer = layer.rotate(float(rng.uniform(-35, 35)))
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def _sticker(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    out = image.copy()
    side = int(min(image.size) * rng.uniform(0.18, 0.33))
    left, top = (int(rng.integers(0, n - side)) for n in image.size)
    draw = ImageDraw.Draw(out)
    fill = tuple(int(v) for v in rng.permutation([255, int(rng.integers(60, 220)), int(rng.integers(0, 90))]))
    edge = (255, 255, 255) if rng.random() < 0.4 else tuple(v // 2 for v in fill)
    width = max(2, side // 16)
    box = (left, top, left + side, top + side)
    shape = int(rng.integers(3))
    if shape == 0:
        draw.ellipse(box, fill, edge, width)
        for x in (0.3, 0.62):
            eye = (left + side * x, top + side * 0.28, left + side * (x + 0.1), top + side * 0.42)
            draw.ellipse(eye, fill=(0, 0, 0))
        draw.arc(
            (left + side // 4, top + side * 0.3, left + side * 0.75, top + side * 0.8), 20, 160, 0, width
        )
    elif shape == 1:
        turns = np.linspace(0, 2 * np.pi, 11)[:-1] + rng.uniform(0, 1)
        reach = np.where(np.arange(10) % 2, 0.24, 0.5) * side
        points = [
            (left + side / 2 + r * np.sin(t), top + side / 2 + r * np.cos(t))
            for r, t in zip(reach, turns, strict=True)
        ]
        draw.polygon(points, fill, edge, width)
    else:
        draw.rounded_rectangle((left, top, left + side, top + side * 0.6), side // 6, fill, edge, width)
        draw.text((left + side * 0.15, top + side * 0.1), "NEW", edge, font(side * 0.34))
    return out


def _sepia(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageOps.colorize(image.convert("L"), (30, 15, 0), (255, 235, 200))


def _filter(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    toned = ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(rng.uniform(1.8, 2.4))).enhance(1.5)
    cast = np.asarray(toned, np.float32) * np.array([1.2, 1.0, 0.75], np.float32)
    return Image.fromarray(np.clip(cast, 0, 255).astype(np.uint8))


def tone(strength: float) -> Make:
    def make(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            image = enhancer(image).enhance(1 + float(rng.choice([-1, 1])) * rng.uniform(0.5, 1) * strength)
        return image

    return make


def _gamma(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    power = float(rng.choice([0.85, 1.18]))
    return image.point([round(255 * (i / 255) ** power) for i in range(256)] * 3)


COPY, CROP, TURNED, EDITED = (Kind.COPY,), (Kind.CROP,), (Kind.TURNED,), (Kind.EDITED,)

TRUE_PAIRS: tuple[Transform, ...] = (
    Transform("jpeg-90", COPY, lambda i, r: stored(i, 90)),
    Transform("jpeg-60", COPY, lambda i, r: stored(i, 60)),
    Transform("jpeg-30", COPY, lambda i, r: stored(i, 30)),
    Transform("webp-50", COPY, lambda i, r: stored(i, 50, "WEBP")),
    Transform("resize-75", COPY, lambda i, r: scaled(i, 0.75)),
    Transform("resize-50", COPY, lambda i, r: scaled(i, 0.5)),
    Transform("resize-25", COPY, lambda i, r: scaled(i, 0.25)),
    Transform("upscale-130", COPY, lambda i, r: scaled(i, 1.3)),
    Transform("small-jpeg", COPY, lambda i, r: stored(scaled(i, 0.5), 50)),
    Transform("palette-256", COPY, lambda i, r: i.quantize(256).convert("RGB")),
    Transform("palette-64", COPY, lambda i, r: i.quantize(64).convert("RGB")),
    Transform("sharpen", COPY, lambda i, r: i.filter(ImageFilter.UnsharpMask(1.5, 80, 2))),
    Transform("tone-12", COPY, tone(0.12)),
    Transform("gamma", COPY, _gamma),
    Transform("tone-30", (Kind.COPY, Kind.EDITED), tone(0.3)),
    Transform("crop-95", CROP, crop(0.95)),
    Transform("crop-80", CROP, crop(0.8)),
    Transform("crop-60", CROP, crop(0.6)),
    Transform("crop-40", CROP, crop(0.4)),
    Transform("crop-jpeg", CROP, lambda i, r: stored(crop(0.75)(scaled(i, 0.7), r), 60)),
    Transform("border", CROP, _border),
    Transform("bars", CROP, _bars),
    Transform("caption", CROP, _caption),
    Transform("screenshot", CROP, _screenshot),
    Transform("tilt", CROP, _tilt),
    Transform("mirror", TURNED, lambda i, r: ImageOps.mirror(i)),
    Transform("turn-90", TURNED, lambda i, r: i.rotate(90, expand=True)),
    Transform("turn-180-jpeg", TURNED, lambda i, r: stored(i.rotate(180), 50)),
    Transform("grey", EDITED, lambda i, r: ImageOps.grayscale(i).convert("RGB")),
    Transform("sepia", EDITED, _sepia),
    Transform("invert", EDITED, lambda i, r: ImageOps.invert(i)),
    Transform("filter", EDITED, _filter),
    Transform("text", EDITED, _text),
    Transform("watermark", EDITED, _watermark),
    Transform("sticker", EDITED, _sticker),
)
"""Every way to derive a picture that shows the same picture."""
