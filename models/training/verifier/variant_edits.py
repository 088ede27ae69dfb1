"""Local changes that make a variant of a picture: another content that must never pass for a copy."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from dpm_tui.catalog.verdict import Kind
from models.training.data.held_out_copies import thumbnail
from models.training.verifier.pair_transforms import Transform


def _spot(image: Image.Image, rng: np.random.Generator, share: float) -> tuple[int, int, int, int]:
    """Return (left, top, width, height) of the liveliest of a few random spots."""
    pixels = np.asarray(image.convert("L"), np.float32)
    width, height = (max(int(n * share), 10) for n in image.size)
    spots = [
        (int(rng.integers(0, image.width - width)), int(rng.integers(0, image.height - height)))
        for _ in range(8)
    ]
    left, top = max(spots, key=lambda s: float(pixels[s[1] : s[1] + height, s[0] : s[0] + width].std()))
    return left, top, width, height


def _blend(image: Image.Image, changed: NDArray[np.float32], spot: tuple[int, int, int, int]) -> Image.Image:
    """Return the picture with ``changed`` showing through a soft ellipse over the spot."""
    left, top, width, height = spot
    mask = np.zeros((image.height, image.width), np.float32)
    cv2.ellipse(mask, (left + width // 2, top + height // 2), (width // 2, height // 2), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5).reshape(*mask.shape, 1)
    mixed = np.asarray(image, np.float32) * (1 - soft) + changed * soft
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8))


def _warped(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    spot = _spot(image, rng, rng.uniform(0.14, 0.25))
    shift = max(image.size) * 0.03 * rng.choice([-1, 1], 2)
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(np.asarray(image), matrix, image.size, borderMode=cv2.BORDER_REFLECT)
    return _blend(image, moved.astype(np.float32), spot)


def _recoloured(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    spot = _spot(image, rng, rng.uniform(0.14, 0.25))
    return _blend(image, np.asarray(image, np.float32)[..., [2, 0, 1]] * 0.8 + 30, spot)


def _inpainted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    left, top, width, height = _spot(image, rng, rng.uniform(0.1, 0.2))
    mask = np.zeros((image.height, image.width), np.uint8)
    mask[top : top + height, left : left + width] = 255
    return Image.fromarray(cv2.inpaint(np.asarray(image), mask, 3, cv2.INPAINT_TELEA))


def _transplanted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    turned = np.asarray(ImageOps.mirror(image).rotate(180), np.float32)
    return _blend(image, turned, _spot(image, rng, rng.uniform(0.12, 0.22)))


def _stroked(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    left, top, width, height = _spot(image, rng, 0.12)
    out = image.copy()
    thick = max(2, round(max(image.size) * 0.012))
    ink = (
        (20, 10, 10)
        if np.asarray(image)[top : top + height, left : left + width].mean() > 90
        else (240, 230, 220)
    )
    ImageDraw.Draw(out).arc((left, top, left + width, top + height), 20, 160, ink, thick)
    return out


def _swayed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    field = rng.normal(size=(2, 5, 5)).astype(np.float32) * max(image.size) * 0.012
    dx, dy = (cv2.resize(f, image.size, interpolation=cv2.INTER_CUBIC) for f in field)
    grid_x, grid_y = np.meshgrid(np.arange(image.width), np.arange(image.height))
    moved = cv2.remap(
        np.asarray(image),
        (grid_x + dx).astype(np.float32),
        (grid_y + dy).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    return Image.fromarray(moved)


VARIANTS: tuple[Transform, ...] = tuple(
    Transform(name, (Kind.VARIANT,), make)
    for name, make in (
        ("warped", _warped),
        ("recoloured", _recoloured),
        ("inpainted", _inpainted),
        ("transplanted", _transplanted),
        ("stroked", _stroked),
        ("swayed", _swayed),
    )
)
"""Ways to change what a picture shows; none may be called a copy."""


def visible(before: Image.Image, after: Image.Image) -> bool:
    """Return whether some 16 x 16 pixel tile of the 256 px thumbnails differs by 10 levels on average."""
    first, second = (
        cv2.GaussianBlur(np.asarray(thumbnail(i), np.float32), (0, 0), 1) for i in (before, after)
    )
    if first.shape != second.shape:
        return True
    difference = np.abs(first - second).mean(axis=2)
    return float(cv2.boxFilter(difference, -1, (16, 16)).max()) >= 10
