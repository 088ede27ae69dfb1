"""Measures what the second look finds: changes and false alarms, by kind of copy and of change.

``python -m models.training.inspection.measure_changes DIR [--longest LOW HIGH] [--copies N] [--seed N]``: DIR
has pictures at full size that nothing was fitted on. Each is copied in N ways, once as it is and once with
a change of 1.5 to 3 % of its width; the copies are those that people make every day.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageEnhance

from dpm_tui.pipeline.inspection.inspected_verdict import CHANGED
from dpm_tui.pipeline.inspection.inspector import inspect_copies, prepare
from models.training.inspection.change_pairs import NARROWEST, SMALLEST, at_full_size
from models.training.inspection.degradations import StoredPicture, store
from models.training.inspection.local_edits import edit_locally
from models.training.inspection.source_pictures import source_pictures

SIDES = (0.015, 0.015, 0.02, 0.03)
PLAIN = 40.0
"""Levels from which a change is called plain."""
FAINT = (10.0, 25.0, PLAIN, 80.0, 256.0)
Copy = Callable[[Image.Image, random.Random], StoredPicture]


@dataclass(frozen=True)
class Look:
    """One pair that was looked at."""

    copied: str
    edit: str
    contrast: float
    changed: bool
    found: bool


def _smaller(factor: float) -> Copy:
    def made(picture: Image.Image, draw: random.Random) -> StoredPicture:
        size = round(picture.width * factor), round(picture.height * factor)
        filters = (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BOX)
        return store(picture.resize(size, draw.choice(filters)), "JPEG", draw.randint(75, 92))

    return made


def _enhanced(kind: Callable[[Image.Image], ImageEnhance._Enhance]) -> Copy:
    def made(picture: Image.Image, draw: random.Random) -> StoredPicture:
        toned = kind(picture).enhance(draw.choice((0.88, 0.9, 0.95, 1.05, 1.1, 1.12)))
        return store(toned, "JPEG", draw.choice((88, 92))) if draw.random() < 0.6 else store(toned, "PNG")

    return made


def _cut(colours: int, method: Image.Quantize | None = None, factor: float = 1.0) -> Copy:
    def made(picture: Image.Image, draw: random.Random) -> StoredPicture:
        if factor != 1:
            size = round(picture.width * factor), round(picture.height * factor)
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        few = picture.quantize(colours, method)
        if draw.random() < 0.5:
            few = picture.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
        return store(few, "GIF")

    return made


COPIES: dict[str, Copy] = {
    "JPEG 30": lambda picture, _: store(picture, "JPEG", 30),
    "WebP 40": lambda picture, _: store(picture, "WEBP", 40),
    "half size": _smaller(0.5),
    "quarter size": _smaller(0.25),
    "GIF": _cut(256),
    "GIF octree": _cut(256, Image.Quantize.FASTOCTREE),
    "GIF half size": _cut(256, factor=0.5),
    "64 colours": _cut(64),
    "brightness": _enhanced(ImageEnhance.Brightness),
    "contrast": _enhanced(ImageEnhance.Contrast),
    "saturation": _enhanced(ImageEnhance.Color),
}


def look_at_pairs(
    paths: list[Path], seed: int, longest: tuple[int, int], copies: int, kinds: list[str]
) -> Iterator[Look]:
    """Yield two looks a picture and copy: one at a plain copy, one at a changed one."""
    for _, picture, draw in source_pictures(paths, seed, longest, SMALLEST):
        for name in draw.sample(kinds, min(copies, len(kinds))):
            edit = edit_locally(np.asarray(picture), draw, SIDES)
            if edit is None:
                continue
            form = draw.choice((("PNG", 0), ("JPEG", 92), ("JPEG", 85)))
            original = at_full_size(store(Image.fromarray(edit.before), *form))
            for changed, pixels in ((False, edit.before), (True, edit.after)):
                copy = at_full_size(COPIES[name](Image.fromarray(pixels), draw))
                narrower = min(copy.pixels.shape[1], original.pixels.shape[1])
                if changed and max(edit.box[2:]) * narrower / picture.width < NARROWEST:
                    continue
                odds = inspect_copies(original, copy).changed
                yield Look(name, edit.kind, edit.contrast, changed, odds >= CHANGED)


def describe(looks: list[Look]) -> Iterator[str]:
    """Yield lines of a table: all, then by kind of copy, of change, and by strength."""
    rows: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        level = next(f"{low:.0f} levels" for low, high in _steps() if look.contrast < high)
        for name in ("all", look.copied, look.edit, level):
            rows[name].append(look)
    order = [
        "all",
        *COPIES,
        *sorted({look.edit for look in looks}),
        *(f"{low:.0f} levels" for low, _ in _steps()),
    ]
    yield f"{'':16s} {'plain found':>16s} {'all found':>16s} {'false alarms':>16s}"
    for name in order:
        own = rows[name]
        parts = (
            [look.found for look in own if look.changed and look.contrast >= PLAIN],
            [look.found for look in own if look.changed],
            [look.found for look in own if not look.changed],
        )
        yield f"{name:16s} " + " ".join(
            f"{100 * sum(p) / max(len(p), 1):7.1f} % of {len(p):4d}" for p in parts
        )


def _steps() -> list[tuple[float, float]]:
    return list(pairwise(FAINT))


def main() -> None:
    """Look, print."""
    parser = argparse.ArgumentParser(prog="python -m models.training.inspection.measure_changes")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--longest", type=int, nargs=2, default=(1000, 2400), metavar=("LOW", "HIGH"))
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--kinds", default=",".join(COPIES))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    prepare()
    cv2.setNumThreads(1)
    endings = (".jpg", ".jpeg", ".png", ".webp")
    paths = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in endings)
    low, high = options.longest
    looks = list(look_at_pairs(paths, options.seed, (low, high), options.copies, options.kinds.split(",")))
    print("\n".join(describe(looks)))


if __name__ == "__main__":
    main()
