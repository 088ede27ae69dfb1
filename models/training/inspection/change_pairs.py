"""Pairs of copies with and without a local change, spot by spot: what the ensemble of changes learns from."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, find_changes
from dpm_tui.pipeline.quality.common_frame import align, to_common_size
from dpm_tui.pipeline.quality.picture_traits import FileTraits
from dpm_tui.pipeline.transparency import cutout
from models.training.inspection.degradations import StoredPicture, store, store_anew
from models.training.inspection.local_edits import SIDES, LocalEdit, edit_locally
from models.training.inspection.source_pictures import source_pictures

NARROWEST = 4.5
"""Pixels that a change must have in the common frame to be seen at all."""
SMALLEST = 100
"""Sides below this are too short to say anything."""


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
    edit: str = ""
    """The kind of the change."""
    share: float = 0.0
    contrast: float = 0.0


def make_change_pairs(
    paths: Sequence[Path],
    seed: int,
    longest: tuple[int, int] | None = None,
    sides: Sequence[float] = SIDES,
    copies: int = 3,
) -> Iterator[ChangePair]:
    """Yield pairs of some pictures, as many with a change as without; ``longest`` as in ``quality_pairs``."""
    for source, picture, draw in source_pictures(paths, seed, longest, SMALLEST):
        yield from _pairs(picture, source, draw, sides, copies)


def _pairs(
    picture: Image.Image, source: str, draw: random.Random, sides: Sequence[float], copies: int
) -> Iterator[ChangePair]:
    original = store_anew(picture, draw)
    for name in draw.sample(tuple(COPIES), copies):
        edit = edit_locally(original.pixels, draw, sides)
        if edit is None:
            continue
        first = store_anew(Image.fromarray(edit.before), draw)
        if draw.random() < 0.2:
            first = COPIES[draw.choice(tuple(COPIES))](Image.fromarray(edit.before), draw)
        own = at_full_size(first)
        for changed, pixels in ((False, edit.before), (True, edit.after)):
            copy = at_full_size(COPIES[name](Image.fromarray(pixels), draw))
            yield _look(own, copy, source, name, edit, changed)


def at_full_size(picture: StoredPicture) -> CopyAtFullSize:
    """Return a picture as the inspection has it."""
    file = FileTraits(len(picture.content), picture.lossy, picture.quality)
    return CopyAtFullSize.of(cutout.StoredPicture(picture.pixels), file)


def _look(
    first: CopyAtFullSize,
    second: CopyAtFullSize,
    source: str,
    name: str,
    edit: LocalEdit,
    changed: bool,
) -> ChangePair:
    frame = align(*to_common_size(first.pixels, second.pixels))
    spots = find_changes(first, second, frame)
    hits = np.zeros(len(spots), np.bool_)
    box, (height, width) = edit.box, edit.before.shape[:2]
    if changed:
        slack = 0.5 * max(min(box[2:]), 0.015 * width) + 2
        for number, spot in enumerate(spots):
            x, y = spot.across * width - box[0], spot.down * height - box[1]
            hits[number] = -slack <= x <= box[2] + slack and -slack <= y <= box[3] + slack
    return ChangePair(
        source,
        name,
        changed,
        np.array([s.numbers for s in spots]),
        hits,
        max(box[2:]) / width * frame[0].shape[1],
        edit.kind,
        edit.share,
        edit.contrast,
    )


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


def _palette(picture: Image.Image, draw: random.Random) -> StoredPicture:
    if draw.random() < 0.2:
        size = max(picture.width // 2, 8), max(picture.height // 2, 8)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    ways = (Image.Quantize.MEDIANCUT, Image.Quantize.MEDIANCUT, Image.Quantize.FASTOCTREE)
    cut = picture.quantize(draw.choice((64, 64, 128, 256, 256)), draw.choice(ways))
    if draw.random() < 0.5:
        cut = picture.quantize(palette=cut, dither=Image.Dither.FLOYDSTEINBERG)
    return store(cut, draw.choice(("GIF", "PNG")))


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
}
"""Ways to copy a picture that change nothing in it."""
