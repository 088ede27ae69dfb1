"""The pictures that pairs are made of, each with the random numbers that are its own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image


def source_pictures(
    paths: Sequence[Path], seed: int, longest: tuple[int, int] | None, smallest: int
) -> Iterator[tuple[str, Image.Image, random.Random]]:
    """Yield source, RGB picture and random numbers of every file that can be read.

    ``longest`` bounds the side that a picture is made smaller to first; what has a side below ``smallest``
    is passed over. The same seed gives the same numbers.
    """
    for path in paths:
        draw = random.Random(f"{seed} {path.parent.name} {path.name} {longest}")
        try:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
        except OSError:
            continue
        if longest is not None:
            side = draw.randint(*longest)
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        if min(picture.size) >= smallest:
            yield path.parent.name, picture, draw
