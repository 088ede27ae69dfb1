"""Pairs that the verifier's heads learn from: what was done to a picture is known, so is what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from models.training.data.held_out_copies import thumbnail
from models.training.data.picture_edits import scaled, stored
from models.training.verifier.hard_pair_transforms import HARD, collage, picture_stickers
from models.training.verifier.pair_transforms import TRUE_PAIRS, crop
from models.training.verifier.variant_edits import VARIANTS, visible

Picture = NDArray[np.uint8]


class Label(IntEnum):
    """What differs within the pictures' overlap."""

    CLEAN = 0
    OVERLAY = 1
    CHANGED = 2
    UNRELATED = 3


Made = tuple[Label, str, Picture, Picture]
"""What differs, how the pair was made, and its two thumbnails."""
OVERLAYS = {"text", "watermark", "sticker", "picture-stickers", "hard: covered"}
FRAMES = {"border", "bars", "caption", "screenshot", "mirror", "turn-90", "tone-12", "hard: lean"}
"""What may be around a changed picture without hiding the change."""
TONED = {"palette-256", "palette-64", "tone-12", "tone-30", "gamma", "filter", "bars-tone", "grey-crop"}
"""What is taken for a change most often; each picture has one of them more."""
UNCLEAR = {"hard: askew", "hard: chain"}
"""Left out: neither clean nor an overlay for certain."""


def resaved(image: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture saved once more, resized or not."""
    if rng.random() < 0.35:
        return image
    if rng.random() < 0.7:
        image = scaled(image, rng.uniform(0.45, 1.1))
    return stored(image, int(rng.integers(40, 96)))


def recoloured(image: Image.Image, rng: Generator) -> Image.Image | None:
    """Return the picture with one of its colours turned into another, as a costume is, or None."""
    pixels = np.asarray(image)
    hue = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV_FULL)
    lively = hue[..., 1] > 70
    if lively.mean() < 0.03:
        return None
    seed = hue[lively][int(rng.integers(int(lively.sum())))]
    near = (np.abs((hue[..., 0].astype(int) - int(seed[0]) + 128) % 256 - 128) < 14) & lively
    if not 0.015 < near.mean() < 0.45:
        return None
    turned = hue.copy()
    turned[..., 0] = (hue[..., 0].astype(int) + int(rng.integers(50, 206))) % 256
    soft = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 1)[..., None]
    mixed = pixels * (1 - soft) + cv2.cvtColor(turned, cv2.COLOR_HSV2RGB_FULL) * soft
    return Image.fromarray(mixed.astype(np.uint8))


def small_change(image: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture with another spot of a twelfth of its side: turned, moved or painted over."""
    pixels = np.asarray(image).copy()
    side = max(7, round(min(image.size) * rng.uniform(0.05, 0.11)))
    spots = [
        (int(rng.integers(0, image.width - side)), int(rng.integers(0, image.height - side)))
        for _ in range(6)
    ]
    left, top = max(spots, key=lambda s: float(pixels[s[1] : s[1] + side, s[0] : s[0] + side].std()))
    part = pixels[top : top + side, left : left + side]
    way = int(rng.integers(4))
    if way == 0:
        part[:] = part[::-1]
    elif way == 1:
        part[:] = np.roll(part, max(1, side // 5), axis=int(rng.integers(2)))
    elif way == 2:
        part[:] = np.median(part.reshape(-1, 3), axis=0)
    else:
        x, y = (int(rng.integers(0, n - side)) for n in image.size)
        part[:] = np.asarray(image)[y : y + side, x : x + side]
    return Image.fromarray(pixels)


def changed_spot(image: Image.Image, rng: Generator) -> Image.Image | None:
    """Return the picture with another spot, None where it can hardly be seen."""
    changed = small_change(image, rng)
    return changed if _seen(image, changed) else None


def _seen(before: Image.Image, after: Image.Image) -> bool:
    first, second = (cv2.GaussianBlur(thumbnail(i).astype(np.float32), (0, 0), 1) for i in (before, after))
    return float(cv2.blur(np.abs(first - second).mean(axis=2), (5, 5)).max()) >= 16


def made_pairs(images: list[Image.Image], each: int, rng: Generator) -> Iterator[Made]:
    """Yield ``each`` true pairs and as many changed ones of every picture, and unrelated pairs."""
    transforms = [
        t for t in (*TRUE_PAIRS, *HARD, collage(images), picture_stickers(images)) if t.name not in UNCLEAR
    ]
    for number, image in enumerate(images):
        first = thumbnail(image)
        for k in rng.choice(len(transforms), each, replace=False):
            name = transforms[k].name
            second = thumbnail(resaved(transforms[k].make(image, rng), rng))
            yield Label.OVERLAY if name in OVERLAYS else Label.CLEAN, name, first, second
        toned = [t for t in transforms if t.name in TONED]
        second = thumbnail(resaved(toned[int(rng.integers(len(toned)))].make(image, rng), rng))
        yield Label.CLEAN, "toned", first, second
        overlays = [t for t in transforms if t.name in OVERLAYS]
        made = overlays[int(rng.integers(len(overlays)))].make(image, rng)
        moved = crop(rng.uniform(0.4, 0.95))(made, rng) if rng.random() < 0.4 else made
        yield Label.OVERLAY, "overlay", first, thumbnail(resaved(moved, rng))
        for _ in range(each):
            way = int(rng.integers(len(VARIANTS) + 4))
            changed: Image.Image | None
            if way < len(VARIANTS):
                changed = VARIANTS[way].make(image, rng)
                told = visible(image, changed)
            else:
                changed = small_change(image, rng) if way < len(VARIANTS) + 2 else recoloured(image, rng)
                told = changed is not None and _seen(image, changed)
            if changed is not None and told:
                if rng.random() < 0.3:
                    frames = [t for t in transforms if t.name in FRAMES]
                    changed = frames[int(rng.integers(len(frames)))].make(changed, rng)
                yield Label.CHANGED, f"changed {way}", first, thumbnail(resaved(changed, rng))
        other = images[(number + 1 + int(rng.integers(len(images) - 1))) % len(images)]
        yield Label.UNRELATED, "unrelated", first, thumbnail(other)


def drawn_pairs(table: Path, half: int, times: int, rng: Generator) -> Iterator[Made]:
    """Yield an artist's variants of one half of the figures, told apart by their names, and their copies."""
    rows = json.loads(table.read_text(encoding="utf-8"))["variants"]
    for one, other, _ in rows:
        if figure_half(one) != half:
            continue
        first, second = (Image.open(table.parent / name).convert("RGB") for name in (one, other))
        for _ in range(times):
            yield Label.CHANGED, "changed drawn", thumbnail(first), thumbnail(resaved(second, rng))
            yield Label.CLEAN, "saved drawn", thumbnail(first), thumbnail(resaved(first, rng))


def figure_half(name: str) -> int:
    """Return 0 or 1: the half of the drawn variants that a file belongs to, all of one figure in the same."""
    figure = name.rsplit("__", 1)[0].rsplit("/", 1)[-1].split("_")[0].rstrip("0123456789-")
    return sum(figure.encode()) % 2
