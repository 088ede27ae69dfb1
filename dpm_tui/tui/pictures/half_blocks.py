"""Half blocks: an RGB picture as coloured character cells, two pixels to a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from dpm_tui.tui.pictures.cell_colours import cell_style, colour_codes, run_on, runs_of
from dpm_tui.tui.terminal.colour_depth import Palette

_UPPER_HALF = "\u2580"
_LOWER_HALF = "\u2584"


def draw_half_blocks(
    rgb: NDArray[np.uint8], palette: Palette, *, quick: bool, thrifty: bool
) -> list[list[Segment]]:
    """Return the cells of each line of a picture with two rows of pixels to a line.

    ``thrifty`` repeats a colour in cells that are nearly the same, so that a large picture takes fewer bytes.
    """
    codes = _codes(rgb, palette, quick, thrifty)
    return _draw(codes[0::2], codes[1::2], palette, thrifty)


def draw_whole_cells(
    rgb: NDArray[np.uint8], palette: Palette, *, quick: bool, thrifty: bool
) -> list[list[Segment]]:
    """Return the same with one colour a cell: some terminals draw the half block two cells wide."""
    means = ((rgb[0::2].astype(np.uint16) + rgb[1::2] + 1) // 2).astype(np.uint8)
    codes = _codes(means, palette, quick, thrifty)
    return _draw(codes, codes, palette, thrifty)


def _codes(rgb: NDArray[np.uint8], palette: Palette, quick: bool, thrifty: bool) -> NDArray[np.int64]:
    if thrifty and quick:
        rgb = _in_twos(rgb)
    codes = colour_codes(rgb, palette, quick=quick)
    return run_on(codes, rgb, palette, quick=quick) if thrifty else codes


def _in_twos(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture half as sharp, of as many pixels: its better one follows, and few bytes come first."""
    even = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
    squares = rgb[: even[0], : even[1]].reshape(even[0] // 2, 2, even[1] // 2, 2, 3)
    halved = rgb.copy()
    halved[: even[0], : even[1]] = squares.mean(axis=(1, 3)).round().repeat(2, axis=0).repeat(2, axis=1)
    return halved


def _draw(
    upper_codes: NDArray[np.int64], lower_codes: NDArray[np.int64], palette: Palette, thrifty: bool
) -> list[list[Segment]]:
    """Return the cells of each line, runs of equal cells as one segment.

    If ``thrifty`` a run is drawn as lower halves where it shares a colour that way with the one before.
    """
    lines: list[list[Segment]] = []
    for row in upper_codes << 24 | lower_codes:
        line: list[Segment] = []
        letters = ground = -1
        for key, start, end in runs_of(row):
            upper, lower = key >> 24, key & 0xFFFFFF
            if upper == lower:
                line.append(Segment(" " * (end - start), cell_style(upper, lower, palette)))
                ground = lower
                continue
            shared = (letters == upper) + (ground == lower)
            if thrifty and (letters == lower) + (ground == upper) > shared:
                letters, ground, half = lower, upper, _LOWER_HALF
            else:
                letters, ground, half = upper, lower, _UPPER_HALF
            line.append(Segment(half * (end - start), cell_style(letters, ground, palette)))
        lines.append(line)
    return lines
