"""Degradations: the ways in which a copy comes to hold less than its original, each as a file."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

Resampling = Image.Resampling
Degrade = Callable[[Image.Image, random.Random], Image.Image]

_FILTERS = (Resampling.LANCZOS, Resampling.BICUBIC, Resampling.BILINEAR, Resampling.BOX, Resampling.HAMMING)


@dataclass(frozen=True)
class StoredPicture:
    """A picture as a file would hold it."""

    pixels: NDArray[np.uint8]
    content: bytes
    format: str
    lossy: bool
    quality: int = 0
    """That of a JPEG."""

    @property
    def image(self) -> Image.Image:
        """The picture as Pillow has it."""
        return Image.fromarray(self.pixels)


def store(picture: Image.Image, form: str, quality: int = 90, **options: object) -> StoredPicture:
    """Return a picture as it comes back from a file of format ``form``."""
    buffer = io.BytesIO()
    lossless = form in ("PNG", "GIF", "BMP") or bool(options.get("lossless"))
    if not lossless:
        options["quality"] = quality
    picture.save(buffer, form, **options)
    with Image.open(io.BytesIO(buffer.getvalue())) as back:
        pixels = np.asarray(back.convert("RGB"), np.uint8)
    return StoredPicture(pixels, buffer.getvalue(), form, not lossless, quality if form == "JPEG" else 0)


def store_original(picture: Image.Image, draw: random.Random) -> StoredPicture:
    """Return a picture in a container that an original may have."""
    match draw.choices(("PNG", "JPEG", "WEBP", "LOSSLESS"), (40, 45, 8, 7))[0]:
        case "JPEG":
            subsampling = draw.choice((0, 2, 2))
            return store(
                picture, "JPEG", draw.choice((80, 85, 88, 90, 92, 94, 95, 97)), subsampling=subsampling
            )
        case "WEBP":
            return store(picture, "WEBP", draw.choice((85, 90, 95)), method=2)
        case "LOSSLESS":
            return store(picture, "WEBP", lossless=True, method=1)
    return store(picture, "PNG", compress_level=1)


def store_anew(picture: Image.Image, draw: random.Random) -> StoredPicture:
    """Return a picture in any container of good quality, as whoever edits a picture saves it."""
    match draw.choices(("PNG", "JPEG", "WEBP"), (45, 43, 12))[0]:
        case "JPEG":
            return store(
                picture, "JPEG", draw.choice((75, 85, 90, 92, 95, 98)), subsampling=draw.choice((0, 2))
            )
        case "WEBP":
            return store(picture, "WEBP", draw.choice((80, 90, 95)), method=2)
    return store(picture, "PNG", compress_level=1)


def degrade(original: StoredPicture, name: str, draw: random.Random) -> StoredPicture:
    """Return a copy that is degraded in the way called ``name``."""
    picture = original.image
    if name in _CODINGS:
        return _CODINGS[name](picture, draw)
    return store_anew(_EDITS[name](picture, draw), draw)


def _through(form: str, low: int, high: int) -> Callable[[Image.Image, random.Random], StoredPicture]:
    """Return the degradation that saves coarsely, and saves again at a quality that hides it."""

    def coded(picture: Image.Image, draw: random.Random) -> StoredPicture:
        coarse = store(picture, form, draw.randint(low, high)).image
        if draw.random() < 0.5:
            return store(coarse, "PNG", compress_level=1)
        return store(coarse, "JPEG", draw.choice((90, 93, 95, 98, 100)), subsampling=draw.choice((0, 2)))

    return coded


def _direct(form: str, low: int, high: int) -> Callable[[Image.Image, random.Random], StoredPicture]:
    return lambda picture, draw: store(picture, form, draw.randint(low, high))


def _scaled(picture: Image.Image, factor: float, draw: random.Random) -> Image.Image:
    size = max(round(picture.width * factor), 16), max(round(picture.height * factor), 16)
    return picture.resize(size, draw.choice(_FILTERS))


def _messenger(picture: Image.Image, draw: random.Random) -> StoredPicture:
    return store(_scaled(picture, draw.uniform(0.3, 0.9), draw), "JPEG", draw.randint(55, 82))


def _passed_on(picture: Image.Image, draw: random.Random) -> StoredPicture:
    """Return a picture that was passed on many times, hardly resized and saved again each time."""
    stored = store(picture, "JPEG", draw.randint(60, 92))
    for _ in range(draw.randint(4, 24)):
        again = stored.image
        if draw.random() < 0.6:
            again = _scaled(again, draw.uniform(0.96, 1.05), draw)
        stored = store(again, draw.choice(("JPEG", "JPEG", "JPEG", "WEBP")), draw.randint(60, 92))
    return stored if draw.random() < 0.6 else store_anew(stored.image, draw)


def _resized(picture: Image.Image, draw: random.Random) -> Image.Image:
    return _scaled(picture, draw.choice((0.25, 0.33, 0.5, 0.6, 0.75, 0.85)), draw)


def _enlarged(picture: Image.Image, draw: random.Random) -> Image.Image:
    return _scaled(picture, draw.choice((1.2, 1.25, 1.33, 1.5, 1.6, 2.0, 2.0, 3.0, 4.0)), draw)


def _doubled(picture: Image.Image, draw: random.Random) -> Image.Image:
    times = draw.choice((2, 2, 2, 3, 4))
    return picture.resize((picture.width * times, picture.height * times), Resampling.NEAREST)


def _nearest(picture: Image.Image, draw: random.Random) -> Image.Image:
    times = draw.choice((0.5, 0.7, 1.3, 1.5, 1.7))
    return picture.resize((round(picture.width * times), round(picture.height * times)), Resampling.NEAREST)


def _there_and_back(picture: Image.Image, draw: random.Random) -> Image.Image:
    small = _scaled(picture, draw.uniform(0.35, 0.85), draw)
    return small.resize(picture.size, draw.choice(_FILTERS[:3]))


def _blurred(picture: Image.Image, draw: random.Random) -> Image.Image:
    if draw.random() < 0.2:
        return picture.filter(ImageFilter.BoxBlur(draw.choice((0.7, 1, 1.5))))
    return picture.filter(ImageFilter.GaussianBlur(draw.uniform(0.5, 2.0)))


def _denoised(picture: Image.Image, draw: random.Random) -> Image.Image:
    pixels = np.asarray(picture)
    match draw.randrange(4):
        case 0:
            return picture.filter(ImageFilter.MedianFilter(3))
        case 1:
            return Image.fromarray(cv2.bilateralFilter(pixels, 5, draw.uniform(15, 45), 3))
        case 2:
            strength = draw.uniform(3, 8)
            return Image.fromarray(cv2.fastNlMeansDenoisingColored(pixels, None, strength, strength, 5, 11))
    return (
        picture.filter(ImageFilter.ModeFilter(3))
        if draw.random() < 0.2
        else picture.filter(ImageFilter.SMOOTH)
    )


def _denoised_enlarged(picture: Image.Image, draw: random.Random) -> Image.Image:
    return _enlarged(_denoised(picture, draw), draw)


def _restored(picture: Image.Image, draw: random.Random) -> Image.Image:
    """Return a picture that somebody cleaned, sharpened and enlarged, in any order but the first."""
    cleaned = _denoised(picture, draw)
    steps = [_sharpened, _enlarged if draw.random() < 0.7 else _resized]
    draw.shuffle(steps)
    for step in steps:
        cleaned = step(cleaned, draw)
    return cleaned


def _sharpened(picture: Image.Image, draw: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(draw.uniform(0.8, 2), draw.randint(60, 180), 1))


def _enlarged_sharpened(picture: Image.Image, draw: random.Random) -> Image.Image:
    return _sharpened(_enlarged(picture, draw), draw)


def _noisy(picture: Image.Image, draw: random.Random) -> Image.Image:
    pixels = np.asarray(picture).astype(np.float32)
    shape = pixels.shape if draw.random() < 0.6 else (*pixels.shape[:2], 1)
    noise = np.random.default_rng(draw.randrange(1 << 30)).normal(0, draw.uniform(2.5, 14), shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).round().astype(np.uint8))


def _toned(picture: Image.Image, draw: random.Random) -> Image.Image:
    match draw.randrange(6):
        case 0:
            return ImageEnhance.Brightness(picture).enhance(draw.choice((0.85, 0.9, 1.1, 1.15)))
        case 1:
            return ImageEnhance.Contrast(picture).enhance(draw.choice((0.85, 0.9, 1.1, 1.2)))
        case 2:
            return ImageEnhance.Color(picture).enhance(draw.choice((0.8, 0.9, 1.1, 1.25)))
        case 3:
            power = draw.choice((0.85, 0.9, 1.1, 1.2))
            return picture.point([round(255 * (value / 255) ** power) for value in range(256)] * 3)
        case 4:
            gains = [draw.uniform(0.93, 1.07) for _ in range(3)]
            return picture.point([min(round(value * gain), 255) for gain in gains for value in range(256)])
    low, high = draw.randint(0, 14), draw.randint(238, 255)
    return picture.point(
        [round(min(max((value - low) / (high - low), 0), 1) * 255) for value in range(256)] * 3
    )


def _posterised(picture: Image.Image, draw: random.Random) -> Image.Image:
    bits = draw.choice(((5, 6, 5), (5, 5, 5), (4, 4, 4), (3, 3, 2)))
    table: list[int] = []
    for each in bits:
        levels = (1 << each) - 1
        table += [(value >> (8 - each)) * 255 // levels for value in range(256)]
    return picture.point(table)


def _few_colours(picture: Image.Image, draw: random.Random) -> StoredPicture:
    dither = draw.choice((Image.Dither.NONE, Image.Dither.FLOYDSTEINBERG))
    cut = picture.quantize(draw.choice((16, 32, 64, 64, 128, 256)), dither=dither)
    match draw.randrange(4):
        case 0:
            return store(cut, "GIF")
        case 1:
            return store(cut, "PNG")
        case 2:
            return store(cut.convert("RGB"), "PNG")
    return store_anew(cut.convert("RGB"), draw)


def _avif(picture: Image.Image, draw: random.Random) -> StoredPicture:
    return store(picture, "AVIF", draw.randint(25, 70), speed=9)


_CODINGS: dict[str, Callable[[Image.Image, random.Random], StoredPicture]] = {
    "jpeg": _direct("JPEG", 10, 92),
    "webp": _direct("WEBP", 15, 88),
    "avif": _avif,
    "jpeg_hidden": _through("JPEG", 12, 80),
    "webp_hidden": _through("WEBP", 15, 75),
    "messenger": _messenger,
    "passed_on": _passed_on,
    "few_colours": _few_colours,
}
_EDITS: dict[str, Degrade] = {
    "resized": _resized,
    "enlarged": _enlarged,
    "doubled": _doubled,
    "nearest": _nearest,
    "there_and_back": _there_and_back,
    "blurred": _blurred,
    "denoised": _denoised,
    "denoised_enlarged": _denoised_enlarged,
    "restored": _restored,
    "sharpened": _sharpened,
    "enlarged_sharpened": _enlarged_sharpened,
    "noisy": _noisy,
    "toned": _toned,
    "posterised": _posterised,
}
DEGRADATIONS = (*_CODINGS, *_EDITS)
