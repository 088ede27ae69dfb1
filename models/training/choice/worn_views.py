"""Worn views: what becomes of a picture on its way through the net, as far as it stays what it is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Square = NDArray[np.uint8]
Values = NDArray[np.float32]
GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def worn(square: Square, draw: Generator) -> Square:
    """Return a copy of a square (side, side, 3): cut, framed, toned, resized, filtered and stored again."""
    side = len(square)
    part = _framed(_cut(square, draw), draw)
    values = _faded(_toned(part.astype(np.float32), draw), draw)
    between = int(draw.uniform(0.375, 1.33) * side) if draw.random() < 0.6 else side
    values = _filtered(_resized(values, between), draw)
    copy = _stored(values.clip(0, 255).astype(np.uint8), draw)
    return _resized(copy, side)


def _resized(picture: NDArray, side: int) -> NDArray:  # type: ignore[type-arg]
    smaller = side < len(picture)
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def _cut(square: Square, draw: Generator) -> Square:
    if draw.random() > 0.75:
        return square
    side = len(square)
    length, shape = side * np.sqrt(draw.uniform(0.35, 1)), np.exp(draw.uniform(-0.25, 0.25))
    width, height = int(min(side, length * shape)), int(min(side, length / shape))
    left, top = int(draw.integers(0, side - width + 1)), int(draw.integers(0, side - height + 1))
    return np.ascontiguousarray(square[top : top + height, left : left + width])


def _framed(part: Square, draw: Generator) -> Square:
    if draw.random() > 0.15:
        return part
    top, bottom, left, right = (draw.uniform(0, 0.2, 4) * len(part) * (draw.random(4) < 0.7)).astype(int)
    level = int(draw.choice(np.array([255, 255, 0, int(draw.integers(0, 256))])))
    colour = (level, level, level)
    framed = cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(framed, dtype=np.uint8)


def _toned(values: Values, draw: Generator) -> Values:
    if draw.random() < 0.45:
        mean = values.mean()
        light = (mean + (values - mean) * np.exp(draw.uniform(-0.35, 0.35))) * np.exp(draw.uniform(-0.3, 0.3))
        grey = light.mean(axis=2, keepdims=True)
        coloured = grey + (light - grey) * np.exp(draw.uniform(-0.6, 0.45))
        values = (coloured * np.exp(draw.uniform(-0.08, 0.08, 3))).astype(np.float32)
    if draw.random() < 0.1:
        tint = draw.uniform(0.75, 1.1, 3) if draw.random() < 0.4 else np.ones(3)
        return ((values @ GREY)[..., None] * tint).astype(np.float32)
    return values


def _faded(values: Values, draw: Generator) -> Values:
    """Lift the darks of some to a tint, and darken their corners, as old prints look."""
    if draw.random() > 0.12:
        return values
    lift = draw.uniform(0.05, 0.35)
    lifted = values * (1 - lift) + 255 * lift * draw.uniform(0.5, 1, 3)
    down, across = (np.linspace(-1, 1, side) ** 2 for side in values.shape[:2])
    corners = (down[:, None] + across[None])[..., None] / 2
    return (lifted * (1 - draw.uniform(0, 0.8) * corners)).astype(np.float32)


def _filtered(values: Values, draw: Generator) -> Values:
    kind = draw.random()
    if kind < 0.12:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), draw.uniform(0.5, 1.6)), dtype=np.float32)
    if kind < 0.22:
        return values + np.float32(draw.uniform(0.4, 1.4)) * (values - cv2.GaussianBlur(values, (0, 0), 1.2))
    if kind < 0.30:
        return (values + draw.normal(0, draw.uniform(2, 14), values.shape)).astype(np.float32)
    if kind < 0.36:
        levels = int(draw.integers(4, 12))
        dither = draw.uniform(-0.35, 0.35, values.shape) if draw.random() < 0.5 else 0
        return (np.round(values / 255 * levels + dither) / levels * 255).astype(np.float32)
    return values


def _stored(picture: Square, draw: Generator) -> Square:
    if draw.random() > 0.65:
        return picture
    _, coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(draw.uniform(12, 92))])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1], dtype=np.uint8)
