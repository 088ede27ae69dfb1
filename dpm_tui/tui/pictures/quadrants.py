"""Quadrants: cells of two by two pixels in two colours, twice as sharp across as half blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from dpm_tui.tui.pictures.cell_colours import cell_style, colour_codes, colours_of, runs_of
from dpm_tui.tui.terminal.colour_depth import Palette

GLYPHS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""Indexed by the quadrants that have the colour of letters: 1 upper left, 2 upper right, 4 and 8 below."""
_SHAPES = np.array([[index >> bit & 1 for bit in range(4)] for index in range(8)], np.float32)
"""Every way to part four quadrants in two; the other eight are these with the colours exchanged."""
_PLAIN = 3 * 4 * 6.0**2
"""Squared distance of a cell's pixels from their mean up to which it has one colour: runs take few bytes."""
_WORTH = 1.15
"""How much closer to the pixels another shape must come than upper and lower half, which take fewer."""
_HALVES = 3


def draw_quadrants(rgb: NDArray[np.uint8], palette: Palette, *, quick: bool) -> list[list[Segment]]:
    """Return the cells of each line of a picture with two pixels a cell in both directions."""
    if palette is not Palette.TRUECOLOR and not quick:
        rgb = colours_of(colour_codes(rgb, palette, quick=False), palette)
        quick = True
    shapes, letters, ground = _cells(rgb)
    codes = colour_codes(np.concatenate((letters, ground)), palette, quick=quick)
    letter_codes, ground_codes = codes[: len(shapes)], codes[len(shapes) :]
    shapes = np.where(letter_codes == ground_codes, 0, shapes)
    letter_codes = np.where(shapes == 0, ground_codes, letter_codes)
    keys = shapes.astype(np.int64) << 48 | letter_codes << 24 | ground_codes
    return [_line(row, palette) for row in keys]


def _cells(
    rgb: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Return for every cell its shape and the two colours that come nearest to its four pixels."""
    high, wide = rgb.shape[0] // 2, rgb.shape[1] // 2
    pixels = rgb[: high * 2, : wide * 2].reshape(high, 2, wide, 2, 3).transpose(0, 2, 1, 3, 4)
    quarters = pixels.reshape(high, wide, 4, 3).astype(np.float32)
    total = quarters.sum(axis=2)
    inside = np.einsum("hwqc,pq->hwpc", quarters, _SHAPES)
    count = _SHAPES.sum(axis=1)[:, None]
    outside = total[:, :, None] - inside
    # The larger this is, the smaller is the sum of the squared distances from both means.
    close = (inside**2 / np.maximum(count, 1) + outside**2 / (4 - count)).sum(axis=3)
    left = np.maximum((quarters**2).sum(axis=(2, 3))[..., None] - close, 0)
    best = left.argmin(axis=2)
    lowest = np.take_along_axis(left, best[..., None], 2)[..., 0]
    best = np.where(left[..., _HALVES] <= lowest * _WORTH, _HALVES, best)
    best = np.where(left[..., 0] <= _PLAIN, 0, best)
    chosen = best[..., None, None]
    letters = np.take_along_axis(inside / np.maximum(count, 1), chosen, 2)[:, :, 0]
    ground = np.take_along_axis(outside / (4 - count), chosen, 2)[:, :, 0]
    return best.astype(np.uint8), letters.round().astype(np.uint8), ground.round().astype(np.uint8)


def _line(keys: NDArray[np.int64], palette: Palette) -> list[Segment]:
    """Return the cells of a line, runs of equal cells as one segment."""
    line = []
    for key, start, end in runs_of(keys):
        style = cell_style(key >> 24 & 0xFFFFFF, key & 0xFFFFFF, palette)
        line.append(Segment(GLYPHS[key >> 48] * (end - start), style))
    return line
