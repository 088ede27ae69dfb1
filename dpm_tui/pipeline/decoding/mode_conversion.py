"""Normalises pictures of every mode to 8 bits so that different ones stay different."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageChops

from dpm_tui.pipeline.decoding.icc_profile import lab_to_rgb
from dpm_tui.pipeline.decoding.sample_facts import has_alpha
from dpm_tui.pipeline.loading.bands import cut_bands

_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_DEEP_SCALES = (255, 4095, 65535)
"""Largest sample of 8, 12 and 16 bits: the least of them that holds all samples is white."""
_FLOAT_SCALES = (1.0, 255.0)
_SURE_FLOAT = 16.0
"""Float samples with a maximum between 1 and this are overexposed; larger ones count in levels of 255."""
_ROWS = 256
_BACKGROUNDS = (255, 128, 0)
_SEEN_CONTRAST = 8.0
"""Standard deviation of the grey values from which a drawing on a plain background can be seen."""


Normaliser = Callable[[Image.Image], Image.Image]


def normalise(image: Image.Image) -> Image.Image:
    """Return ``image`` as RGB, or as grey or CMYK if it is: their colours depend on a profile.

    16-bit and float samples are scaled by their range instead of being clipped. Transparency is
    laid on white, or on the first of grey and black on which the drawing can be seen.
    """
    return normaliser(image, find_level(image))(image)


def normaliser(image: Image.Image, level: int | None) -> Normaliser:
    """Return the function that normalises any part of a loaded ``image`` as it would the whole.

    ``level`` is what ``find_level`` says of it.
    """
    if image.mode in _DEEP_MODES:
        return partial(_scale_samples, *_find_range(image))
    if image.mode == "CMYK":
        # Adobe's programs store inverted CMYK and say so; Pillow inverts every CMYK JPEG.
        foreign = image.format in ("JPEG", "MPO") and "adobe" not in image.info
        return ImageChops.invert if foreign else _leave
    if image.mode == "LAB":
        return lab_to_rgb
    if image.mode == "La" or image.has_transparency_data:
        return _flatten if level is None else partial(_lay_on, level)
    return _leave if image.mode in ("RGB", "L") else _to_rgb


def find_level(image: Image.Image, clear: bool | None = None) -> int | None:
    """Return the grey that a loaded picture with some transparency is laid on, None for an opaque one.

    ``clear`` is whether some sample is transparent, None where nobody has looked.
    """
    if image.mode in (*_DEEP_MODES, "CMYK", "LAB"):
        return None
    if clear is None:
        clear = has_alpha(image)
    return _choose_background(image) if clear else None


def take_alpha(part: Image.Image) -> Image.Image:
    """Return how opaque a part of a picture is that has some transparency."""
    return _to_rgba(part).getchannel("A")


def _leave(part: Image.Image) -> Image.Image:
    return part


def _to_rgb(part: Image.Image) -> Image.Image:
    return part.convert("RGB")


def _scale_samples(low: float, high: float, part: Image.Image) -> Image.Image:
    samples = np.asarray(part)
    grey = np.empty(samples.shape, np.uint8)
    for top in range(0, len(samples), _ROWS):
        rows = np.nan_to_num(samples[top : top + _ROWS].astype(np.float32), posinf=high, neginf=low)
        grey[top : top + _ROWS] = ((rows - low) * (255.0 / max(high - low, 1e-30))).round().clip(0, 255)
    return Image.fromarray(grey).convert("RGB")


def _find_range(image: Image.Image) -> tuple[float, float]:
    """Return the samples that are shown black and white."""
    low, high = np.inf, -np.inf
    for _, band in cut_bands(image):
        rows = np.asarray(band).astype(np.float64)
        rows = rows[np.isfinite(rows)]
        if rows.size:
            low, high = min(low, float(rows.min())), max(high, float(rows.max()))
    if low > high:
        return 0.0, 1.0
    scales = _FLOAT_SCALES if image.mode == "F" else _DEEP_SCALES
    known = next((float(scale) for scale in scales if high <= scale), None)
    if low < 0 or known is None or (image.mode == "F" and 1 < high < _SURE_FLOAT):
        return low, high
    return 0.0, known


def _flatten(part: Image.Image) -> Image.Image:
    return _to_rgba(part).convert("RGB")


def _lay_on(level: int, part: Image.Image) -> Image.Image:
    """Return a part laid on grey of a level."""
    return _composed(level, part).convert("RGB")


def _composed(level: int, part: Image.Image) -> Image.Image:
    flat = Image.new("RGBA", part.size, (level, level, level, 255))
    flat.alpha_composite(_to_rgba(part))
    return flat


def _to_rgba(part: Image.Image) -> Image.Image:
    part = part.convert("LA") if part.mode == "La" else part
    return part if part.mode == "RGBA" else part.convert("RGBA")


def _choose_background(image: Image.Image) -> int:
    """Return the level on which a drawing with transparency can be seen."""
    grey = Image.new("L", image.size)
    for level in _BACKGROUNDS[:-1]:
        for top, band in cut_bands(image):
            grey.paste(_composed(level, band).convert("L"), (0, top))
        probe = np.asarray(grey.resize((64, 64), Image.Resampling.BOX), dtype=np.float32)
        if float(probe.std()) >= _SEEN_CONTRAST:
            return level
    return _BACKGROUNDS[-1]
