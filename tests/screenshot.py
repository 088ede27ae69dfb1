"""The picture on the front page: the app on the sample library, as a terminal shows it.

``python -m tests.screenshot FILE.png [--size 120x30] [--press "l a a g" | --screen plan] [--font FILE]
[--library DIR] [--theme dark] [--language zh_CN] [--colours 256] [--narrow]``: makes the sample library in a
folder of its own and scans it, or takes one that was scanned before. Opens the app on it without a terminal,
presses the keys, and paints each cell of the screen. All letters of the font must have one width; it is
DejaVu Sans Mono by default. Chinese is painted with a font that has it, where there is one.
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
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from rich.style import Style
    from textual.strip import Strip

    from dpm_tui.tui.worker_link import Connect

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
CELL = (16, 32)
WIDE_FONT = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
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
    parser.add_argument("--theme", default="ansi", help="ansi, dark, light or contrast")
    parser.add_argument("--language", default="en", help="en or zh_CN")
    parser.add_argument("--colours", default="truecolor", help="truecolor, 256, 16, mono or ascii")
    parser.add_argument("--screen", default="", help="a screen by its name, instead of keys")
    parser.add_argument("--narrow", action="store_true", help="a picture of half the size")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="dpm") as folder:
        os.environ.update(_LOOK, DPM_TUI_RUNTIME_DIR=folder)
        library = options.library or make_library(Path(folder))
        connect = connect_to(os.fsencode(library.resolve()))
        keys = keys_to(options.screen) if options.screen else options.press.split()
        wear = Wear(options.theme, options.language, options.colours)
        strips = asyncio.run(take(connect, (width, height), keys, wear=wear))
    picture = paint(strips, (width, height), options.font)
    if options.narrow:
        picture = picture.reduce(2)
    picture.quantize(256, dither=Image.Dither.NONE).save(options.picture, optimize=True)


def keys_to(screen: str) -> list[str]:
    """Return the keys that open a screen, and show something on it."""
    from tests.tui.test_goldens import BASES, OPENED_BY, SCREENS

    numbers = {"scan": "1", "compare": "2", "groups": "3", "bin": "4", "settings": "5"}
    first = numbers[BASES.get(screen, "groups")]
    return [first, *OPENED_BY.get(screen, "").split(), *SCREENS[screen].split()]


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


class Wear(NamedTuple):
    """How the app looks."""

    theme: str = "ansi"
    language: str = "en"
    colours: str = "truecolor"


async def take(
    connect: Connect,
    size: tuple[int, int],
    keys: Sequence[str],
    seconds: float = _PICTURES_SECONDS,
    wear: Wear = Wear(),  # noqa: B008 - it cannot be changed
) -> list[Strip]:
    """Return the lines of the review screen after some keys, and so many seconds for its previews."""
    # Textual reads the environment when it is imported.
    from dpm_tui.locale import insist_on
    from dpm_tui.tui.app import DpmApp
    from dpm_tui.tui.terminal.colour_depth import Palette
    from dpm_tui.tui.theme import Theme
    from tests.tui.app_run import calm, press, until

    insist_on(wear.language)
    app = DpmApp(connect, palette=Palette(wear.colours), theme=Theme(wear.theme))
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
    from rich.cells import cell_len

    wide, high = CELL
    font = ImageFont.truetype(font_file, round(wide / 0.62))
    has_wide = os.path.exists(WIDE_FONT)
    wide_font = ImageFont.truetype(WIDE_FONT, round(wide * 1.7)) if has_wide else font
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
                right = x + wide * max(cell_len(letter), 1) - 1
                pen.rectangle((x, y, right, y + high // 2 - 1), upper)
                pen.rectangle((x, y + high // 2, right, y + high - 1), lower)
                if letter not in (UPPER_HALF, LOWER_HALF, " "):
                    letters.append((x, y, letter, ink, bold))
                column += cell_len(letter)
    for x, y, letter, ink, bold in letters:
        pen.text(
            (x, y + 2),
            letter,
            ink,
            wide_font if cell_len(letter) > 1 else font,
            stroke_width=0.35 if bold else 0,
        )
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
