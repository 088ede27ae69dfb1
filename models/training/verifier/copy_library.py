"""Writes pictures and copies: ``python -m models.training.verifier.copy_library --data DIR --out DIR``.

The candidate gate learns from such a folder, once it was scanned without a gate: ordinary copies alone would
teach it that parts of collages and screens are not worth a look.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from models.training.data.training_pictures import archives
from models.training.verifier.hard_pair_transforms import HARD, collage
from models.training.verifier.measure_kinds import pictures
from models.training.verifier.pair_transforms import TRUE_PAIRS, Transform

SIDE = 480
"""Longest side in pixels of what is written."""
HARD_SHARE = 0.6
QUALITY = 88


def write_library(
    images: list[Image.Image], out: Path, originals: int, copies: int, rng: np.random.Generator
) -> int:
    """Write all pictures, and ``copies`` of each of the first ``originals``; return the number of files."""
    hard: tuple[Transform, ...] = (*HARD, collage(images[originals:] or images))
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, image in enumerate(images):
        image.thumbnail((SIDE, SIDE))
        made = [image]
        for _ in range(copies if number < originals else 0):
            among = hard if rng.random() < HARD_SHARE else TRUE_PAIRS
            made.append(among[int(rng.integers(len(among)))].make(image, rng))
        for k, picture in enumerate(made):
            picture.convert("RGB").save(out / f"{number:05}-{k}.jpg", quality=QUALITY)
            written += 1
    return written


def main() -> None:
    """Draw pictures from the training archives, half of each kind, and write them with copies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of unpacked archives")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--originals", type=int, default=600, help="pictures with copies")
    parser.add_argument("--alone", type=int, default=1800, help="pictures without")
    parser.add_argument("--copies", type=int, default=5, help="of each original")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    found = [path for kind in ("photo", "illustration") for path in archives(options.data, f"train-{kind}")]
    each = -(-(options.originals + options.alone) // len(found))
    images = [image for path in found for image in pictures(path, each, rng)]
    images = [images[k] for k in rng.permutation(len(images))]
    print(write_library(images, options.out, options.originals, options.copies, rng), "files")


if __name__ == "__main__":
    main()
