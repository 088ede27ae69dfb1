"""Cell colours: which of the colours that a terminal has come nearest to those of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.color import Color
from rich.style import Style

from dpm_tui.tui.terminal.colour_depth import Palette

_ANSI16 = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0),
    (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85),
    (85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255),
)  # fmt: skip
_ANSI_GREYS = (0, 8, 7, 15)
_LEVELS = (0, 95, 135, 175, 215, 255)
_FIRST_CUBE = 16
_MAX_STYLES = 16384
_DARK = 51
"""Luma below which 256 colours are not dithered: from black the next blue is 95, and its dots are seen."""
_DUSK = 90
"""Luma below which they are dithered less, so that no border is seen."""
_COLOURFUL = 72
"""Distance of a pixel's largest channel from its smallest from which 16 colours show its colour."""
_NEAR_ENOUGH = {Palette.C256: (18, 26), Palette.TRUECOLOR: (11, 17, 25)}
"""How far a repeated colour may be from its pixel, as a distance in RGB: larger ones leave streaks, and are
for pictures of so much grain that they would take too long over a slow line."""
_CHANGES_AT_MOST = {Palette.C256: 2600, Palette.TRUECOLOR: 1600}
"""Changes of colour from one pixel to the next: with some 10 and 17 bytes each, 26 KB a picture."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def colour_codes(rgb: NDArray[np.uint8], palette: Palette, *, quick: bool) -> NDArray[np.int64]:
    """Return one number a pixel: 0xRRGGBB, or the number of a colour of the terminal.

    ``quick`` leaves out dithering and the finest shades.
    """
    if palette is Palette.TRUECOLOR:
        mask = 0xF8 if quick else 0xFC
        red, green, blue = (rgb[..., channel].astype(np.int64) & mask for channel in range(3))
        return red << 16 | green << 8 | blue
    if palette is Palette.C256:
        nearest = _nearest_of_256(rgb)
        return nearest if quick else _dithered_256(rgb, nearest)
    return _codes_of_16(rgb, Image.Dither.NONE if quick else Image.Dither.FLOYDSTEINBERG)


def colours_of(codes: NDArray[np.int64], palette: Palette) -> NDArray[np.uint8]:
    """Return the colours that stand behind the numbers of a palette."""
    if palette is Palette.TRUECOLOR:
        return np.stack((codes >> 16, codes >> 8 & 0xFF, codes & 0xFF), axis=-1).astype(np.uint8)
    if palette is Palette.C256:
        return np.array(_colours_of_256(), np.uint8)[codes - _FIRST_CUBE]
    return np.array(_ANSI16, np.uint8)[codes]


def run_on(
    codes: NDArray[np.int64], rgb: NDArray[np.uint8], palette: Palette, *, quick: bool
) -> NDArray[np.int64]:
    """Return pixels that take the colour to their left where it is near enough; not with 16 colours."""
    steps = _NEAR_ENOUGH.get(palette, ())
    joined = codes
    for near in steps:
        joined = _joined(codes, rgb, palette, 2 * near if quick else near)
        if np.count_nonzero(joined[:, 1:] != joined[:, :-1]) <= _CHANGES_AT_MOST[palette]:
            break
    return joined


def _joined(
    codes: NDArray[np.int64], rgb: NDArray[np.uint8], palette: Palette, near: int
) -> NDArray[np.int64]:
    joined = codes.copy()
    colours = colours_of(codes, palette).astype(np.int32)
    wanted = rgb.astype(np.int32)
    for column in range(1, codes.shape[1]):
        left = colours[:, column - 1]
        is_near = ((wanted[:, column] - left) ** 2).sum(axis=1) <= near * near
        joined[:, column] = np.where(is_near, joined[:, column - 1], joined[:, column])
        colours[:, column] = np.where(is_near[:, None], left, colours[:, column])
    return joined


def runs_of(cells: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Yield number and ends of each run of equal cells in a line."""
    edges = np.flatnonzero(cells[1:] != cells[:-1]) + 1
    for start, end in pairwise([0, *edges.tolist(), len(cells)]):
        yield int(cells[start]), start, end


