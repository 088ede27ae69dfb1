"""Cut-outs that are painted, and the grounds that programs flatten them on."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.pipeline.drawings import portrait, scene

GROUNDS = ("white", "black", "grey", "board 8", "board 16", "red", "green")
_COLOURS = {"grey": (128, 128, 128), "red": (200, 30, 40), "green": (40, 160, 70)}


def cutout(seed: int, size: tuple[int, int] = (480, 480)) -> Image.Image:
    """Return a painted thing on transparency, with a soft outline; another one for another seed."""
    dice = np.random.default_rng(seed)
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    angles = np.sort(dice.uniform(0, 2 * np.pi, 14))
    reach = dice.uniform(0.24, 0.47, 14)
    places = [
        (size[0] * (0.5 + r * np.cos(a)), size[1] * (0.5 + r * np.sin(a)))
        for a, r in zip(angles, reach, strict=True)
    ]
    draw.polygon(places, fill=255)
    draw.ellipse((size[0] * 0.3, size[1] * 0.3, size[0] * 0.7, size[1] * 0.7), fill=255)
    picture = scene(seed, size)
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(1)))
    return picture


def face(smile: bool) -> Image.Image:
    """Return a portrait cut out of its surroundings."""
    picture = portrait(smile)
    mask = Image.new("L", picture.size)
    width, height = picture.size
    ImageDraw.Draw(mask).ellipse((width * 0.1, height * 0.05, width * 0.9, height * 0.98), fill=255)
    picture.putalpha(mask)
    return picture


def tinted(level: int, spread: int, seed: int = 1) -> Image.Image:
    """Return a cut-out whose colours lie around one grey."""
    picture = cutout(seed)
    low = max(level - spread, 0)
    scale = (min(level + spread, 255) - low) / 255
    shown = picture.convert("RGB").point(lambda value: int(low + value * scale))
    shown.putalpha(picture.getchannel("A"))
    return shown


def flatten(picture: Image.Image, ground: str) -> Image.Image:
    """Return a cut-out laid on a ground."""
    name, _, side = ground.partition(" ")
    if name == "board":
        rows, columns = np.mgrid[: picture.height, : picture.width] // int(side)
        board = np.where((rows + columns) % 2, 204, 255).astype(np.uint8)
        below = Image.fromarray(board).convert("RGBA")
    else:
        below = Image.new("RGBA", picture.size, _COLOURS.get(name, name))
    below.alpha_composite(picture)
    return below.convert("RGB")
