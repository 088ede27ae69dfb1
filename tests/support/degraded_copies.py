"""Copies of a picture as people have them: sent, shrunk, blown up, blurred, saved again and again."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Picture = Image.Image
_LANCZOS, _BICUBIC = Image.Resampling.LANCZOS, Image.Resampling.BICUBIC
_FILTERS = (_LANCZOS, _BICUBIC)


@dataclass(frozen=True)
class StoredCopy:
    """A file: its content and the ending of its name."""

    content: bytes
    ending: str


Copied = Callable[[Picture, random.Random], StoredCopy]


def stored(picture: Picture, ending: str, **options: object) -> StoredCopy:
    """Return a picture as a file."""
    stream = io.BytesIO()
    form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF", "tif": "TIFF"}[ending]
    picture.save(stream, form, **options)
    return StoredCopy(stream.getvalue(), ending)


def reopened(copy: StoredCopy) -> Picture:
    """Return the picture of a file as RGB."""
    with Image.open(io.BytesIO(copy.content)) as image:
        return image.convert("RGB")


def as_original(picture: Picture, draw: random.Random) -> StoredCopy:
    """Return an original: from a camera, a drawing program or the web."""
    match draw.randrange(5):
        case 0 | 1:
            return stored(picture, "png")
        case 2 | 3:
            quality = draw.choice((86, 90, 93, 96))
            return stored(picture, "jpg", quality=quality, subsampling=draw.choice((0, 2)))
    return stored(picture, "webp", quality=92)


def _kept_well(picture: Picture, draw: random.Random) -> StoredCopy:
    """Return an edited picture as editors save it."""
    if draw.random() < 0.5:
        return stored(picture, "png")
    return stored(picture, "jpg", quality=draw.choice((87, 91, 94, 97)))


def _scaled(picture: Picture, factor: float, method: Image.Resampling = _LANCZOS) -> Picture:
    size = max(round(picture.width * factor), 16), max(round(picture.height * factor), 16)
    return picture.resize(size, method)


def _again(ending: str, quality: int) -> Copied:
    def copied(picture: Picture, draw: random.Random) -> StoredCopy:
        coarse = reopened(stored(picture, ending, quality=quality))
        if draw.random() < 0.5:
            return stored(coarse, "png")
        return stored(coarse, "jpg", quality=draw.choice((92, 96, 99)))

    return copied


def _colours(count: int, dither: Image.Dither) -> Copied:
    def copied(picture: Picture, draw: random.Random) -> StoredCopy:
        cut = picture.quantize(count, dither=dither)
        return stored(cut, draw.choice(("gif", "png")))

    return copied


def _noisy(picture: Picture, draw: random.Random) -> StoredCopy:
    values = np.asarray(picture, np.float32)
    noise = np.random.default_rng(draw.randrange(1 << 30)).normal(0, draw.choice((4, 7, 11)), values.shape)
    return _kept_well(Image.fromarray((values + noise).clip(0, 255).astype(np.uint8)), draw)


def _toned(enhancer: type[ImageEnhance._Enhance], low: float, high: float) -> Copied:
    def copied(picture: Picture, draw: random.Random) -> StoredCopy:
        return _kept_well(enhancer(picture).enhance(draw.choice((low, high))), draw)

    return copied


def _warmer(picture: Picture, draw: random.Random) -> StoredCopy:
    red, green, blue = picture.split()
    warm = red.point(lambda v: min(v * 1.05, 255)), green, blue.point(lambda v: v * 0.95)
    return _kept_well(Image.merge("RGB", warm), draw)


def _posterised(picture: Picture, draw: random.Random) -> StoredCopy:
    return stored(ImageOps.posterize(picture, 5), "png")


def _sent(picture: Picture, draw: random.Random) -> StoredCopy:
    return stored(_scaled(picture, draw.uniform(0.45, 0.8)), "jpg", quality=draw.randint(60, 78))


def _denoised_enlarged(picture: Picture, draw: random.Random) -> StoredCopy:
    calm = picture.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.SMOOTH)
    return _kept_well(_scaled(calm, draw.choice((1.5, 2.0)), _BICUBIC), draw)


PLAIN: dict[str, Copied] = {
    "sent": _sent,
    "thumbnail": lambda p, d: stored(_scaled(p, d.choice((0.25, 0.33))), "jpg", quality=85),
    "recompressed": lambda p, d: stored(p, "jpg", quality=d.choice((50, 65, 78))),
    "webp": lambda p, d: stored(p, "webp", quality=d.choice((45, 70))),
    "resized": lambda p, d: _kept_well(_scaled(p, d.choice((0.5, 0.66, 0.8)), d.choice(_FILTERS)), d),
}
"""Copies that are worse in a way that everybody sees: nearly all of them must go."""
HIDDEN: dict[str, Copied] = {
    "enlarged": lambda p, d: _kept_well(_scaled(p, d.choice((1.25, 1.5, 2.0)), d.choice(_FILTERS)), d),
    "doubled": lambda p, d: stored(_scaled(p, 2, Image.Resampling.NEAREST), "png"),
    "denoised and enlarged": _denoised_enlarged,
    "blurred": lambda p, d: _kept_well(p.filter(ImageFilter.GaussianBlur(d.choice((0.7, 1.2, 2)))), d),
    "jpeg 30 again": _again("jpg", 30),
    "jpeg 70 again": _again("jpg", 70),
    "webp 40 again": _again("webp", 40),
    "32 colours": _colours(32, Image.Dither.FLOYDSTEINBERG),
    "64 colours": _colours(64, Image.Dither.NONE),
    "noise": _noisy,
    "brightness": _toned(ImageEnhance.Brightness, 0.91, 1.1),
    "contrast": _toned(ImageEnhance.Contrast, 0.91, 1.1),
    "saturation": _toned(ImageEnhance.Color, 0.88, 1.12),
    "warmer": _warmer,
    "sharpened": lambda p, d: _kept_well(p.filter(ImageFilter.UnsharpMask(1.5, 110, 2)), d),
    "posterised": _posterised,
    "shrunk and back": lambda p, d: _kept_well(_scaled(p, 0.6).resize(p.size, _BICUBIC), d),
}
"""Copies that look like as much as their original, or more, by size, container or quality."""


def changed(picture: Picture, draw: random.Random) -> Picture:
    """Return another picture: a small thing in it is another one, wider than 4 % of it."""
    other = picture.copy()
    width = max(round(picture.width * draw.uniform(0.04, 0.08)), 8)
    left = draw.randrange(width, picture.width - 2 * width)
    top = draw.randrange(width, max(picture.height - 2 * width, width + 1))
    box = (left, top, left + width, top + width)
    if draw.random() < 0.5:
        x, y = draw.randrange(picture.width - width), draw.randrange(picture.height - width)
        other.paste(picture.crop((x, y, x + width, y + width)), box)
    spread = np.asarray(picture.crop(box).convert("L"), np.float32).mean()
    ink = (25, 20, 30) if spread > 120 else (240, 235, 225)
    ImageDraw.Draw(other).ellipse(box, outline=ink, width=max(width // 5, 2))
    return other