def luma_of(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how bright each pixel is, 0 to 255."""
    luma: NDArray[np.float32] = rgb.astype(np.float32) @ _LUMA
    return luma


@lru_cache(maxsize=_MAX_STYLES)
def cell_style(letters: int, ground: int, palette: Palette) -> Style:
    """Return the style of a cell whose colours have these codes."""
    if letters == ground:
        return Style.from_color(None, _colour(ground, palette))
    return Style.from_color(_colour(letters, palette), _colour(ground, palette))


def _colour(code: int, palette: Palette) -> Color:
    if palette is Palette.TRUECOLOR:
        return Color.from_rgb(code >> 16, code >> 8 & 0xFF, code & 0xFF)
    return Color.from_ansi(code)


def _nearest_of_256(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the nearest of the 6x6x6 cube and the grey ramp, without looking at all of them."""
    values = rgb.astype(np.int64)
    steps = np.where(values < 48, 0, np.where(values < 115, 1, (values - 35) // 40))
    levels = np.array(_LEVELS)[steps]
    cube = _FIRST_CUBE + steps[..., 0] * 36 + steps[..., 1] * 6 + steps[..., 2]
    grey = np.clip((values.mean(axis=2).round().astype(np.int64) - 3) // 10, 0, 23)
    to_cube = ((values - levels) ** 2).sum(axis=2)
    to_grey = ((values - (8 + grey * 10)[..., None]) ** 2).sum(axis=2)
    nearest: NDArray[np.int64] = np.where(to_grey < to_cube, 232 + grey, cube)
    return nearest


def _dithered_256(rgb: NDArray[np.uint8], nearest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return dithered colours, where it is dark the nearest ones."""
    share = np.clip((_DUSK - luma_of(rgb)) / (_DUSK - _DARK), 0, 1)[..., None]
    # What stands in its colour already spreads no error into other parts.
    rgb = (rgb * (1 - share) + colours_of(nearest, Palette.C256) * share).round().astype(np.uint8)
    codes = _FIRST_CUBE + _quantized(rgb, _colours_of_256(), Image.Dither.FLOYDSTEINBERG)
    return np.where(share[..., 0] == 1, nearest, codes)


def _codes_of_16(rgb: NDArray[np.uint8], dither: Image.Dither) -> NDArray[np.int64]:
    """Return colours where they are strong, else one of four greys: dots of colours would not look grey."""
    colourful = rgb.max(axis=2).astype(np.int64) - rgb.min(axis=2) >= _COLOURFUL
    greys = np.repeat(luma_of(rgb).round().astype(np.uint8)[..., None], 3, axis=2)
    ramp = tuple(_ANSI16[code] for code in _ANSI_GREYS)
    codes = np.array(_ANSI_GREYS, np.int64)[_quantized(greys, ramp, dither)]
    if not colourful.any():
        return codes
    return np.where(colourful, _quantized(rgb, _ANSI16, dither), codes)


def _quantized(
    rgb: NDArray[np.uint8], colours: tuple[tuple[int, int, int], ...], dither: Image.Dither
) -> NDArray[np.int64]:
    """Return for each pixel the place of its colour among some."""
    image = Image.fromarray(rgb).quantize(palette=_palette_image(colours), dither=dither)
    return np.minimum(np.asarray(image, dtype=np.int64), len(colours) - 1)


@cache
def _palette_image(colours: tuple[tuple[int, int, int], ...]) -> Image.Image:
    image = Image.new("P", (1, 1))
    image.putpalette(list(chain.from_iterable(colours)))
    return image


@cache
def _colours_of_256() -> tuple[tuple[int, int, int], ...]:
    """Return the cube and the grey ramp; the first sixteen colours are whatever a user made of them."""
    cube = tuple((r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS)
    return *cube, *((8 + 10 * step,) * 3 for step in range(24))
