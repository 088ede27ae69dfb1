"""Stored copies: what saving a picture again, a palette, another size and a light tone make of it."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from models.training.data.look_edits import cut_to_palette
from models.training.data.picture_edits import scaled, stored

Copy = Callable[[Image.Image, Generator], Image.Image]


def _palette(colours: int, dithered: bool) -> Copy:
    return lambda image, rng: cut_to_palette(image, colours, dithered=dithered)


def _gif(image: Image.Image, rng: Generator) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "GIF")
    return Image.open(stream).convert("RGB")


def _way(rng: Generator, most: float) -> float:
    return 1 + float(rng.choice([-1, 1])) * rng.uniform(0.5, 1) * most


def enhanced(enhancer: Callable[[Image.Image], ImageEnhance._Enhance], most: float) -> Copy:
    """Return the copy that is brighter, flatter or duller by half of ``most`` up to it."""
    return lambda image, rng: enhancer(image).enhance(_way(rng, most))


def balanced(most: float) -> Copy:
    """Return the copy whose channels have gains of their own."""

    def make(image: Image.Image, rng: Generator) -> Image.Image:
        gains = 1 + rng.uniform(-most, most, 3)
        return Image.fromarray(np.clip(np.asarray(image) * gains + 0.5, 0, 255).astype(np.uint8))

    return make


def _gamma(image: Image.Image, rng: Generator) -> Image.Image:
    power = rng.uniform(0.88, 1.14)
    return image.point([round(255 * (i / 255) ** power) for i in range(256)] * 3)


def _lightly(image: Image.Image, rng: Generator) -> Image.Image:
    """All of a light tone at once, each a little."""
    most = rng.uniform(0.06, 0.12)
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhanced(enhancer, most)(image, rng)
    return balanced(0.04)(image, rng)


def _full_colour(quality: int) -> Copy:
    def make(image: Image.Image, rng: Generator) -> Image.Image:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality, subsampling=0)
        return Image.open(stream).convert("RGB")

    return make


def _wide_gamut(image: Image.Image, rng: Generator) -> Image.Image:
    """Through Adobe RGB or Display P3 in eight bits and back, as a conversion done right leaves it."""
    to_adobe = np.array([[0.7152, 0.2848, 0], [0, 1, 0], [0, 0.0412, 0.9588]])
    to_p3 = np.array([[0.8225, 0.1774, 0], [0.0332, 0.9669, 0], [0.0171, 0.0724, 0.9108]])
    matrix = to_adobe if rng.random() < 0.5 else to_p3
    linear = (np.asarray(image) / 255) ** 2.2 @ matrix.T
    coded = np.round(np.clip(linear, 0, 1) ** (1 / 2.2) * 255)
    back = np.clip((coded / 255) ** 2.2 @ np.linalg.inv(matrix).T, 0, 1) ** (1 / 2.2)
    return Image.fromarray((back * 255 + 0.5).astype(np.uint8))


def _noisy(image: Image.Image, rng: Generator) -> Image.Image:
    noise = rng.normal(0, rng.uniform(3, 7), (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def _blurred(image: Image.Image, rng: Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 2.3)))


def _sharpened(image: Image.Image, rng: Generator) -> Image.Image:
    radius, percent = rng.uniform(0.7, 2.5), int(rng.integers(40, 170))
    return image.filter(ImageFilter.UnsharpMask(radius, percent, int(rng.integers(0, 5))))


def _denoised(image: Image.Image, rng: Generator) -> Image.Image:
    """What programs that clean a picture leave of it: a median, a filter that keeps edges, or the mean."""
    pixels = np.asarray(image)
    match int(rng.integers(4)):
        case 0:
            return image.filter(ImageFilter.MedianFilter(int(rng.choice([3, 5]))))
        case 1:
            strength = rng.uniform(15, 60)
            return Image.fromarray(cv2.bilateralFilter(pixels, 7, strength, 4))
        case 2:
            return Image.fromarray(cv2.fastNlMeansDenoisingColored(pixels, None, 6, 6, 3, 7))
    return image.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.SMOOTH)


def _enlarged(image: Image.Image, rng: Generator) -> Image.Image:
    return scaled(image, rng.uniform(1.2, 2.2))


def _cleaned_and_enlarged(image: Image.Image, rng: Generator) -> Image.Image:
    return _enlarged((_denoised if rng.random() < 0.7 else _sharpened)(image, rng), rng)


def _enlarged_and_sharpened(image: Image.Image, rng: Generator) -> Image.Image:
    return _sharpened(_enlarged(image, rng), rng)


def _shrunk_and_back(image: Image.Image, rng: Generator) -> Image.Image:
    return scaled(image, rng.uniform(0.4, 0.75)).resize(image.size, Image.Resampling.BICUBIC)


def _few_colours(image: Image.Image, rng: Generator) -> Image.Image:
    """Cut to 24 to 160 colours by one of the two methods that programs use."""
    method = Image.Quantize.MEDIANCUT if rng.random() < 0.6 else Image.Quantize.FASTOCTREE
    table = image.quantize(int(rng.integers(24, 161)), method)
    way = Image.Dither.FLOYDSTEINBERG if rng.random() < 0.5 else Image.Dither.NONE
    return image.quantize(palette=table, dither=way).convert("RGB")


def _posterised(image: Image.Image, rng: Generator) -> Image.Image:
    return ImageOps.posterize(image, int(rng.choice([4, 5])))


def _messenger(image: Image.Image, rng: Generator) -> Image.Image:
    return stored(scaled(image, rng.uniform(0.45, 0.8)), int(rng.integers(55, 80)))


COPIES: dict[str, Copy] = {
    "jpeg 95": lambda i, r: stored(i, 95),
    "jpeg 75": lambda i, r: stored(i, 75),
    "jpeg 50": lambda i, r: stored(i, 50),
    "jpeg 30": lambda i, r: stored(i, 30),
    "jpeg 60 4:4:4": _full_colour(60),
    "webp 80": lambda i, r: stored(i, 80, "WEBP"),
    "webp 40": lambda i, r: stored(i, 40, "WEBP"),
    "half": lambda i, r: scaled(i, 0.5),
    "three quarters": lambda i, r: scaled(i, 0.75),
    "messenger": _messenger,
    "gif": _gif,
    "palette 64": _palette(64, dithered=False),
    "palette 64 dithered": _palette(64, dithered=True),
    "brightness": enhanced(ImageEnhance.Brightness, 0.12),
    "contrast": enhanced(ImageEnhance.Contrast, 0.12),
    "saturation": enhanced(ImageEnhance.Color, 0.1),
    "channel gain": balanced(0.06),
    "gamma": _gamma,
    "light tone": _lightly,
    "wide gamut": _wide_gamut,
    "sharpened": _sharpened,
    "blurred": _blurred,
    "denoised": _denoised,
    "cleaned and enlarged": _cleaned_and_enlarged,
    "enlarged and sharpened": _enlarged_and_sharpened,
    "shrunk and back": _shrunk_and_back,
    "few colours": _few_colours,
    "posterised": _posterised,
}
"""What must stay a copy."""

COARSE: dict[str, Copy] = {
    "jpeg 15": lambda i, r: stored(i, 15),
    "quarter": lambda i, r: scaled(i, 0.25),
    "palette 32": _palette(32, dithered=False),
    "palette 32 dithered": _palette(32, dithered=True),
    "noise": _noisy,
}
"""What hides so much that a copy may come back as a variant."""


def _tinted(image: Image.Image, rng: Generator) -> Image.Image:
    dark, light = (tuple(int(v) for v in rng.integers(low, low + 80, 3)) for low in (0, 175))
    return ImageOps.colorize(image.convert("L"), dark, light)


def _filtered(image: Image.Image, rng: Generator) -> Image.Image:
    image = enhanced(ImageEnhance.Contrast, 0.5)(image, rng)
    image = ImageEnhance.Color(image).enhance(
        float(rng.choice([rng.uniform(0.2, 0.5), rng.uniform(1.7, 2.5)]))
    )
    return balanced(0.3)(image, rng)


def _hues_turned(image: Image.Image, rng: Generator) -> Image.Image:
    hsv = np.asarray(image.convert("HSV")).copy()
    hsv[..., 0] += np.uint8(rng.integers(40, 216))
    return Image.fromarray(hsv, "HSV").convert("RGB")


def _toned(image: Image.Image, rng: Generator) -> Image.Image:
    for enhancer in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhanced(enhancer, 0.35)(image, rng)
    power = rng.uniform(0.7, 1.4) if rng.random() < 0.3 else 1.0
    return image.point([round(255 * (i / 255) ** power) for i in range(256)] * 3)


def _levelled(image: Image.Image, rng: Generator) -> Image.Image:
    """The darkest and the lightest spread to black and white, each channel by itself or all alike."""
    return ImageOps.autocontrast(image, rng.uniform(0.2, 3), preserve_tone=bool(rng.random() < 0.4))


def _sepia(image: Image.Image, rng: Generator) -> Image.Image:
    """A brown print, or as much of it as a filter leaves."""
    brown = ImageOps.colorize(image.convert("L"), (30, 15, 0), (255, 240, int(rng.integers(170, 225))))
    return Image.blend(image, brown, rng.uniform(0.6, 1))


def _faded(image: Image.Image, rng: Generator) -> Image.Image:
    """Lifted darks, a tint, and often dark corners."""
    share, values = rng.uniform(0.12, 0.3), np.asarray(image, np.float32)
    values = values * (1 - share) + rng.uniform(120, 245, 3).astype(np.float32) * np.float32(share)
    if rng.random() < 0.7:
        y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
        values *= (1 - rng.uniform(0.2, 0.65) * (x**2 + y**2) / 2)[..., None]
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


STRONG: dict[str, Copy] = {
    "grey": lambda i, r: ImageOps.grayscale(i).convert("RGB"),
    "tinted": _tinted,
    "filtered": _filtered,
    "negative": lambda i, r: ImageOps.invert(i),
    "hues turned": _hues_turned,
    "toned": _toned,
    "levelled": _levelled,
    "sepia": _sepia,
    "faded": _faded,
}
"""Tones of the whole picture that are no light ones."""
