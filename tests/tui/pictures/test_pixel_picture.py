"""Pixel pictures: as large as fits, in proportion, and within the bytes that may be sent."""

from __future__ import annotations

import io
import re
from base64 import standard_b64decode

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.tui.pictures.pixel_picture import MOST_BYTES, ROUGH_BYTES, PixelPicture, bytes_for, make_picture
from dpm_tui.tui.terminal.graphics import Graphics, Protocol
from tests.tui.samples.library import picture_of

CELL = (9, 18)
KITTY, ITERM, SIXEL = (
    Graphics(protocol, CELL) for protocol in (Protocol.KITTY, Protocol.ITERM, Protocol.SIXEL)
)


def noise(width: int, height: int) -> NDArray[np.uint8]:
    """What compresses worst."""
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def kitty_png(picture: PixelPicture) -> Image.Image:
    """Return the PNG that the terminal puts together from its pieces."""
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", picture.sequence)
    assert all(len(letters) <= 4096 for _, letters in pieces)
    assert [keys.rpartition("m=")[2] for keys, _ in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    assert f"i={picture.number}," in pieces[0][0]
    assert "f=100" in pieces[0][0]
    png = standard_b64decode("".join(letters for _, letters in pieces))
    return Image.open(io.BytesIO(png)).convert("RGBA")


def iterm_jpeg(picture: PixelPicture) -> tuple[Image.Image, dict[str, str]]:
    """Return the JPEG and what is said of it."""
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", picture.sequence)
    assert found
    data = standard_b64decode(found[2])
    keys = dict(item.split("=") for item in found[1].split(";"))
    assert int(keys["size"]) == len(data)
    return Image.open(io.BytesIO(data)), keys


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 80), st.integers(1, 80), st.integers(1, 60), st.integers(1, 40),
    st.sampled_from([KITTY, ITERM]), st.booleans(),
)  # fmt: skip
def test_any_picture_fits_any_area(
    wide: int, high: int, width: int, height: int, graphics: Graphics, centred: bool
) -> None:
    picture = make_picture(picture_of(3, wide, high), (width, height), graphics, centred=centred)
    for offset, cells, room in zip(picture.offset, picture.cells, (width, height), strict=True):
        assert offset >= 0
        assert cells >= 1
        assert offset + cells <= room


def test_kitty_gets_whole_cells_with_the_picture_in_proportion() -> None:
    """Terminals scale to whole cells; what is left of the last ones is transparent."""
    picture = make_picture(picture_of(3, 256, 171), (45, 30), KITTY, centred=False)
    png = kitty_png(picture)
    assert picture.cells == (45, 16)
    assert abs(png.width / png.height - 45 * 9 / (16 * 18)) < 0.01
    opaque = np.asarray(png)[..., 3] > 0
    rows, columns = opaque.any(axis=1).sum(), opaque.any(axis=0).sum()
    assert abs(columns / rows - 256 / 171) < 0.02
    assert columns == 256


@pytest.mark.parametrize("graphics", [KITTY, ITERM])
@pytest.mark.parametrize("most", [8_000, MOST_BYTES])
def test_no_picture_takes_more_bytes_than_allowed(graphics: Graphics, most: int) -> None:
    picture = make_picture(noise(256, 171), (45, 30), graphics, centred=False, most_bytes=most)
    assert len(picture.sequence) < most * 1.4
    assert picture.cells == (45, 16)


def test_iterm_is_told_the_size_in_pixels() -> None:
    picture = make_picture(picture_of(3, 256, 171), (45, 30), ITERM, centred=False)
    jpeg, keys = iterm_jpeg(picture)
    assert jpeg.format == "JPEG"
    assert jpeg.width == 256
    assert (keys["width"], keys["height"], keys["inline"]) == ("405px", "271px", "1")


def test_sixel_is_as_large_as_it_is_shown_and_in_no_more_colours_than_there_are() -> None:
    graphics = Graphics(Protocol.SIXEL, CELL, colours=16)
    picture = make_picture(picture_of(3, 256, 171), (45, 30), graphics, centred=False)
    size = re.match(r'\x1bP0;0;0q"1;1;(\d+);(\d+)', picture.sequence)
    assert size
    assert (int(size[1]), int(size[2])) == (405, 271)
    assert picture.sequence.endswith("\x1b\\")
    assert len(set(re.findall(r"#(\d+);2;", picture.sequence))) <= 16


@pytest.mark.parametrize("graphics", [KITTY, ITERM])
def test_it_is_red_where_it_differs(graphics: Graphics) -> None:
    differs = np.zeros((8, 8), np.uint8)
    differs[:4] = 255
    rgb = np.full((100, 100, 3), (40, 120, 200), np.uint8)
    picture = make_picture(rgb, (20, 10), graphics, centred=True, differs=differs)
    image = kitty_png(picture) if graphics is KITTY else iterm_jpeg(picture)[0]
    shown = np.asarray(image.convert("RGB"), int)
    upper, lower = shown[shown.shape[0] // 5, 40], shown[shown.shape[0] * 4 // 5, 40]
    assert upper[0] > upper[1] + 80
    assert abs(int(lower[0]) - int(lower[2])) < 12


def test_sixel_tells_its_colours_first() -> None:
    """xterm paints wrong what stands before a colour that is told later."""
    sequence = make_picture(picture_of(3, 256, 171), (45, 30), SIXEL, centred=False).sequence
    colours = [found.start() for found in re.finditer(r"#\d+;2;", sequence)]
    assert max(colours) < sequence.index("~")
    used = set(re.findall(r"#(\d+)(?!;|\d)", sequence))
    assert used <= set(re.findall(r"#(\d+);2;", sequence))


def test_a_rough_sixel_takes_far_fewer_bytes() -> None:
    rough, fine = (
        make_picture(noise(256, 171), (45, 30), SIXEL, centred=False, most_bytes=most).sequence
        for most in (ROUGH_BYTES, MOST_BYTES)
    )
    assert len(rough) < len(fine) / 3


def test_many_pictures_share_what_may_be_sent() -> None:
    for large in (True, False):
        assert 3 * bytes_for(0.2, large=large, fine=True) < 2 * bytes_for(0.3, large=large, fine=True) * 1.3
    pair = 2 * (bytes_for(0.37, large=True, fine=True) + bytes_for(0.37, large=True, fine=False))
    assert pair * 4 / 3 < 65_000
    assert 2 * bytes_for(0.27, large=False, fine=True) * 4 / 3 < 55_000


def test_numbers_never_come_again() -> None:
    pictures = [make_picture(picture_of(3, 8, 8), (4, 4), KITTY, centred=True) for _ in range(3)]
    assert len({picture.number for picture in pictures}) == 3
