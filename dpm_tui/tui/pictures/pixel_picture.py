"""Pixel pictures: pictures as a terminal takes them that draws real pixels, in few bytes.

Bytes are the limit over SSH, not pixels: a picture is made smaller, or gets fewer colours, until it is within
what may be sent. The terminal scales it up again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import count
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.tui.pictures.cell_pictures import iterm_picture, sixel_picture
from dpm_tui.tui.pictures.difference_shading import redden, spread_over
from dpm_tui.tui.pictures.kitty_graphics import send
from dpm_tui.tui.terminal.graphics import Graphics, Protocol

MOST_BYTES = 20_000
"""Of a PNG or JPEG: two of them take 53 KB as letters."""
FINE_BYTES = 32_000
"""Of one that is looked at closely."""
ROUGH_BYTES = 8_000
"""Of one in whose place a better one follows."""
_ALONE, _IN_PAIRS = 1.6, 4.0
"""Inverse of the share of the terminal that pictures have which may take all of that."""
_JPEG_QUALITIES = (88, 80, 70, 55, 40)
_SIXEL_COLOURS = ((60_000, 256, None), (160_000, 64, None))
"""Up to how many pixels a sixel picture has so many colours. It takes about a letter a pixel with all of
them, half of one with 64, a fourth with 32 that are smoothed: nothing compresses or scales it."""
_FEW_COLOURS = (32, 3)
_ROUGH_COLOURS = (16, 5)
_SHRINKS = 4
_FIRST_NUMBER = 0x44504D00  # other programs in the same window count theirs from 1

_numbers = count(_FIRST_NUMBER)


def bytes_for(share: float, *, large: bool, fine: bool) -> int:
    """Return what a picture may take that has a share of the terminal's cells; ``fine`` if none follows."""
    most = FINE_BYTES * min(_ALONE * share, 1) if large else MOST_BYTES * min(_IN_PAIRS * share, 1)
    return round(most if fine else min(most / 4, ROUGH_BYTES))


@dataclass(frozen=True, slots=True, eq=False)
class PixelPicture:
    """What draws a picture, the cells that it covers and those between it and the corner of its area."""

    number: int
    sequence: str
    cells: tuple[int, int]
    offset: tuple[int, int]


def make_picture(
    rgb: NDArray[np.uint8],
    area: tuple[int, int],
    graphics: Graphics,
    *,
    centred: bool,
    most_bytes: int = MOST_BYTES,
    differs: NDArray[np.uint8] | None = None,
) -> PixelPicture:
    """Return a picture as large as fits ``area``, so many cells; reddened where ``differs`` is high."""
    wide, high = graphics.cell
    room = max(area[0], 1) * wide, max(area[1], 1) * high
    scale = min(room[0] / rgb.shape[1], room[1] / rgb.shape[0])
    shown = max(round(rgb.shape[1] * scale), 1), max(round(rgb.shape[0] * scale), 1)
    cells = min(ceil(shown[0] / wide), area[0]), min(ceil(shown[1] / high), area[1])
    offset = ((area[0] - cells[0]) // 2, (area[1] - cells[1]) // 2) if centred else (0, 0)
    image = Image.fromarray(rgb if differs is None else _reddened(rgb, differs))
    number = next(_numbers)
    match graphics.protocol:
        case Protocol.KITTY:
            covered = cells[0] * wide, cells[1] * high
            sequence = send(number, _small_png(image, shown, covered, most_bytes))
        case Protocol.ITERM:
            sequence = iterm_picture(_small_jpeg(image, shown, most_bytes), shown)
        case Protocol.SIXEL:
            rough = most_bytes <= ROUGH_BYTES
            sequence = _small_sixel(_resized(image, shown), graphics.colours, rough=rough)
    return PixelPicture(number, sequence, cells, offset)


def _reddened(rgb: NDArray[np.uint8], differs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return redden(rgb, spread_over(differs, rgb.shape[1], rgb.shape[0]))


def _small_png(
    image: Image.Image, shown: tuple[int, int], covered: tuple[int, int], most_bytes: int
) -> bytes:
    """Return a PNG of 255 colours; what it covers beyond the picture is transparent.

    The terminal scales it to whole cells, and the picture in it must not lose its proportions.
    """
    scale = min(image.width / shown[0], 1.0)
    for _ in range(_SHRINKS):
        size = max(round(shown[0] * scale), 1), max(round(shown[1] * scale), 1)
        sheet = max(round(covered[0] * scale), size[0]), max(round(covered[1] * scale), size[1])
        png = _palette_png(_resized(image, size), sheet)
        if len(png) <= most_bytes:
            break
        scale *= min(sqrt(most_bytes / len(png)) * 0.97, 0.95)
    return png


def _palette_png(image: Image.Image, sheet: tuple[int, int]) -> bytes:
    # Octree finds its colours ten times as fast as median cut, and its PNGs are smaller.
    found = image.quantize(255, Image.Quantize.FASTOCTREE)
    numbers = np.zeros((sheet[1], sheet[0]), np.uint8)
    numbers[: image.height, : image.width] = np.asarray(found) + 1
    placed = Image.fromarray(numbers, "P")
    placed.putpalette([0, 0, 0, *(found.getpalette() or ())])
    out = io.BytesIO()
    placed.save(out, "PNG", transparency=0, compress_level=9)
    return out.getvalue()


def _small_jpeg(image: Image.Image, shown: tuple[int, int], most_bytes: int) -> bytes:
    """Return a JPEG, first of lower quality and then of fewer pixels."""
    scale = min(image.width / shown[0], 1.0)
    for _ in range(_SHRINKS):
        size = max(round(shown[0] * scale), 1), max(round(shown[1] * scale), 1)
        resized = _resized(image, size)
        for quality in _JPEG_QUALITIES:
            out = io.BytesIO()
            resized.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            if out.tell() <= most_bytes:
                return out.getvalue()
        scale *= 0.7
    return out.getvalue()


def _small_sixel(image: Image.Image, colours: int, *, rough: bool) -> str:
    """Return a sixel picture, in fewer colours where it is large or rough."""
    if rough:
        return sixel_picture(image, *_ROUGH_COLOURS)
    pixels = image.width * image.height
    fitting = ((few, smooth) for most, few, smooth in _SIXEL_COLOURS if pixels <= most)
    few, smooth = next(fitting, _FEW_COLOURS)
    return sixel_picture(image, min(few, colours), smooth)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
