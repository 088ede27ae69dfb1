"""Pairs that the copy classifier learns from: copies, other colours, other content and strong tones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.pipeline.comparison.copy_classifier import Cause
from models.training.data.held_out_copies import thumbnail
from models.training.verifier.labelled_pairs import changed_spot, figure_half, resaved
from models.training.verifier.pair_transforms import TRUE_PAIRS
from models.training.verifier.recolours import RECOLOURS, TRIES, flat_patches, recolour
from models.training.verifier.stored_copies import COARSE, COPIES, STRONG
from models.training.verifier.variant_edits import VARIANTS, visible

Pair = tuple[Cause, str, NDArray[np.uint8], NDArray[np.uint8]]
"""What differs, how the pair was made, and its two thumbnails."""
HARDEST = ("gif", "palette 64", "palette 64 dithered", "few colours", "sharpened", "blurred", "denoised")
ENLARGED = ("cleaned and enlarged", "enlarged and sharpened", "shrunk and back", "few colours")
LIGHT = ("brightness", "contrast", "saturation", "channel gain", "gamma", "light tone")
OVERLAYS = ("text", "watermark", "sticker")
TOLD = 18.0
"""Mean difference in levels from which a tone is no light one for certain."""


def colour_pairs(images: list[Image.Image], each: int, rng: Generator) -> Iterator[Pair]:
    """Yield ``each`` copies of every picture, five more of the hardest, and about as many that are none."""
    transforms = {t.name: t for t in TRUE_PAIRS}
    for image in images:
        first = thumbnail(image)
        names = [list(COPIES)[k] for k in rng.choice(len(COPIES), each, replace=False)]
        names += [_one_of(ways, rng) for ways in (tuple(COARSE), HARDEST, ENLARGED, LIGHT, LIGHT)]
        for name in names:
            made = (COPIES | COARSE)[name](image, rng)
            made = resaved(made, rng) if rng.random() < 0.3 else made
            yield Cause.NOTHING, name, first, thumbnail(made)
        for name in RECOLOURS:
            for _ in range(1 + int(rng.random() < 0.4)):
                changed = tried(image, name, rng)
                if changed is not None:
                    yield Cause.COLOURS, name, first, thumbnail(_copied(changed, rng))
        patches = flat_patches(image, rng)
        if patches is not None:
            yield Cause.COLOURS, "flat patch", thumbnail(patches[0]), thumbnail(_copied(patches[1], rng))
        for k in rng.choice(len(STRONG), 5, replace=False):
            name, strong = list(STRONG.items())[k]
            toned = thumbnail(strong(image, rng))
            if toned.shape == first.shape and np.abs(toned.astype(np.int16) - first).mean() >= TOLD:
                yield Cause.TONE, name, first, thumbnail(resaved(Image.fromarray(toned), rng))
        name = _one_of(OVERLAYS, rng)
        yield Cause.CONTENT, name, first, thumbnail(resaved(transforms[name].make(image, rng), rng))
        for k in rng.choice(len(VARIANTS), 2, replace=False):
            other = VARIANTS[k].make(image, rng)
            if visible(image, other):
                yield Cause.CONTENT, VARIANTS[k].name, first, thumbnail(_copied(other, rng))
        spotted = changed_spot(image, rng)
        if spotted is not None:
            yield Cause.CONTENT, "small", first, thumbnail(_copied(spotted, rng))


def tried(image: Image.Image, name: str, rng: Generator) -> Image.Image | None:
    """Return the picture recoloured in a way, None where it has no colours for it."""
    return next((made for _ in range(TRIES) if (made := recolour(image, name, rng)) is not None), None)


def drawn_colour_pairs(table: Path, times: int, rng: Generator) -> Iterator[Pair]:
    """Yield an artist's variants of one half of the figures, and copies of these."""
    for one, other, _ in json.loads(table.read_text(encoding="utf-8"))["variants"]:
        if figure_half(one) != 0:
            continue
        first, second = (Image.open(table.parent / name).convert("RGB") for name in (one, other))
        for _ in range(times):
            yield Cause.CONTENT, "drawn", thumbnail(first), thumbnail(_copied(second, rng))
            name = _one_of(tuple(COPIES), rng)
            yield Cause.NOTHING, name, thumbnail(first), thumbnail(COPIES[name](first, rng))


def _copied(image: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture saved again, or as one of the copies that must stay copies."""
    if rng.random() < 0.6:
        return resaved(image, rng)
    return COPIES[_one_of(tuple(COPIES), rng)](image, rng)


def _one_of(names: tuple[str, ...], rng: Generator) -> str:
    return names[int(rng.integers(len(names)))]
