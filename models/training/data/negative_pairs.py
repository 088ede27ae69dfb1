"""Pairs that are no copies: drawn variants, synthetic local edits, and different pictures that look alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from models.training.data.held_out_copies import thumbnail
from models.training.data.picture_edits import scaled, stored
from models.training.data.training_pictures import on_white

Picture = NDArray[np.uint8]
Pair = tuple[Picture, Picture]
SEEN = 14.0
"""Levels by which the most changed tile must differ for people to call a local edit another picture."""


def drawn_variants(table: Path, resaved: bool) -> Iterator[Pair]:
    """Yield the pairs of a ``variants.json`` beside its pictures; ``resaved`` at 70 % and JPEG quality 75."""
    for one, other, _ in json.loads(table.read_text(encoding="utf-8"))["variants"]:
        first, second = (on_white(Image.open(table.parent / name)) for name in (one, other))
        yield thumbnail(first), thumbnail(stored(scaled(second, 0.7), 75) if resaved else second)


def local_edits(originals: list[Image.Image], rng: Generator) -> Iterator[Pair]:
    """Yield each picture with a copy in which a spot of the size of a face shows something else."""
    for picture in originals:
        changed = local_edit(picture, rng)
        if changed is not None:
            quality = int(rng.integers(60, 92))
            yield thumbnail(picture), thumbnail(stored(changed, quality))


def local_edit(picture: Image.Image, rng: Generator) -> Image.Image | None:
    """Return the picture with something else in a spot of the size of a face; None if hardly seen."""
    changed = _changed(np.asarray(picture), rng)
    return Image.fromarray(changed) if _visible(np.asarray(picture), changed) else None


def lookalikes(originals: list[Image.Image], cosines: NDArray[np.float32]) -> Iterator[Pair]:
    """Yield each picture with the other one that its fingerprint is nearest to; cosines are (N, N)."""
    others = cosines.copy()
    np.fill_diagonal(others, -1)
    for first, second in enumerate(others.argmax(axis=1).tolist()):
        yield thumbnail(originals[first]), thumbnail(originals[second])


def _changed(pixels: Picture, rng: Generator) -> Picture:
    height, width = pixels.shape[:2]
    high, wide = (max(8, round(side * rng.uniform(0.12, 0.25))) for side in (height, width))
    spots = [(int(rng.integers(0, height - high)), int(rng.integers(0, width - wide))) for _ in range(8)]
    # People change what there is to see: the liveliest of a few spots.
    top, left = max(spots, key=lambda spot: float(pixels[spot[0] :, spot[1] :][:high, :wide].std()))
    part = pixels[top : top + high, left : left + wide]
    match int(rng.integers(0, 3)):
        case 0:
            new = part[:, ::-1]
        case 1:
            new = np.roll(part, (high // 4, wide // 4), (0, 1))
        case _:
            new = part[..., [1, 2, 0]]
    mask = np.zeros((height, width, 1), np.float32)
    cv2.ellipse(mask, (left + wide // 2, top + high // 2), (wide // 2, high // 2), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5).reshape(height, width, 1)
    target = pixels.copy()
    target[top : top + high, left : left + wide] = new
    return np.clip(pixels * (1 - soft) + target * soft, 0, 255).astype(np.uint8)


def _visible(first: Picture, second: Picture) -> bool:
    apart = np.abs(first.astype(np.float32) - second).mean(axis=2)
    return bool(cv2.blur(apart, (12, 12)).max() > SEEN)
