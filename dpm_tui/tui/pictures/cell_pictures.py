"""Cell pictures: those that lie in the cells of a terminal until something else is written there.

iTerm2 takes JPEGs, sixel terminals rows of six pixels in a few colours.
"""

from __future__ import annotations

import re
from base64 import standard_b64encode

from PIL import Image

_TOLD_COLOUR = re.compile(r"#\d+;2;\d+;\d+;\d+")
_RASTER = re.compile(r'"\d+;\d+;\d+;\d+')


def draw_at(corner: tuple[int, int], sequence: str) -> str:
    """Return what draws at a corner, counted from 0, and puts the cursor back."""
    return f"\x1b7\x1b[{corner[1] + 1};{corner[0] + 1}H{sequence}\x1b8"


def iterm_picture(jpeg: bytes, pixels: tuple[int, int]) -> str:
    """Return what draws a picture at the cursor, scaled to so many pixels."""
    keys = f"inline=1;size={len(jpeg)};width={pixels[0]}px;height={pixels[1]}px;preserveAspectRatio=0"
    letters = standard_b64encode(jpeg).decode("ascii")
    return f"\x1b]1337;File={keys};doNotMoveCursor=1:{letters}\x07"


def sixel_picture(image: Image.Image, colours: int, smooth: int | None) -> str:
    """Return what draws a picture at the cursor pixel by pixel, in so many colours."""
    # Of textual-image only the encoder: the rest asks the terminal when it is imported, sends kitty pictures
    # six times as large as they must be, and draws with widgets of its own.
    from textual_image._sixel import SixelOptions, image_to_sixels

    return _colours_first(image_to_sixels(image, SixelOptions(colours, smooth)))


def _colours_first(sequence: str) -> str:
    """Return a sixel picture with all of its colours at the beginning.

    xterm paints wrong what stands before a colour that is told later.
    """
    told = "".join(_TOLD_COLOUR.findall(sequence))
    head, size, rest = sequence.partition("q")
    raster = _RASTER.match(rest)
    assert size
    assert raster
    body = _TOLD_COLOUR.sub(lambda colour: colour[0].partition(";")[0], rest[raster.end() :])
    return f"{head}q{raster[0]}{told}{body}"
