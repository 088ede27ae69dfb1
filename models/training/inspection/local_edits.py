"""Local edits: small changes of what a picture shows, each with the place where it is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.training.inspection.planted_content import PLANTED

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""
Edit = Callable[[Pixels, Box, random.Random], Pixels]

SIDES = (0.012, 0.015, 0.015, 0.02, 0.03, 0.05)
"""Sides of the changed place as shares of the width."""
SEEN = 10.0
"""Levels by which the place must change in its upper tenth for anybody to see it."""
_WORDS = ("2019-07-14", "2021-11-03", "Hello", "sale", "17:32", "08:05", "No. 7", "A", "x2", "OK", "end")


@dataclass(frozen=True)
class LocalEdit:
    """A picture before and after a small change, both of which may hold something that was put there."""

    before: Pixels
    after: Pixels
    box: Box
    kind: str
    share: float
    """Side of the changed place as a share of the width."""
    contrast: float
    """Levels that the place changes by in its upper fifth."""


def edit_locally(
    pixels: Pixels, draw: random.Random, sides: Sequence[float] = SIDES, seen: float = SEEN
) -> LocalEdit | None:
    """Return a small change that can be seen; None if none came about."""
    for _ in range(6):
        share = draw.choice(sides)
        box = _pick_spot(pixels, share, draw)
        if box is None:
            return None
        kind = draw.choice(KINDS)
        before = pixels
        if kind in PLANTED:
            before, after = PLANTED[kind](pixels, box, draw)
            box = _changed_box(before, after) or box
        else:
            after = EDITS[kind](pixels, box, draw)
        left, top, width, height = box
        part = np.s_[top : top + height, left : left + width]
        apart = np.abs(after[part].astype(np.int16) - before[part]).max(axis=2)
        contrast = float(np.quantile(apart, 0.8))
        if contrast >= seen:
            return LocalEdit(before, after, box, kind, share, contrast)
    return None


def _changed_box(before: Pixels, after: Pixels) -> Box | None:
    """Return the rectangle that holds whatever differs by more than a few levels."""
    places = np.argwhere(np.abs(after.astype(np.int16) - before).max(axis=2) > 8)
    if not len(places):
        return None
    (top, left), (bottom, right) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    return left, top, right - left + 1, bottom - top + 1


def _pick_spot(pixels: Pixels, share: float, draw: random.Random) -> Box | None:
    """Return one of the livelier of some random places: an eye or a word is no flat sky."""
    height, width = pixels.shape[:2]
    side = max(round(width * share), 4)
    high = max(round(side * draw.choice((0.6, 1, 1, 1.4))), 4)
    if height <= high + 8 or width <= side + 8:
        return None
    boxes = [
        (draw.randrange(4, width - side - 4), draw.randrange(4, height - high - 4), side, high)
        for _ in range(6)
    ]

    def lively(box: Box) -> float:
        left, top, wide, tall = box
        return float(pixels[top : top + tall, left : left + wide].std())

    return max(boxes[: draw.choice((1, 3, 6))], key=lively)


def _blend(pixels: Pixels, changed: Pixels, box: Box, draw: random.Random) -> Pixels:
    left, top, width, height = box
    mask: NDArray[Any] = np.zeros(pixels.shape[:2], np.float32)
    if draw.random() < 0.5:
        cv2.ellipse(
            mask, (left + width // 2, top + height // 2), (width // 2, height // 2), 0, 0, 360, 1.0, -1
        )
    else:
        mask[top : top + height, left : left + width] = 1
    if draw.random() < 0.5:
        mask = cv2.GaussianBlur(mask, (0, 0), max(width / 12, 0.6))
    soft = mask[..., None]
    mixed = pixels.astype(np.float32) * (1 - soft) + changed.astype(np.float32) * soft
    blended: Pixels = np.clip(mixed, 0, 255).astype(np.uint8)
    return blended


def _swapped(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    left, top, width, height = box
    y, x = draw.randrange(pixels.shape[0] - height), draw.randrange(pixels.shape[1] - width)
    changed = pixels.copy()
    changed[top : top + height, left : left + width] = pixels[y : y + height, x : x + width]
    return _blend(pixels, changed, box, draw)


def _flipped(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    left, top, width, height = box
    changed = pixels.copy()
    part = changed[top : top + height, left : left + width]
    changed[top : top + height, left : left + width] = part[:, ::-1] if draw.random() < 0.5 else part[::-1]
    return _blend(pixels, changed, box, draw)


def _removed(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    left, top, width, height = box
    reach = 12
    y, x = max(top - reach, 0), max(left - reach, 0)
    part = pixels[y : top + height + reach, x : left + width + reach]
    mask = np.zeros(part.shape[:2], np.uint8)
    mask[top - y : top - y + height, left - x : left - x + width] = 255
    changed = pixels.copy()
    changed[y : top + height + reach, x : left + width + reach] = cv2.inpaint(
        part, mask, 3, cv2.INPAINT_TELEA
    )
    return changed


def _ink(pixels: Pixels, box: Box, draw: random.Random) -> tuple[int, int, int]:
    """Return a colour that stands out of a place, or one from somewhere in the picture."""
    left, top, width, height = box
    if draw.random() < 0.4:
        y, x = draw.randrange(pixels.shape[0]), draw.randrange(pixels.shape[1])
        red, green, blue = (int(value) for value in pixels[y, x])
        return red, green, blue
    dark = pixels[top : top + height, left : left + width].mean() > 110
    return (30, 20, 25) if dark else (235, 230, 220)


def _drawn(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    """Close an eye or bend a mouth: an arc, a line or a dot."""
    left, top, width, height = box
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    ink, thick = _ink(pixels, box, draw), max(round(width / 6), 1)
    match draw.randrange(3):
        case 0:
            pen.arc((left, top, left + width, top + height), 20, 170, ink, thick)
        case 1:
            pen.line((left, top + height // 2, left + width, top + height // 2), ink, thick)
        case _:
            pen.ellipse((left, top, left + width, top + height), ink)
    return np.asarray(picture)


def _written(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    left, top, _, height = box
    picture = Image.fromarray(pixels)
    font = ImageFont.load_default(max(height, 6))
    ImageDraw.Draw(picture).text((left, top), draw.choice(_WORDS)[:3], _ink(pixels, box, draw), font)
    return np.asarray(picture)


def _recoloured(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    turned = np.roll(pixels, draw.choice((1, 2)), axis=2)
    return _blend(pixels, np.ascontiguousarray(turned), box, draw)


def _moved(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    shift = max(round(box[2] * 0.35), 2)
    moved = np.roll(pixels, (draw.choice((-shift, 0, shift)), draw.choice((-shift, shift))), axis=(0, 1))
    return _blend(pixels, moved, box, draw)


def _healed(pixels: Pixels, box: Box, draw: random.Random) -> Pixels:
    """Cover a place by what lies beside it, as the healing brush of an editor does."""
    left, top, width, height = box
    across, down = draw.choice(((1, 0), (-1, 0), (0, 1), (0, -1)))
    x = min(max(left + round(across * width * 1.2), 0), pixels.shape[1] - width)
    y = min(max(top + round(down * height * 1.2), 0), pixels.shape[0] - height)
    changed = pixels.copy()
    changed[top : top + height, left : left + width] = pixels[y : y + height, x : x + width]
    return _blend(pixels, changed, box, draw)


EDITS: dict[str, Edit] = {
    "swapped": _swapped,
    "flipped": _flipped,
    "removed": _removed,
    "healed": _healed,
    "drawn": _drawn,
    "written": _written,
    "recoloured": _recoloured,
    "moved": _moved,
}
KINDS = ("swapped", "flipped", "flipped", "removed", "removed", "healed", "drawn", "written", "recoloured",
         "moved", "moved", *PLANTED)  # fmt: skip
"""Kinds of edits, as often as they are made: those twice that are hard to see."""
