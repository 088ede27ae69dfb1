"""Normalises pictures of every mode to 8 bits so that different ones stay different."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from dpm_tui.pipeline.colour import lab_to_rgb

_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_DEEP_SCALES = (255, 4095, 65535)
"""Largest sample of 8, 12 and 16 bits: what holds all samples of a picture is its white."""
_FLOAT_SCALES = (1.0, 255.0)
_SURE_FLOAT = 16.0
"""Floats between 1 and this are brighter than white rather than few levels of 255."""
_ROWS = 256
_BACKGROUNDS = (255, 128, 0)
_SEEN_CONTRAST = 8.0
"""Standard deviation of the grey values from which a drawing on transparency can be seen."""


def normalise(image: Image.Image) -> Image.Image:
    """Return ``image`` as RGB, or as grey or CMYK if it is: how these look is for a profile to say.

    16-bit and float samples are scaled by their range instead of being clipped. Transparency is
    laid on white, or on the first of grey and black on which the drawing can be seen.
    """
    if image.mode in _DEEP_MODES:
        return _scale_samples(image)
    if image.mode == "CMYK":
        # Adobe's programs store inverted inks and say so; Pillow takes every CMYK JPEG for one of them.
        foreign = image.format in ("JPEG", "MPO") and "adobe" not in image.info
        return ImageChops.invert(image) if foreign else image
    if image.mode == "LAB":
        return lab_to_rgb(image)
    if image.mode == "La":
        return _flatten(image.convert("LA").convert("RGBA"))
    if image.has_transparency_data:
        return _flatten(image.convert("RGBA"))
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _scale_samples(image: Image.Image) -> Image.Image:
    samples = np.asarray(image)
    low, high = _find_range(samples, image.mode)
    grey = np.empty(samples.shape, np.uint8)
    for top in range(0, len(samples), _ROWS):
        rows = np.nan_to_num(samples[top : top + _ROWS].astype(np.float32), posinf=high, neginf=low)
        grey[top : top + _ROWS] = ((rows - low) * (255.0 / max(high - low, 1e-30))).round().clip(0, 255)
    return Image.fromarray(grey).convert("RGB")


def _find_range(samples: NDArray[np.generic], mode: str) -> tuple[float, float]:
    """Return the samples that are shown black and white."""
    low, high = np.inf, -np.inf
    for top in range(0, len(samples), _ROWS):
        rows = samples[top : top + _ROWS].astype(np.float64)
        rows = rows[np.isfinite(rows)]
        if rows.size:
            low, high = min(low, float(rows.min())), max(high, float(rows.max()))
    if low > high:
        return 0.0, 1.0
    scales = _FLOAT_SCALES if mode == "F" else _DEEP_SCALES
    known = next((float(scale) for scale in scales if high <= scale), None)
    if low < 0 or known is None or (mode == "F" and 1 < high < _SURE_FLOAT):
        return low, high
    return 0.0, known


def _flatten(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB")
    flat = image
    for level in _BACKGROUNDS:
        flat = Image.new("RGBA", image.size, (level, level, level, 255))
        flat.alpha_composite(image)
        probe = np.asarray(flat.convert("L").resize((64, 64), Image.Resampling.BOX), dtype=np.float32)
        if float(probe.std()) >= _SEEN_CONTRAST:
            break
    return flat.convert("RGB")
