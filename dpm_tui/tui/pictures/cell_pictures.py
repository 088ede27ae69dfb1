"""Cell pictures: those that lie in the cells of a terminal until something else is written there.

iTerm2 takes JPEGs, sixel terminals rows of six pixels in a few colours.
"""

from __future__ import annotations

from base64 import standard_b64encode

from PIL import Image


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

    return image_to_sixels(image, SixelOptions(colours, smooth))
