"""Palette loss: what cutting a picture to few colours did to it, so that it is told from a change."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.quality.sample_region import Picture

Palette = NDArray[np.uint8]
"""Colours, a row each."""

COLOURS = 256
"""Colours of a palette at most."""
FEWEST = 24
"""Colours of a palette at least: a flat drawing has its own few, and none is near to what is added."""
GLANCE = 4_000
"""Pixels that are looked at first: nearly every picture has too many colours among them."""
BAND = 1 << 20
"""Pixels that are looked at together: all of a large picture would take too much memory."""
MIXED = (3, 3)
"""Pixels over which dithering mixes colours."""
SLACK = 4.0
"""Levels by which any place may be farther from its copy than from the nearest colour."""
USUAL, FARTHEST, BESIDES = 0.95, 3.0, 32.0
"""Share of the pixels whose distance to their nearest colour is usual, how many times as far others may be,
and levels besides: what is farther is something that the palette lacks."""
_BITS = 6
_STEP = 1 << 13


def find_palette(picture: Picture) -> Palette | None:
    """Return the colours of an RGB picture, a row each; None where they are too many to be a palette."""
    flat = picture.reshape(1, -1, 3)
    step = max(flat.shape[1] // GLANCE, 1)
    if len(np.unique(_packed(np.ascontiguousarray(flat[:, ::step])))) > COLOURS:
        return None
    there = np.zeros(1 << 24, np.bool_)
    for start in range(0, flat.shape[1], BAND):
        there[_packed(flat[:, start : start + BAND])] = True
        if np.count_nonzero(there) > COLOURS:
            return None
    colours = np.flatnonzero(there)
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)


def allow_for_palettes(
    frame: tuple[Picture, Picture], palettes: tuple[Palette | None, Palette | None]
) -> tuple[Picture, Picture]:
    """Return both RGB pictures, that of more colours without what the palette of the other lost."""
    first, second = frame
    counts = [COLOURS + 1 if palette is None else len(palette) for palette in palettes]
    if counts[0] < counts[1] and palettes[0] is not None and counts[0] >= FEWEST:
        return first, _allow(second, first, palettes[0])
    if counts[1] < counts[0] and palettes[1] is not None and counts[1] >= FEWEST:
        return _allow(first, second, palettes[1]), second
    return frame


def _packed(picture: Picture) -> NDArray[np.uint32]:
    turned = cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA)
    turned[..., 3] = 0
    packed: NDArray[np.uint32] = turned.view("<u4").ravel()
    return packed


def _allow(full: Picture, cut: Picture, palette: Palette) -> Picture:
    """Return the full picture moved towards its copy by no more than the palette explains."""
    own, other = (cv2.blur(picture, MIXED) for picture in (full, cut))
    apart = cv2.subtract(own, other, dtype=cv2.CV_32F)
    shown = cv2.sqrt(cv2.transform(cv2.multiply(apart, apart), np.ones((1, 3), np.float32)))
    allowed = _nearest(own, palette) + np.float32(SLACK)
    share = np.minimum(allowed / np.maximum(shown, np.float32(SLACK)), np.float32(1))
    moved = cv2.subtract(cut, full, dtype=cv2.CV_32F)
    for channel in range(3):
        moved[..., channel] *= share
    made: Picture = cv2.add(full, moved, dtype=cv2.CV_8U)
    return made


def _nearest(picture: Picture, palette: Palette) -> NDArray[np.float32]:
    """Return how far every pixel is from the nearest colour, in levels, and no farther than is plausible."""
    parts = (picture >> (8 - _BITS)).astype(np.int32)
    packed = parts[..., 0] << 2 * _BITS | parts[..., 1] << _BITS | parts[..., 2]
    counts = np.bincount(packed.ravel(), minlength=1 << 3 * _BITS)
    used = np.flatnonzero(counts)
    mask = (1 << _BITS) - 1
    middles = np.stack([used >> 2 * _BITS, used >> _BITS & mask, used & mask], axis=1) * 4.0 + 1.5
    goals = palette.astype(np.float32)
    lengths = (goals**2).sum(axis=1)
    apart: NDArray[Any] = np.zeros(len(counts), np.float32)
    for start in range(0, len(used), _STEP):
        some, places = middles[start : start + _STEP].astype(np.float32), used[start : start + _STEP]
        squares = (lengths - 2 * some @ goals.T).min(axis=1) + (some**2).sum(axis=1)
        apart[places] = np.sqrt(np.maximum(squares, 0))
    order = used[np.argsort(apart[used])]
    share = np.cumsum(counts[order]) / counts.sum()
    usual = float(apart[order[np.searchsorted(share, USUAL)]])
    found: NDArray[np.float32] = np.minimum(apart, FARTHEST * usual + BESIDES)[packed]
    return found
