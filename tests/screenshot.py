"""The picture on the front page: the app on the sample library, as a terminal shows it.

``python -m tests.screenshot FILE.png [--size 120x30] [--press "l a a g"] [--font FILE] [--library DIR]``:
makes the sample library in a folder of its own and scans it, or takes one that was scanned before. Opens the
app on it without a terminal, presses the keys, and paints each cell of the screen. All letters of the font
must have one width; it is DejaVu Sans Mono by default.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from rich.style import Style
    from textual.strip import Strip

    from dpm_tui.tui.worker_link import Connect

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
CELL = (16, 32)
UPPER_HALF, LOWER_HALF = "▀", "▄"
INK, PAPER = (226, 226, 226), (16, 17, 22)
_LOOK = {"TEXTUAL_COLOR_SYSTEM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
_SCAN_SECONDS = 600
_PICTURES_SECONDS = 3.0
"""How long previews may take until they are painted finely."""

Colour = tuple[int, int, int]


def main() -> None:
    """Make the sample library, take the picture and write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshot")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--size", default="120x30")
    parser.add_argument("--press", default="l a a g")
    parser.add_argument("--font", default=FONT)
    parser.add_argument("--library", type=Path, help="a sample library that was scanned already")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="dpm") as folder:
        os.environ.update(_LOOK, DPM_TUI_RUNTIME_DIR=folder)
        library = options.library or make_library(Path(folder))
        connect = connect_to(os.fsencode(library.resolve()))
        strips = asyncio.run(take(connect, (width, height), options.press.split()))
    picture = paint(strips, (width, height), options.font)
    picture.quantize(256, dither=Image.Dither.NONE).save(options.picture, optimize=True)


def make_library(folder: Path) -> Path:
    """Make the sample library below a folder and scan it."""
    library = folder / "demo"
    program = [sys.executable, "-m", "dpm_tui"]
    for words in (["demo", str(library)], ["scan", str(library), "--quiet"]):
        done = subprocess.run(
            [*program, *words], stdin=subprocess.DEVNULL, timeout=_SCAN_SECONDS, check=False
        )
        assert words[0] == "demo" or done.returncode == 0
    return library


def connect_to(root: bytes) -> Connect:
    """Return what connects an app to the worker of a library."""
    from dpm_tui.state.disk.layout import Layout
    from dpm_tui.worker.client import WorkerClient

    return lambda: WorkerClient.connect(Layout(root, root), "app", stays=False)


async def take(
    connect: Connect, size: tuple[int, int], keys: Sequence[str], seconds: float = _PICTURES_SECONDS
) -> list[Strip]:
    """Return the lines of the review screen after some keys, and so many seconds for its previews."""
    # Textual reads the environment when it is imported.
    from dpm_tui.locale import set_language
    from dpm_tui.tui.app import DpmApp
    from dpm_tui.tui.terminal.colour_depth import Palette
    from tests.tui.app_run import calm, press, until

    set_language("en")
    app = DpmApp(connect, palette=Palette.TRUECOLOR)
    app.first_screen = "groups"
    app.note_navigation("show_groups")
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.session.review.known and app.session.status.phase == "finished", 120)
        await calm(pilot)
        await press(pilot, *keys)
        await asyncio.sleep(seconds)
        await calm(pilot)
        strips = list(app.screen._compositor.render_strips())
    await app.link.close()
    return strips


def paint(strips: Sequence[Strip], size: tuple[int, int], font_file: str) -> Image.Image:
    """Return the picture of a screen: half blocks as rectangles, so that no font leaves gaps."""
    wide, high = CELL
    font = ImageFont.truetype(font_file, round(wide / 0.62))
    picture = Image.new("RGB", (size[0] * wide, size[1] * high), PAPER)
    pen = ImageDraw.Draw(picture)
    letters: list[tuple[int, int, str, Colour, bool]] = []
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            ink, paper, bold = _colours(segment.style)
            for letter in segment.text:
                x, y = column * wide, row * high
                upper = ink if letter == UPPER_HALF else paper
                lower = ink if letter == LOWER_HALF else paper
                pen.rectangle((x, y, x + wide - 1, y + high // 2 - 1), upper)
                pen.rectangle((x, y + high // 2, x + wide - 1, y + high - 1), lower)
                if letter not in (UPPER_HALF, LOWER_HALF, " "):
                    letters.append((x, y, letter, ink, bold))
                column += 1
    for x, y, letter, ink, bold in letters:
        pen.text((x, y + 2), letter, ink, font, stroke_width=0.35 if bold else 0)
    return picture


def _colours(style: Style | None) -> tuple[Colour, Colour, bool]:
    """Return ink, paper and whether the letters are bold."""
    from rich.terminal_theme import SVG_EXPORT_THEME

    if style is None:
        return INK, PAPER, False
    ink, paper = INK, PAPER
    if style.color is not None and not style.color.is_default:
        ink = tuple(style.color.get_truecolor(SVG_EXPORT_THEME))
    if style.bgcolor is not None and not style.bgcolor.is_default:
        paper = tuple(style.bgcolor.get_truecolor(SVG_EXPORT_THEME, foreground=False))
    if style.reverse:
        ink, paper = paper, ink
    if style.dim:
        ink = tuple((3 * one + 2 * other) // 5 for one, other in zip(ink, paper, strict=True))
    return ink, paper, bool(style.bold)


if __name__ == "__main__":
    main()
