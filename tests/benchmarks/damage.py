"""Counts damaged pictures that pass as whole, and whole ones that do not.

``python -m tests.benchmarks.damage DIR [--pictures 4] [--places 200]`` writes pictures of DIR in every
format, harms each file at so many places (a flipped bit, a lost end, a run of zeros), and prints for each
format what the decoder made of them; "other" are the files that pass as whole and look different. Then it
decodes every picture below DIR as it is and prints those that are refused or called damaged.
"""

from __future__ import annotations

import argparse
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, read_thumbnail
from tests.support.damage import CHECKED, Passed, damages, judge
from tests.support.picture_ways import WAYS

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".avif"})
_SIDE = 640


def find_pictures(folder: Path) -> list[Path]:
    """Return the picture files below a folder."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())


def read_stills(paths: list[Path], count: int) -> Iterator[Image.Image]:
    """Yield so many pictures, spread over the list, shrunk to what a benchmark has time for."""
    for path in paths[:: max(len(paths) // count, 1)][:count]:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            still = image.convert("RGB")
        still.thumbnail((_SIDE, _SIDE))
        yield still


def harm_all(stills: list[Image.Image], places: int) -> None:
    """Print a line for each format."""
    print(f"{'':18}{'made':>6}{'refused':>9}{'damaged':>9}{'same':>7}{'other':>7}")
    total: Counter[Passed] = Counter()
    for way in CHECKED:
        counted: Counter[Passed] = Counter()
        for number, still in enumerate(stills):
            content = WAYS[way](still)
            whole = read_thumbnail(decode_thumbnail(content).jpeg)
            counted.update(judge(harmed, whole) for _, harmed in damages(content, places, number))
        print_line(way, counted)
        total += counted
    print_line("together", total)


def print_line(title: str, counted: Counter[Passed]) -> None:
    """Print how many files fared how."""
    refused, named, same, other = (counted[passed] for passed in Passed)
    print(f"{title:18}{counted.total():6}{refused:9}{named:9}{same:7}{other:7}", flush=True)


def doubt_whole_ones(paths: list[Path]) -> None:
    """Print how many files are refused or called damaged as they are, and which."""
    fates: Counter[str] = Counter()
    for path in paths:
        try:
            fate = "damaged" if decode_thumbnail(path.read_bytes()).facts.damaged else "whole"
        except UndecodableError as error:
            fate = f"{error.status.value}: {error.reason}"
        fates[fate.partition(":")[0]] += 1
        if fate != "whole":
            print(f"{fate:18}{path}")
    print("files as they are ", ", ".join(f"{fate} {count}" for fate, count in fates.most_common()))


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.damage")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--places", type=int, default=200)
    options = parser.parse_args()
    paths = find_pictures(options.folder)
    harm_all(list(read_stills(paths, options.pictures)), options.places)
    doubt_whole_ones(paths)


if __name__ == "__main__":
    main()
