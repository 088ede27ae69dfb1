"""Pairs of copies with and without a local change, spot by spot: what the ensemble of changes learns from."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from dpm_tui.pipeline.inspection.changed_spots import find_spots
from dpm_tui.pipeline.inspection.common_frame import align, to_common_size
from dpm_tui.pipeline.inspection.picture_traits import FileTraits, measure_coarseness, measure_picture
from models.training.inspection.degradations import StoredPicture, store, store_anew
from models.training.inspection.local_edits import edit_locally
from models.training.verifying.recolours import RECOLOURS, recolour

NARROWEST = 4.5
"""Pixels that a change must have in the common frame to be seen at all."""


RECOLOURED = 0.4
"""Share of the pictures that also come in other colours."""
SHOWN = 14
"""Levels by which a place of a variant must differ to be seen."""
SLACK = 0.012
"""Of the width, by which a spot may miss the change that it is about."""


@dataclass(frozen=True)
class _Changed:
    """A picture in which something changed, where (1 there, else 0), and how wide that is."""

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    width: float


@dataclass(frozen=True)
class ChangePair:
    """The numbers of the spots of one pair, and which of them lie on the change."""

    source: str
    copied: str
    """How the second picture was copied."""
    changed: bool
    spots: NDArray[np.float64]
    hits: NDArray[np.bool_]
    width: float
    """Of the change in pixels of the common frame."""


def make_change_pairs(
    paths: Sequence[Path], seed: int, longest: tuple[int, int] | None = None
) -> Iterator[ChangePair]:
    """Yield pairs of some pictures, as many with a change as without; ``longest`` as in ``quality_pairs``."""
    for path in paths:
        draw = random.Random(f"{seed} {path.parent.name} {path.name} {longest}")
        try:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
        except OSError:
            continue
        if longest is not None:
            side = draw.randint(*longest)
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        if min(picture.size) < 100:
            continue
        yield from _pairs(picture, path.parent.name, draw)


def _pairs(picture: Image.Image, source: str, draw: random.Random) -> Iterator[ChangePair]:
    original = store_anew(picture, draw)
    for name in draw.sample(tuple(COPIES), 3):
        first = original if draw.random() < 0.7 else COPIES[draw.choice(tuple(COPIES))](picture, draw)
        yield _look(first, COPIES[name](original.image, draw), source, name, None)
        for changed in (_edit(original.pixels, draw), _recolour(original.image, draw)):
            if changed is not None:
                copy = COPIES[name](Image.fromarray(changed.pixels), draw)
                yield _look(first, copy, source, name, changed)


def variant_pairs(table: Path, seed: int) -> Iterator[ChangePair]:
    """Yield the pairs of drawn variants that a table names, each as it is and saved again."""
    for one, other, kind in json.loads(table.read_text("utf-8"))["variants"]:
        draw = random.Random(f"{seed} {one} {other}")
        first, second = (Image.open(table.parent / name).convert("RGB") for name in (one, other))
        if first.size != second.size:
            continue
        changed = _changed(np.asarray(first), np.asarray(second))
        for name in ("plain", "smaller", draw.choice(tuple(COPIES))):
            copy = _shrunk_for_the_web(second, draw) if name == "smaller" else COPIES[name](second, draw)
            yield _look(store_anew(first, draw), copy, f"variants {kind}", name, changed)


def _edit(pixels: NDArray[np.uint8], draw: random.Random) -> _Changed | None:
    edited = edit_locally(pixels, draw)
    if edited is None:
        return None
    changed, (left, top, width, height) = edited
    mask = np.zeros(pixels.shape[:2], np.uint8)
    mask[top : top + height, left : left + width] = 1
    return _Changed(changed, mask, width / pixels.shape[1])


def _recolour(picture: Image.Image, draw: random.Random) -> _Changed | None:
    """Return the picture in other colours, two times in five."""
    if draw.random() > RECOLOURED:
        return None
    rng = np.random.default_rng(draw.randrange(1 << 30))
    other = recolour(picture, draw.choice(tuple(RECOLOURS)), rng)
    return None if other is None else _changed(np.asarray(picture), np.asarray(other))


def _changed(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> _Changed:
    """Return a changed picture with the places at which it can be seen."""
    apart = cv2.blur(cv2.absdiff(before, after).max(axis=2), (3, 3))
    mask = (apart > SHOWN).astype(np.uint8)
    wide = float(np.sqrt(mask.mean()))
    return _Changed(after, mask, wide)


def _look(
    first: StoredPicture, second: StoredPicture, source: str, name: str, changed: _Changed | None
) -> ChangePair:
    traits = [
        measure_picture(p.pixels, FileTraits(len(p.content), p.lossy, p.quality)) for p in (first, second)
    ]
    frame = align(*to_common_size(first.pixels, second.pixels))
    spots = find_spots(*frame, measure_coarseness(*traits))
    hits, width = np.zeros(len(spots), np.bool_), 0.0
    if changed is not None:
        width = changed.width * frame[0].shape[1]
        height, across = changed.mask.shape
        slack = max(round(across * SLACK), 2)
        near = cv2.dilate(changed.mask, np.ones((2 * slack + 1, 2 * slack + 1), np.uint8))
        for number, spot in enumerate(spots):
            row, column = int(spot.down * height), int(spot.across * across)
            hits[number] = near[min(row, height - 1), min(column, across - 1)] > 0
    return ChangePair(source, name, changed is not None, np.array([s.numbers for s in spots]), hits, width)


def _resized(factor: float, low: int, high: int) -> Callable[[Image.Image, random.Random], StoredPicture]:
    def made(picture: Image.Image, draw: random.Random) -> StoredPicture:
        size = max(round(picture.width * factor), 8), max(round(picture.height * factor), 8)
        filters = (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BOX)
        return store(picture.resize(size, draw.choice(filters)), "JPEG", draw.randint(low, high))

    return made


def _toned(picture: Image.Image, draw: random.Random) -> StoredPicture:
    match draw.randrange(4):
        case 0:
            made = ImageEnhance.Brightness(picture).enhance(draw.choice((0.88, 1.12)))
        case 1:
            made = ImageEnhance.Contrast(picture).enhance(draw.choice((0.88, 1.12)))
        case 2:
            made = ImageEnhance.Color(picture).enhance(draw.choice((0.85, 1.15)))
        case _:
            gains = [draw.uniform(0.94, 1.06) for _ in range(3)]
            made = picture.point([min(round(value * gain), 255) for gain in gains for value in range(256)])
    return store_anew(made, draw)


def _enlarged(picture: Image.Image, draw: random.Random) -> StoredPicture:
    calm = picture.filter(ImageFilter.SMOOTH) if draw.random() < 0.5 else picture
    factor = draw.choice((1.3, 1.5, 2.0))
    size = round(picture.width * factor), round(picture.height * factor)
    return store_anew(calm.resize(size, Image.Resampling.BICUBIC), draw)


def _palette(picture: Image.Image, draw: random.Random) -> StoredPicture:
    dither = draw.choice((Image.Dither.NONE, Image.Dither.FLOYDSTEINBERG))
    return store(picture.quantize(draw.choice((64, 128, 256)), dither=dither), "GIF")


def _trimmed(picture: Image.Image, draw: random.Random) -> StoredPicture:
    left, top, right, bottom = (
        draw.randrange(max(side // 100, 2)) for side in (*picture.size, *picture.size)
    )
    return store_anew(picture.crop((left, top, picture.width - right, picture.height - bottom)), draw)


def _noisy(picture: Image.Image, draw: random.Random) -> StoredPicture:
    noise = np.random.default_rng(draw.randrange(1 << 30)).normal(
        0, draw.uniform(2, 8), (*picture.size[::-1], 3)
    )
    return store_anew(Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)), draw)


def _shrunk_for_the_web(picture: Image.Image, draw: random.Random) -> StoredPicture:
    size = round(picture.width * 0.7), round(picture.height * 0.7)
    return store(picture.resize(size, Image.Resampling.LANCZOS), "JPEG", draw.randint(70, 85))


COPIES: dict[str, Callable[[Image.Image, random.Random], StoredPicture]] = {
    "jpeg 30": lambda picture, draw: store(picture, "JPEG", draw.randint(28, 40)),
    "jpeg": lambda picture, draw: store(picture, "JPEG", draw.randint(40, 95)),
    "webp 40": lambda picture, draw: store(picture, "WEBP", draw.randint(38, 60)),
    "webp": lambda picture, draw: store(picture, "WEBP", draw.randint(60, 92)),
    "half": _resized(0.5, 60, 95),
    "quarter": _resized(0.25, 70, 95),
    "three quarters": _resized(0.75, 50, 90),
    "twice": _resized(2.0, 70, 95),
    "palette": _palette,
    "toned": _toned,
    "trimmed": _trimmed,
    "blurred": lambda picture, draw: store_anew(
        picture.filter(ImageFilter.GaussianBlur(draw.uniform(0.4, 1.2))), draw
    ),
    "sharpened": lambda picture, draw: store_anew(picture.filter(ImageFilter.UnsharpMask(1.2, 90, 1)), draw),
    "noisy": _noisy,
    "avif": lambda picture, draw: store(picture, "AVIF", draw.randint(40, 75), speed=9),
    "plain": lambda picture, draw: store_anew(picture, draw),
    "denoised": lambda picture, draw: store_anew(picture.filter(ImageFilter.MedianFilter(3)), draw),
    "enlarged": _enlarged,
    "few colours": lambda picture, draw: store(picture.quantize(draw.choice((32, 48))), "PNG"),
    "soft": lambda picture, draw: store_anew(
        picture.filter(ImageFilter.GaussianBlur(draw.uniform(1.2, 2.2))), draw
    ),
}
"""Ways to copy a picture that change nothing in it."""
