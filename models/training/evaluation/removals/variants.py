"""Variants: pictures of one composition that show something else, made and drawn."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from models.training.data.negative_pairs import local_edit
from models.training.data.training_pictures import on_white
from models.training.verifier.labelled_pairs import figure_half
from models.training.verifier.recolours import RECOLOURS, recolour
from models.training.verifier.variant_edits import VARIANTS, visible

LOCAL, BURST = "local edit", "burst"
WAYS = (LOCAL, BURST, *RECOLOURS, *(made.name for made in VARIANTS))
TRIES = 6
FIGURE_MOST = 3
"""Variants of one drawn figure at most."""


def draw_variant(picture: Image.Image, rng: Generator) -> tuple[str, Image.Image] | None:
    """Return a way and the variant that it made, which an eye tells apart; None for a plain picture."""
    for _ in range(TRIES):
        way = WAYS[int(rng.integers(len(WAYS)))]
        changed = _change(picture, way, rng)
        if changed is not None and visible(picture, changed):
            return way, changed
    return None


def _change(picture: Image.Image, way: str, rng: Generator) -> Image.Image | None:
    if way in RECOLOURS:
        return recolour(picture, way, rng)
    if way == LOCAL:
        return local_edit(picture, rng)
    if way == BURST:
        return next_frame(picture, rng)
    return next(made for made in VARIANTS if made.name == way).make(picture, rng)


def next_frame(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture as the next frame of a burst: hand and subject moved, the grain is another."""
    sway = next(made for made in VARIANTS if made.name == "swayed").make(picture, rng)
    width, height = picture.size
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-0.6, 0.6), rng.uniform(1.01, 1.03))
    turn[:, 2] = turn[:, 2] + rng.uniform(-0.012, 0.012, 2) * max(width, height)
    moved = cv2.warpAffine(
        np.asarray(sway), turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    grain = rng.normal(0, 2.5, moved.shape)
    return Image.fromarray(np.clip(moved + grain, 0, 255).astype(np.uint8))


def drawn_figures(table: Path, most: int, rng: Generator) -> Iterator[list[Image.Image]]:
    """Yield figures that an artist drew in variants, of the half that no network learned from.

    ``table`` is a ``variants.json`` beside its pictures. Those with most variants come first.
    """
    drawn: dict[str, list[str]] = defaultdict(list)
    for one, other, _ in json.loads(table.read_text(encoding="utf-8"))["variants"]:
        if figure_half(one) == 1:
            drawn[one].append(other)
    figures: dict[str, list[str]] = {}
    for one, others in drawn.items():
        # A bust is a crop of the whole figure: only one of both can be a picture of its own.
        figures.setdefault(_figure(one), [one, *others[:FIGURE_MOST]])
    shuffled = [list(figures.values())[place] for place in rng.permutation(len(figures)).tolist()]
    for names in sorted(shuffled, key=len, reverse=True)[:most]:
        yield [on_white(Image.open(table.parent / name)) for name in names]


def _figure(name: str) -> str:
    """Return what files of one figure have in common: its name, or its style and number."""
    words = name.rsplit("/", 1)[-1].split("_")
    return "_".join(words[: 2 if words[1].isdecimal() else 1])
