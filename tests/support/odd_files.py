"""Odd files: thousands of damaged, hostile and merely strange pictures, made from a few whole ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.support.bombs import BOMBS, FOREIGN
from tests.support.picture_ways import WAYS
from tests.support.pictures import scene


def whole_pictures() -> dict[str, bytes]:
    """Return name -> a whole picture, written in every way."""
    return {name: way(scene(number, 240, 160)) for number, (name, way) in enumerate(WAYS.items())}


def damaged(wholes: dict[str, bytes], seed: int) -> tuple[str, bytes]:
    """Return name and content of a picture that was cut, flipped, overwritten, spliced or padded.

    Every seed shows another scene; ``wholes`` are what it is spliced with.
    """
    dice = np.random.default_rng(seed)
    name, other = (sorted(wholes)[int(dice.integers(len(wholes)))] for _ in range(2))
    content = bytearray(WAYS[name](scene(seed + 1000, 240, 160)))
    match int(dice.integers(7)):
        case 0:
            del content[int(dice.integers(len(content))) :]
        case 1:  # headers are where parsers go wrong
            for at in dice.integers(0, min(len(content), 600), int(dice.integers(1, 12))):
                content[at] ^= 1 << int(dice.integers(8))
        case 2:
            for at in dice.integers(0, len(content), int(dice.integers(1, 30))):
                content[at] = int(dice.integers(256))
        case 3:
            at = int(dice.integers(len(content)))
            content[at : at + int(dice.integers(1, 2000))] = bytes(int(dice.integers(0, 2000)))
        case 4:
            content = content[: int(dice.integers(len(content)))] + wholes[other][int(dice.integers(500)) :]
        case 5:  # numbers of four bytes become as large as they can
            for at in dice.integers(0, min(len(content), 400), 3):
                content[at : at + 4] = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4))[
                    int(dice.integers(3))
                ]
        case _:
            content += dice.bytes(int(dice.integers(1, 3000)))
    return name.replace(".", f" {seed}."), bytes(content)


def odd_files(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of ``count`` files, whole ones and bombs among them; the same for a seed."""
    wholes = whole_pictures()
    hostile = {f"bomb {name}": make for name, make in BOMBS.items()}
    hostile |= {f"foreign {name}": make for name, make in FOREIGN.items()}
    yield from list(wholes.items())[:count]
    left = max(count - len(wholes), 0)
    for name, make in list(hostile.items())[:left]:
        yield name, make()
    for number in range(left - len(hostile)):
        yield damaged(wholes, seed * 1_000_000 + number)


def write_special_files(folder: Path) -> list[str]:
    """Make a FIFO, links that lead nowhere, into a circle and to a picture; return their names."""
    os.mkfifo(folder / "pipe.jpg")
    (folder / "nowhere.jpg").symlink_to(folder / "not there.jpg")
    (folder / "circle.jpg").symlink_to(folder / "circle.jpg")
    (folder / "folder.jpg").mkdir()
    return ["pipe.jpg", "nowhere.jpg", "circle.jpg"]
