"""Half blocks: sizes, palettes, runs, and that every segment carries a style."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray
from PIL import Image
from rich.color import ColorType
from rich.console import Console
from rich_pixels import Pixels
from textual.strip import Strip

from dpm_tui.tui.pictures.cell_renderer import Blocks, Brush, CellRenderer, draw, fit
from dpm_tui.tui.terminal.colour_depth import Palette
from tests.tui.samples.library import picture_of

BLOCKS = "\u2580"


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(0, 40),
    st.integers(0, 20),
    st.sampled_from(Palette),
    st.sampled_from(Blocks),
    st.booleans(),
    st.booleans(),
)
def test_any_picture_fills_exactly_the_area(
    columns: int,
    rows: int,
    width: int,
    height: int,
    palette: Palette,
    blocks: Blocks,
    quick: bool,
    centred: bool,
) -> None:
    strips = draw(picture_of(3, columns, rows), width, height, Brush(palette, blocks, quick, centred))
    assert len(strips) == (height if width else 0)
    for strip in strips:
        assert strip.cell_length == width == sum(len(segment.text) for segment in strip)
        assert all(segment.style is not None for segment in strip)


def test_empty_picture_is_blank() -> None:
    strips = draw(np.empty((0, 0, 3), np.uint8), 4, 2, Brush(Palette.C256))
    assert [strip.text for strip in strips] == ["    ", "    "]


def test_proportions_are_kept() -> None:
    assert fit(picture_of(1, 100, 50), 40, 80).shape == (20, 40, 3)
    assert fit(picture_of(1, 50, 100), 40, 80).shape == (80, 40, 3)
    assert fit(picture_of(1, 40, 40), 40, 40).shape == (40, 40, 3)


def test_one_colour_is_one_run() -> None:
    (strip,) = draw(np.full((2, 8, 3), 200, np.uint8), 8, 1, Brush(Palette.TRUECOLOR))
    assert len(list(strip)) == 1
    assert strip.text == " " * 8


def test_upper_pixel_is_the_foreground() -> None:
    rgb = np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8)
    (strip,) = draw(rgb, 1, 1, Brush(Palette.TRUECOLOR))
    (segment,) = strip
    assert segment.text == BLOCKS
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.color.triplet is not None
    assert segment.style.color.triplet.red > 240
    assert segment.style.bgcolor is not None
    assert segment.style.bgcolor.triplet is not None
    assert segment.style.bgcolor.triplet.blue > 240


@pytest.mark.parametrize(
    ("palette", "kinds"),
    [
        (Palette.TRUECOLOR, {ColorType.TRUECOLOR}),
        (Palette.C256, {ColorType.EIGHT_BIT}),
        (Palette.C16, {ColorType.STANDARD}),
        (Palette.MONO, set()),
        (Palette.ASCII, set()),
    ],
)
def test_palettes_use_only_their_colours(palette: Palette, kinds: set[ColorType]) -> None:
    for quick in (True, False):
        met = set()
        for strip in draw(picture_of(5, 64, 48), 32, 12, Brush(palette, quick=quick)):
            for segment in strip:
                assert segment.style is not None
                met |= {c.type for c in (segment.style.color, segment.style.bgcolor) if c is not None}
        assert met == kinds


@pytest.mark.parametrize("value", range(0, 256, 15))
def test_nearest_of_256_is_near(value: int) -> None:
    (strip,) = draw(np.full((2, 1, 3), value, np.uint8), 1, 1, Brush(Palette.C256, quick=True))
    (segment,) = strip
    assert segment.style is not None
    assert segment.style.bgcolor is not None
    assert abs(segment.style.bgcolor.get_truecolor().red - value) <= 6


def test_without_colour_brightness_becomes_density() -> None:
    rgb = np.repeat(np.arange(0, 256, 16, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(2, axis=0)
    (strip,) = draw(rgb, 16, 1, Brush(Palette.MONO))
    ramp = " .:-=+*#%@"
    assert [ramp.index(character) for character in strip.text] == sorted(map(ramp.index, strip.text))


HALF = np.array([[255] * 8] * 4 + [[0] * 8] * 4, np.uint8)


@pytest.mark.parametrize("palette", [Palette.TRUECOLOR, Palette.C256, Palette.C16])
def test_where_they_differ_it_is_red_and_grey_elsewhere(palette: Palette) -> None:
    rgb = np.full((32, 16, 3), (40, 120, 200), np.uint8)
    strips = draw(rgb, 16, 16, Brush(palette, quick=True), HALF)
    (upper, lower) = (next(iter(strips[row])).style for row in (1, 14))
    assert upper is not None
    assert lower is not None
    assert upper.bgcolor is not None
    assert lower.bgcolor is not None
    reddish, grey = upper.bgcolor.get_truecolor(), lower.bgcolor.get_truecolor()
    assert reddish.red > reddish.green + 80
    assert grey.red == grey.green == grey.blue


def test_without_colour_they_are_crossed_out_where_they_differ() -> None:
    strips = draw(np.full((32, 16, 3), 120, np.uint8), 16, 16, Brush(Palette.MONO), HALF)
    assert strips[1].text == "X" * 16
    assert "X" not in strips[14].text


@pytest.mark.parametrize("palette", Palette)
def test_without_half_blocks_only_ascii_is_sent(palette: Palette) -> None:
    for strip in draw(picture_of(5, 64, 48), 32, 12, Brush(palette, Blocks.WHOLE)):
        assert strip.text.isascii()


def test_without_half_blocks_a_cell_has_the_mean_of_both_halves() -> None:
    rgb = np.array([[[200, 0, 0]], [[0, 0, 200]]], np.uint8)
    (strip,) = draw(rgb, 1, 1, Brush(Palette.TRUECOLOR, Blocks.WHOLE))
    (segment,) = strip
    assert segment.style is not None
    assert segment.style.bgcolor is not None
    colour = segment.style.bgcolor.get_truecolor()
    assert (colour.red, colour.green, colour.blue) == (100, 0, 100)


def test_renderer_draws_pixels() -> None:
    image = Image.fromarray(picture_of(2, 30, 20))
    pixels = Pixels.from_image(image, resize=(12, 8), renderer=CellRenderer(Brush(Palette.MONO)))
    out = io.StringIO()
    Console(file=out, width=40).print(pixels)
    assert [len(line) for line in out.getvalue().splitlines() if line] == [12] * 4


@pytest.mark.parametrize("palette", [Palette.C256, Palette.TRUECOLOR])
def test_a_thrifty_picture_changes_fewer_colours_and_looks_much_the_same(palette: Palette) -> None:
    rng = np.random.default_rng(3)
    slope = np.linspace(40, 220, 80)[None, :, None] + np.zeros((60, 80, 3))
    rgb = np.clip(slope + rng.normal(0, 6, slope.shape), 0, 255).astype(np.uint8)
    usual = draw(rgb, 80, 30, Brush(palette))
    thrifty = draw(rgb, 80, 30, Brush(palette, thrifty=True))
    assert _changes(thrifty) < 0.8 * _changes(usual)
    # So much grain takes the coarsest step: on the average 6 of 255 levels from what it was.
    assert _mean_error(thrifty, rgb) < 1.3 * _mean_error(usual, rgb) + 6
    rough = draw(rgb, 80, 30, Brush(palette, quick=True, thrifty=True))
    assert _changes(rough) < 0.5 * _changes(usual)


def test_a_smooth_picture_is_not_made_coarser_than_need_be() -> None:
    rgb = (np.linspace(40, 220, 80)[None, :, None] + np.zeros((60, 80, 3))).astype(np.uint8)
    thrifty = draw(rgb, 80, 30, Brush(Palette.TRUECOLOR, thrifty=True))
    assert _mean_error(thrifty, rgb) < 6


def _changes(strips: list[Strip]) -> int:
    """Return how many times a colour of letters or ground is another one than before."""
    count = 0
    for strip in strips:
        letters = ground = None
        for _, style, _ in strip:
            assert style is not None
            count += (style.color not in (None, letters)) + (style.bgcolor != ground)
            letters, ground = style.color or letters, style.bgcolor
    return count


def _mean_error(strips: list[Strip], rgb: NDArray[np.uint8]) -> float:
    """Return how far the pixels on the screen are from those of the picture."""
    shown = np.zeros((len(strips) * 2, strips[0].cell_length, 3))
    for y, strip in enumerate(strips):
        x = 0
        for text, style, _ in strip:
            assert style is not None
            assert style.bgcolor is not None
            ground = style.bgcolor.get_truecolor()
            letters = ground if style.color is None else style.color.get_truecolor()
            upper, lower = (ground, letters) if text[0] == "\u2584" else (letters, ground)
            shown[y * 2, x : x + len(text)], shown[y * 2 + 1, x : x + len(text)] = upper, lower
            x += len(text)
    return float(np.abs(shown - rgb).mean())


def _colours(strips: list[Strip]) -> set[tuple[int, int, int]]:
    found = set()
    for strip in strips:
        for _, style, _ in strip:
            assert style is not None
            found |= {tuple(c.get_truecolor()) for c in (style.color, style.bgcolor) if c is not None}
    return found


@pytest.mark.parametrize("blocks", [Blocks.HALF, Blocks.QUADRANT])
def test_a_dark_picture_gets_no_blue_speckle(blocks: Blocks) -> None:
    rng = np.random.default_rng(5)
    rgb = np.clip(rng.normal((18, 24, 34), 6, (60, 80, 3)), 0, 255).astype(np.uint8)
    for red, green, blue in _colours(draw(rgb, 80, 30, Brush(Palette.C256, blocks))):
        assert red == green == blue < 60


def test_with_16_colours_greys_stay_grey_and_colours_coloured() -> None:
    slope = np.linspace(0, 255, 80).round().astype(np.uint8)[None, :, None].repeat(60, 0).repeat(3, 2)
    greys = _colours(draw(slope, 80, 30, Brush(Palette.C16)))
    assert len(greys) == 4
    assert all(max(grey) - min(grey) < 10 for grey in greys)
    red = _colours(draw(np.full((8, 8, 3), (200, 20, 20), np.uint8), 8, 4, Brush(Palette.C16)))
    assert all(colour[0] > colour[1] + 80 for colour in red)


def test_quadrants_show_what_half_blocks_blur() -> None:
    """Lines half a cell wide."""
    rgb = np.zeros((64, 64, 3), np.uint8)
    rgb[:, ::2] = 255
    (quadrants, *_) = draw(rgb, 32, 16, Brush(Palette.TRUECOLOR, Blocks.QUADRANT))
    assert quadrants.text == "▌" * 32
    (halves, *_) = draw(rgb, 32, 16, Brush(Palette.TRUECOLOR, Blocks.HALF))
    assert halves.text == " " * 32


@pytest.mark.parametrize("palette", [Palette.TRUECOLOR, Palette.C256, Palette.C16])
def test_a_corner_is_a_quadrant(palette: Palette) -> None:
    rgb = np.zeros((8, 8, 3), np.uint8)
    rgb[:4, 4:] = 255
    (strip,) = draw(rgb, 2, 1, Brush(palette, Blocks.QUADRANT))
    shown = [(text, style.color, style.bgcolor) for text, style, _ in strip if style is not None]
    assert len(shown) == 2
    (quadrant,) = draw(rgb, 1, 1, Brush(palette, Blocks.QUADRANT))
    ((text, style, _),) = quadrant
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    bright = style.color.get_truecolor().red > style.bgcolor.get_truecolor().red
    assert text == ("▝" if bright else "▙")
