"""Normalises pictures of every mode to 8-bit RGB so that different ones stay different."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_BACKGROUNDS = (255, 128, 0)
_SEEN_CONTRAST = 8.0
"""Standard deviation of the grey values from which a drawing on transparency can be seen."""


def normalise_rgb(image: Image.Image) -> Image.Image:
    """Return ``image`` as RGB.

    16-bit and float samples are scaled by their range instead of being clipped. Transparency is
    laid on white, or on the first of grey and black on which the drawing can be seen.
    """
    if image.mode in _DEEP_MODES:
        return _scale_samples(image)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        return _flatten(image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _scale_samples(image: Image.Image) -> Image.Image:
    samples: NDArray[np.float32] = np.nan_to_num(np.asarray(image).astype(np.float32))
    low, high = float(samples.min()), float(samples.max())
    if image.mode.startswith("I;16") or (image.mode == "I" and low >= 0 and high <= 65535):
        low, high = 0.0, 65535.0
    elif image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    grey = ((samples - low) * (255.0 / max(high - low, 1e-6))).round().clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


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
