"""Colour profiles: what a picture shows in sRGB, the space in which thumbnails are compared."""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from itertools import product

import numpy as np
from PIL import Image, ImageCms

_MAX_PROFILE_BYTES = 1 << 23
_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_UNSEEN = 4
"""Levels by which a profile may move a colour and still be sRGB: its many versions differ by up to three."""
_STEPS = (0, 32, 96, 160, 224, 255)


def to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return an RGB, grey or CMYK picture as RGB in sRGB.

    A profile that is broken, of another space, or as good as sRGB changes nothing.
    """
    transform = None
    with contextlib.suppress(ValueError):
        transform = _find_transform(profile, picture.mode) if profile else None
    if transform is not None:
        return ImageCms.applyTransform(picture, transform) or picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def changes_colours(profile: bytes) -> bool:
    """Return whether a profile shows other colours than sRGB would; one that cannot be read may do so."""
    try:
        return bool(profile) and _find_transform(profile, "RGB") is not None
    except ValueError:
        return True


def lab_to_rgb(picture: Image.Image) -> Image.Image:
    """Return a CIELAB picture as RGB, which Pillow itself cannot."""
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), _srgb(), "LAB", "RGB")
    return ImageCms.applyTransform(picture, transform) or picture


@lru_cache(maxsize=4)
def _find_transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the transform from a profile to sRGB, None if it is sRGB; raises ValueError if there is none."""
    if _read_space(profile) != _SPACES.get(mode):
        raise ValueError("no profile of this space")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, _srgb(), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError) as error:
        raise ValueError("no profile") from error
    if mode == "CMYK":
        return transform
    probe = _probe(mode)
    shown = ImageCms.applyTransform(probe, transform) or probe
    apart = np.abs(np.asarray(shown, dtype=np.int16) - np.asarray(probe.convert("RGB"), dtype=np.int16))
    return transform if int(apart.max()) > _UNSEEN else None


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@lru_cache(maxsize=2)
def _probe(mode: str) -> Image.Image:
    """Return a picture of colours from all over a space."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    return Image.fromarray(np.array([list(product(_STEPS, repeat=3))], dtype=np.uint8))


def _read_space(profile: bytes) -> str:
    """Return the colour space that the header of a profile names, empty where it is no profile."""
    if not 128 < len(profile) <= _MAX_PROFILE_BYTES or profile[36:40] != b"acsp":
        return ""
    return profile[16:20].decode("latin-1")
