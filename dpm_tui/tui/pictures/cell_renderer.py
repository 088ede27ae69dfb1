"""The cell renderer: draws ``rich_pixels.Pixels`` as large as fits an area of cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich_pixels import Pixels, Renderer
from textual.strip import Strip

from dpm_tui.tui.pictures.cell_colours import luma_of
from dpm_tui.tui.pictures.difference_shading import CROSSED, redden, spread_over
from dpm_tui.tui.pictures.half_blocks import draw_half_blocks, draw_whole_cells
from dpm_tui.tui.pictures.picture_field import GROUND
from dpm_tui.tui.pictures.quadrants import draw_quadrants
from dpm_tui.tui.pictures.zoom import WHOLE, Box
from dpm_tui.tui.terminal.colour_depth import Palette

_RAMP = np.frombuffer(b" .:-=+*#%@", dtype=np.uint8)
_CROSS = np.uint8(ord("X"))
_ROWS = 2
"""Rows of pixels to a cell, which is about twice as high as it is wide."""


class Blocks(IntEnum):
    """What a cell holds; the value is how many pixels it has across."""

    WHOLE = 0
    HALF = 1
    QUADRANT = 2


@dataclass(frozen=True, slots=True)
class Brush:
    """How a picture is drawn.

    ``quick`` leaves out dithering and the finest shades, which are worth their time only for a picture that
    stays. ``centred`` in its area, or else in its upper left corner. ``thrifty`` for few bytes.
    """

    palette: Palette
    blocks: Blocks = Blocks.HALF
    quick: bool = False
    centred: bool = True
    thrifty: bool = False


class CellRenderer(Renderer):
    """Draws whole pictures with a brush, red or crossed out where ``differs`` over them is high."""

    def __init__(self, brush: Brush, differs: NDArray[np.uint8] | None = None) -> None:
        super().__init__()
        self._brush = brush
        self._differs = differs

    def render(self, image: Image.Image, resize: tuple[int, int] | None) -> list[Segment]:
        """Return the segments of an image; ``resize`` is an area in pixels, two rows of them to a cell."""
        rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
        width, rows = resize or (rgb.shape[1], rgb.shape[0])
        new_line = Segment("\n", Style.null())
        lines = self._lines(rgb, width, (rows + 1) // _ROWS)
        return list(chain.from_iterable((*line, new_line) for line in lines))

    def _lines(self, rgb: NDArray[np.uint8], width: int, height: int) -> list[list[Segment]]:
        brush, changed = self._brush, None
        across = brush.blocks if brush.blocks and brush.palette.has_blocks else 1
        fitted = fit(rgb, width, height * _ROWS, across)
        if self._differs is not None:
            changed = spread_over(self._differs, fitted.shape[1], fitted.shape[0])
        lines = self._draw(fitted, changed)
        return _placed(lines, fitted.shape[1] // across, (width, height), centred=brush.centred)

    def _draw(self, rgb: NDArray[np.uint8], changed: NDArray[np.uint8] | None) -> list[list[Segment]]:
        brush = self._brush
        palette, quick = brush.palette, brush.quick
        if not palette.has_blocks:
            return _draw_ramp(rgb, changed)
        if changed is not None:
            rgb = redden(rgb, changed)
            quick = True  # dots of dithering would look like differences
        if brush.blocks is Blocks.QUADRANT:
            return draw_quadrants(rgb, palette, quick=quick)
        draw_blocks = draw_half_blocks if brush.blocks is Blocks.HALF else draw_whole_cells
        return draw_blocks(rgb, palette, quick=quick, thrifty=brush.thrifty)


def draw(
    rgb: NDArray[np.uint8], width: int, height: int, brush: Brush, differs: NDArray[np.uint8] | None = None
) -> list[Strip]:
    """Return ``height`` strips of ``width`` cells with the whole picture as large as fits."""
    if width < 1 or height < 1:
        return []
    if rgb.size == 0:
        return [Strip.blank(width, Style.null())] * height
    renderer = CellRenderer(brush, differs)
    pixels = Pixels.from_image(Image.fromarray(rgb), (width, height * _ROWS), renderer)
    return strips_of(pixels, width)


def draw_inset(
    rgb: NDArray[np.uint8],
    width: int,
    height: int,
    brush: Brush,
    differs: NDArray[np.uint8] | None,
    inset: Box,
) -> list[Strip]:
    """Return the strips of a picture on plain ground; ``inset`` is its place in 0..1 of all of it."""
    if inset == WHOLE or min(width, height, rgb.size) < 1:
        return draw(rgb, width, height, brush, differs)
    all_wide, all_high = rgb.shape[1] / (inset[2] - inset[0]), rgb.shape[0] / (inset[3] - inset[1])
    scale = min(width / all_wide, height * _ROWS / all_high)
    wide, high = max(round(all_wide * scale), 1), max(round(all_high * scale) // _ROWS, 1)
    left, top = min(round(inset[0] * wide), wide - 1), min(round(inset[1] * high), high - 1)
    right, bottom = max(round(inset[2] * wide), left + 1), max(round(inset[3] * high), top + 1)
    cells = right - left, bottom - top
    strips = draw(_stretched(rgb, *cells, brush), *cells, brush, differs)
    ground = _ground(brush)
    sides = [Segment(" " * count, ground) for count in (left, wide - right)]
    lines = [[Segment(" " * wide, ground)]] * high
    lines[top:bottom] = [[sides[0], *strip, sides[1]] for strip in strips]
    return [Strip(row, width) for row in _placed(lines, wide, (width, height), centred=brush.centred)]


def _stretched(rgb: NDArray[np.uint8], width: int, height: int, brush: Brush) -> NDArray[np.uint8]:
    """Return a picture that fills so many cells, all of them: rounding must leave no gap beside it."""
    fine = max(brush.blocks, 1)
    size = width * fine, height * _ROWS * fine
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS), dtype=np.uint8)


def _ground(brush: Brush) -> Style:
    """Return the style of what lies around a picture."""
    if not brush.palette.has_blocks:
        return Style.null()
    cell = draw(np.full((_ROWS, 1, 3), GROUND, np.uint8), 1, 1, Brush(brush.palette, quick=True))
    return next(iter(cell[0])).style or Style.null()


def strips_of(pixels: Pixels, width: int) -> list[Strip]:
    """Return the lines of ``pixels`` that are ``width`` cells wide."""
    lines = Segment.split_lines(_CONSOLE.render(pixels))
    return [Strip(line, width) for line in lines]


def fit(rgb: NDArray[np.uint8], width: int, height: int, across: int = 1) -> NDArray[np.uint8]:
    """Return the picture scaled to fit ``width`` x ``height`` square pixels, with an even number of rows.

    Each of them is ``across`` pixels wide.
    """
    rows, columns = rgb.shape[:2]
    scale = min(width / columns, height / rows)
    wide = max(1, min(width, round(columns * scale))) * across
    high = max(2, min(height, round(rows * scale)) // 2 * 2)
    if (high, wide) == (rows, columns):
        return rgb
    image = Image.fromarray(rgb).resize((wide, high), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.uint8)


_CONSOLE = Console(width=80, force_terminal=False)
"""Asked for the segments of a renderable; nothing is printed to it."""


def _placed(
    lines: list[list[Segment]], wide: int, area: tuple[int, int], *, centred: bool
) -> list[list[Segment]]:
    """Return lines that are ``wide`` cells wide within an area, or else in its upper left corner."""
    width, height = area
    left, top = ((width - wide) // 2, (height - len(lines)) // 2) if centred else (0, 0)
    placed = [_between(left, line, width - wide - left) for line in lines]
    empty = _between(width, [], 0)
    return [*[empty] * top, *placed, *[empty] * (height - len(lines) - top)]


def _between(left: int, line: list[Segment], right: int) -> list[Segment]:
    """Return a line with so many empty cells at its ends."""
    pads = [Segment(" " * count, Style.null()) for count in (left, right)]
    return [segment for segment in (pads[0], *line, pads[1]) if segment.text]


def _draw_ramp(rgb: NDArray[np.uint8], changed: NDArray[np.uint8] | None) -> list[list[Segment]]:
    """Return lines of plain characters, the brighter the denser, with crosses where it changed."""
    luma = luma_of(rgb)
    cells = (luma[0::2] + luma[1::2]) / 2
    indices = np.clip((cells / 256 * len(_RAMP)).astype(np.int64), 0, len(_RAMP) - 1)
    letters = _RAMP[indices]
    if changed is not None:
        letters = np.where(np.maximum(changed[0::2], changed[1::2]) >= CROSSED, _CROSS, letters)
    return [[Segment(row.tobytes().decode("ascii"), Style.null())] for row in letters]
