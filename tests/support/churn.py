"""A folder of pictures in which files are changed, added, copied, moved and removed."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from tests.support.pictures import encode, scene, with_segment

SCENES = 12
PairFacts = tuple[str, str, str, float]


class Churn:
    """Changes files below ``root``, the same for the same dice; ``contents`` counts the new ones it wrote."""

    def __init__(self, root: Path, dice: random.Random) -> None:
        self.root = root
        self.contents = 0
        self._dice = dice
        self._deeds = (self.add, self.change, self.copy, self.tag, self.move, self.remove)

    def fill(self, files: int) -> None:
        """Add so many files."""
        for _ in range(files):
            self.add()

    def step(self, deeds: int) -> None:
        """Do so many things to files by chance."""
        for _ in range(deeds):
            self._dice.choice(self._deeds)()

    def add(self) -> None:
        """Write a new picture, related to others more often than not."""
        self._write(self._free(), self._content())

    def change(self) -> None:
        """Put another picture in the place of one."""
        self._write(self._any(), self._content())

    def copy(self) -> None:
        """Add a copy of a file."""
        shutil.copy2(self._any(), self._free())

    def tag(self) -> None:
        """Change a file but not what it shows, as software for photographs does."""
        path = self._any()
        jpeg = path.read_bytes()
        if jpeg[:2] == b"\xff\xd8":
            self._write(path, with_segment(jpeg, 0xFE, b"%d" % self._dice.randrange(10**9)))

    def move(self) -> None:
        """Give a file another name."""
        self._any().rename(self._free())

    def remove(self) -> None:
        """Remove a file."""
        self._any().unlink()

    def _write(self, path: Path, content: bytes) -> None:
        self.contents += 1
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(path)

    def _any(self) -> Path:
        paths = sorted(path for path in self.root.glob("*/*.*") if path.suffix in (".jpg", ".png"))
        if len(paths) < 5:
            self.add()
            return self._any()
        return self._dice.choice(paths)

    def _free(self) -> Path:
        folder = self.root / f"{self._dice.randrange(6)}"
        folder.mkdir(exist_ok=True)
        return folder / f"{self._dice.randrange(10**9):09}.jpg"

    def _content(self) -> bytes:
        dice = self._dice
        picture = scene(dice.randrange(SCENES), 160, 120)
        match dice.randrange(7):
            case 0:
                return encode(picture, quality=dice.randrange(60, 95))
            case 1:
                return encode(picture.resize((120, 90)), quality=dice.randrange(60, 95))
            case 2:
                share = dice.choice((0.5, 0.6, 0.8))
                width, height = round(160 * share), round(120 * share)
                left, top = dice.randrange(161 - width), dice.randrange(121 - height)
                return encode(picture.crop((left, top, left + width, top + height)), quality=90)
            case 3:
                return encode(picture.transpose(Image.Transpose.ROTATE_90), quality=dice.randrange(80, 95))
            case 4:
                page = Image.new("RGB", (320, 240))
                page.paste(picture, (0, 0))
                page.paste(scene(dice.randrange(SCENES), 160, 120), (160, 120))
                return encode(page, quality=dice.randrange(80, 95))
            case 5:
                return encode(scene(dice.randrange(100, 10**6), 160, 120), quality=90)
            case _:
                return encode(picture, "PNG")


def unexplained(found: Iterable[PairFacts], reference: Iterable[PairFacts]) -> list[PairFacts]:
    """Return the pairs of ``reference`` that were not found, though no pair like them was either.

    Of several files that show the very same pixels another may have been the nearest. Copies of one picture
    need no pair with each other, and which of them have one depends on what else was known of that picture.
    """
    found = set(found)
    twins: dict[str, set[str]] = defaultdict(set)
    copies: dict[str, set[str]] = defaultdict(set)
    pairs: set[frozenset[str]] = set()
    for one, other, kind, _ in found:
        pairs.add(frozenset((one, other)))
        if kind == "copy":
            copies[one].add(other)
            copies[other].add(one)
        if kind in ("identical", "pixels"):
            twins[one].add(other)
            twins[other].add(one)

    def met(one: str, other: str) -> bool:
        ways = [(one, twin) for twin in twins[other]] + [(twin, other) for twin in twins[one]]
        return any(frozenset(way) in pairs for way in ways) or not copies[one].isdisjoint(copies[other])

    return [pair for pair in reference if pair not in found and not met(*pair[:2])]
