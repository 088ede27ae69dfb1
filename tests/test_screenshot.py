"""The picture of the front page shows each cell as a terminal does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests import screenshot
from tests.support.pages import ROOT
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow
needs_font = pytest.mark.skipif(not Path(screenshot.FONT).exists(), reason="has no such font")


@needs_font
def test_half_blocks_have_two_colours_and_letters_stand_on_their_ground() -> None:
    style = Style(color="#ff0000", bgcolor="#0000ff")
    strip = Strip([Segment("▀▄ ", style), Segment("M", style + Style(reverse=True))])
    wide, high = screenshot.CELL
    picture = screenshot.paint([strip], (4, 1), screenshot.FONT)
    assert picture.size == (4 * wide, high)
    corners = [[picture.getpixel((column * wide, y)) for y in (0, high - 1)] for column in range(4)]
    red, blue = (255, 0, 0), (0, 0, 255)
    assert corners == [[red, blue], [blue, red], [blue, blue], [red, red]]
    assert blue in {picture.getpixel((3 * wide + x, high // 2)) for x in range(wide)}


@needs_font
async def test_the_review_screen_is_painted_after_the_keys_that_were_pressed() -> None:
    async def connect() -> FakeClient:
        return FakeClient()

    size = (120, 30)
    before = screenshot.paint(await screenshot.take(connect, size, [], 0), size, screenshot.FONT)
    after = screenshot.paint(await screenshot.take(connect, size, ["j", "space"], 0), size, screenshot.FONT)
    assert before.size == after.size == (size[0] * screenshot.CELL[0], size[1] * screenshot.CELL[1])
    colours = before.getcolors(size[0] * size[1] * screenshot.CELL[0] * screenshot.CELL[1])
    assert colours is not None
    assert len(colours) > 50, "the pictures are not there"
    assert before.tobytes() != after.tobytes()


def test_the_front_page_has_its_picture() -> None:
    with Image.open(ROOT / "docs/review.png") as picture:
        picture.load()
        assert picture.width == 120 * screenshot.CELL[0]
