"""Half blocks: an RGB picture as coloured character cells, two pixels to a cell."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich_pixels import Renderer
from textual.strip import Strip

from dpm_tui.tui.pictures.difference_shading import CROSSED, redden, spread_over
from dpm_tui.tui.terminal.colour_depth import Palette

_RAMP = np.frombuffer(b" .:-=+*#%@", dtype=np.uint8)
_CROSS = np.uint8(ord("X"))
_UPPER_HALF = "\u2580"
_LOWER_HALF = "\u2584"
_MAX_STYLES = 16384
_ANSI16 = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0),
    (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85),
    (85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255),
)  # fmt: skip
_LEVELS = (0, 95, 135, 175, 215, 255)
_FIRST_CUBE = 16
_NEAR_ENOUGH = 18
"""How far a repeated colour may be from its pixel, as a distance in RGB; a larger one leaves streaks."""


def draw(
    rgb: NDArray[np.uint8],
    width: int,
    height: int,
    palette: Palette,
    *,
    quick: bool = False,
    centred: bool = True,
    blocks: bool = True,
    differs: NDArray[np.uint8] | None = None,
    thrifty: bool = False,
) -> list[Strip]:
    """Return ``height`` strips of ``width`` cells with the whole picture as large as fits.

    It is centred, or else in the upper left corner. ``quick`` leaves out dithering and the finest shades,
    which are worth their time only for a picture that stays. ``thrifty`` repeats a colour in cells that are
    nearly the same, so that a large picture of 256 colours takes fewer bytes. Without ``blocks`` a cell has
    one colour: some terminals draw the half block two cells wide. Where ``differs``, an array over the same
    picture, is high, it is red, or crossed out where there are no colours.
    """
    if width < 1 or height < 1:
        return []
    if rgb.size == 0:
        return [Strip.blank(width, Style.null())] * height
    fitted = fit(rgb, width, height * 2)
    changed = None if differs is None else spread_over(differs, fitted.shape[1], fitted.shape[0])
    if not palette.has_blocks:
        lines = _draw_ramp(fitted, changed)
    else:
        if changed is not None:
            fitted = redden(fitted, changed)
            quick = True  # dots of dithering would look like differences
        lines = _draw_blocks(_cell_codes(fitted, palette, quick, blocks, thrifty), palette, thrifty)
    left = (width - fitted.shape[1]) // 2 if centred else 0
    top = (height - len(lines)) // 2 if centred else 0
    return _place(lines, left, top, (fitted.shape[1], width, height))


def fit(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the picture scaled to fit ``width`` x ``height`` pixels, with an even number of rows."""
    rows, columns = rgb.shape[:2]
    scale = min(width / columns, height / rows)
    wide = max(1, min(width, round(columns * scale)))
    high = max(2, min(height, round(rows * scale)) // 2 * 2)
    if (high, wide) == (rows, columns):
        return rgb
    image = Image.fromarray(rgb).resize((wide, high), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.uint8)


class HalfBlockRenderer(Renderer):
    """Draws ``rich_pixels.Pixels`` with the palettes of this module."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette

    def render(self, image: Image.Image, resize: tuple[int, int] | None) -> list[Segment]:
        """Return the segments of an image; ``resize`` is in pixels, two rows of them to a cell."""
        rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
        width, rows = resize or (rgb.shape[1], rgb.shape[0])
        strips = draw(rgb, width, (rows + 1) // 2, self.palette)
        new_line = Segment("\n", Style.null())
        return list(chain.from_iterable((*strip, new_line) for strip in strips))


def _cell_codes(
    rgb: NDArray[np.uint8], palette: Palette, quick: bool, blocks: bool, thrifty: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one number a cell for its upper half and one for its lower half."""
    if not blocks:
        rgb = ((rgb[0::2].astype(np.uint16) + rgb[1::2] + 1) // 2).astype(np.uint8)
    codes = _colour_codes(rgb, palette, quick)
    if thrifty and palette is Palette.C256:
        _run_on(codes, rgb)
    return (codes[0::2], codes[1::2]) if blocks else (codes, codes)


def _run_on(codes: NDArray[np.int64], rgb: NDArray[np.uint8]) -> None:
    """Return the pixels, each with the colour to its left where that is near enough to its own."""
    colours = np.array(_colours_of(Palette.C256), np.int32)
    wanted = rgb.astype(np.int32)
    for column in range(1, codes.shape[1]):
        left = codes[:, column - 1]
        far = ((wanted[:, column] - colours[left - _FIRST_CUBE]) ** 2).sum(axis=1)
        codes[:, column] = np.where(far <= _NEAR_ENOUGH**2, left, codes[:, column])


def _colour_codes(rgb: NDArray[np.uint8], palette: Palette, quick: bool) -> NDArray[np.int64]:
    """Return one number a pixel: 0xRRGGBB, or the number of a colour of the terminal."""
    if palette is Palette.TRUECOLOR:
        mask = 0xF8 if quick else 0xFC
        red, green, blue = (rgb[..., channel].astype(np.int64) & mask for channel in range(3))
        return red << 16 | green << 8 | blue
    if palette is Palette.C256 and quick:
        return _nearest_of_256(rgb)
    dither = Image.Dither.NONE if quick else Image.Dither.FLOYDSTEINBERG
    image = Image.fromarray(rgb).quantize(palette=_palette_image(palette), dither=dither)
    first = _FIRST_CUBE if palette is Palette.C256 else 0
    codes: NDArray[np.int64] = np.asarray(image, dtype=np.int64) + first
    return codes


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


@cache
def _palette_image(palette: Palette) -> Image.Image:
    image = Image.new("P", (1, 1))
    image.putpalette(list(chain.from_iterable(_colours_of(palette))))
    return image


def _colours_of(palette: Palette) -> list[tuple[int, int, int]]:
    """Return the colours of a palette, those of 256 from the cube on."""
    if palette is not Palette.C256:
        return list(_ANSI16)
    cube = [(r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS]
    return [*cube, *((8 + 10 * step,) * 3 for step in range(24))]


def _draw_blocks(
    halves: tuple[NDArray[np.int64], NDArray[np.int64]], palette: Palette, thrifty: bool
) -> list[list[Segment]]:
    """Return the cells of each line, runs of equal cells as one segment.

    If ``thrifty`` a run is drawn as lower halves where it shares a colour that way with the one before.
    """
    keys = halves[0] << 24 | halves[1]
    lines: list[list[Segment]] = []
    for row in keys:
        edges = np.flatnonzero(row[1:] != row[:-1]) + 1
        bounds = [0, *edges.tolist(), len(row)]
        line: list[Segment] = []
        letters = ground = -1
        for start, end in pairwise(bounds):
            upper, lower = int(row[start]) >> 24, int(row[start]) & 0xFFFFFF
            if upper == lower:
                line.append(Segment(" " * (end - start), _block_style(upper, lower, palette)))
                ground = lower
                continue
            shared = (letters == upper) + (ground == lower)
            if thrifty and (letters == lower) + (ground == upper) > shared:
                letters, ground, half = lower, upper, _LOWER_HALF
            else:
                letters, ground, half = upper, lower, _UPPER_HALF
            line.append(Segment(half * (end - start), _block_style(letters, ground, palette)))
        lines.append(line)
    return lines


@lru_cache(maxsize=_MAX_STYLES)
def _block_style(letters: int, ground: int, palette: Palette) -> Style:
    if letters == ground:
        return Style.from_color(None, _colour(ground, palette))
    return Style.from_color(_colour(letters, palette), _colour(ground, palette))


def _colour(code: int, palette: Palette) -> Color:
    if palette is Palette.TRUECOLOR:
        return Color.from_rgb(code >> 16, code >> 8 & 0xFF, code & 0xFF)
    return Color.from_ansi(code)


def _draw_ramp(rgb: NDArray[np.uint8], changed: NDArray[np.uint8] | None) -> list[list[Segment]]:
    """Return lines of plain characters, the brighter the denser, with crosses where it changed."""
    luma = rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    cells = (luma[0::2] + luma[1::2]) / 2
    indices = np.clip((cells / 256 * len(_RAMP)).astype(np.int64), 0, len(_RAMP) - 1)
    letters = _RAMP[indices]
    if changed is not None:
        letters = np.where(np.maximum(changed[0::2], changed[1::2]) >= CROSSED, _CROSS, letters)
    return [[Segment(row.tobytes().decode("ascii"), Style.null())] for row in letters]


def _place(lines: list[list[Segment]], left: int, top: int, sizes: tuple[int, int, int]) -> list[Strip]:
    """Return the lines of a picture in an empty area; ``sizes`` are its width and those of the area."""
    wide, width, height = sizes
    pads = [Segment(" " * count, Style.null()) for count in (left, width - wide - left)]
    blank = Strip.blank(width, Style.null())
    drawn = [
        Strip([segment for segment in (pads[0], *line, pads[1]) if segment.text], width) for line in lines
    ]
    return [blank] * top + drawn + [blank] * (height - len(lines) - top)
