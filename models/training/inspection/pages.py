"""Pages: small pictures and lines of text on a ground, as large as a scan, for want of large drawings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZES = ((1600, 1200), (1200, 1600), (1920, 1080), (1400, 1400))
CELLS = (200, 260, 320)
"""Sides of the squares that a page is divided into."""
GAP = 20
LETTERED = 0.25
"""Share of the squares with text instead of a picture."""
ENLARGED = 1.7
"""Small pictures that would have to be enlarged more stay as they are."""
_WORDS = (
    "the", "of", "and", "picture", "in", "is", "was", "it", "for", "on", "are", "as", "with", "they", "at",
    "from", "have", "word", "not", "what", "all", "were", "when", "there", "which", "their", "said",
)  # fmt: skip


def make_pages(paths: Sequence[Path], count: int, seed: int, folder: Path) -> list[Path]:
    """Return pages made of some pictures; those that are in the folder already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"page{number:03}.png" for number in range(count)]
    for number, path in enumerate(made):
        if not path.exists():
            partial = path.with_suffix(".part")
            _draw_page(paths, random.Random(f"{seed} page {number}")).save(partial, "PNG", compress_level=1)
            partial.replace(path)
    return made


def _draw_page(paths: Sequence[Path], draw: random.Random) -> Image.Image:
    width, height = draw.choice(SIZES)
    light = draw.random() < 0.7
    ground = [draw.randint(150, 255) if light else draw.randint(0, 120) for _ in range(3)]
    page = Image.new("RGB", (width, height), (ground[0], ground[1], ground[2]))
    ink = (20, 20, 30) if light else (235, 235, 230)
    cell = draw.choice(CELLS)
    for top in range(GAP, height - cell, cell + GAP):
        for left in range(GAP, width - cell, cell + GAP):
            if draw.random() < LETTERED:
                _write(page, (left, top), cell, ink, draw)
            else:
                _paste(page, (left, top), cell, draw.choice(paths))
    return page


def _write(
    page: Image.Image, at: tuple[int, int], cell: int, ink: tuple[int, int, int], draw: random.Random
) -> None:
    size = draw.randint(14, 34)
    font, pen = ImageFont.load_default(size), ImageDraw.Draw(page)
    for line in range(int((cell - size) / (1.25 * size))):
        text = " ".join(draw.sample(_WORDS, 4))[: max(int(1.8 * cell / size), 4)]
        pen.text((at[0], at[1] + line * 1.25 * size), text, ink, font)


def _paste(page: Image.Image, at: tuple[int, int], cell: int, path: Path) -> None:
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGBA")
    except OSError:
        return
    factor = cell / max(picture.size)
    if factor < ENLARGED:
        size = max(round(picture.width * factor), 1), max(round(picture.height * factor), 1)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    page.paste(picture, at, picture)
