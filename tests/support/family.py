"""A family of copies whose best file is not the one that some rules keep."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.pictures import encode, scene

BEST = "best.png"
NEWEST = "newest.jpg"
_DAY = 86_400


def write_family(folder: Path, seed: int = 11) -> Path:
    """Write eight copies of one picture, each saved differently; the newest one is a small JPEG."""
    picture = scene(seed, 960, 720)
    folder.mkdir(parents=True)
    files = {BEST: encode(picture, "PNG")}
    for number in range(6):
        side = 900 - 60 * number
        files[f"copy{number}.jpg"] = encode(picture.resize((side, side * 3 // 4)), quality=94 - 3 * number)
    files[NEWEST] = encode(picture.resize((480, 360)), quality=75)
    for age, (name, content) in enumerate(reversed(files.items())):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_600_000_000 - age * _DAY,) * 2)
    return folder
