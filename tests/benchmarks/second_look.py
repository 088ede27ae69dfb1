"""Measures what a second look at two JPEGs of 12 megapixels costs: decoding, traits, and the look itself.

``python -m tests.benchmarks.second_look DIR [--rounds N]``: DIR has photographs, which are enlarged or made
smaller to 4000 x 3000 pixels and saved with qualities 92 and 75, and at half the size. Prints milliseconds of
processor time on one core, medians over pictures and rounds.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from pathlib import Path

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, inspect_copies, prepare
from dpm_tui.pipeline.quality.full_size import decode_full_size

SIZE = 4000, 3000
GRAIN = 3.0
"""Levels of noise, as a camera has it: enlarged pictures are too smooth to cost what photographs cost."""
PICTURES = 3


def make_copies(path: Path) -> tuple[bytes, bytes, bytes]:
    """Return the JPEGs of one picture: the original, one saved again, and one of half the size."""
    with Image.open(path) as opened:
        large = np.asarray(opened.convert("RGB").resize(SIZE), np.float32)
    large = large + np.random.default_rng(0).normal(0, GRAIN, large.shape).astype(np.float32)
    original = Image.fromarray(np.clip(large, 0, 255).astype(np.uint8))
    return (
        _saved(original, 92),
        _saved(original, 75),
        _saved(original.resize((SIZE[0] // 2, SIZE[1] // 2)), 80),
    )


def _saved(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def measure(first: bytes, second: bytes) -> tuple[float, float, float]:
    """Return the seconds that decoding, traits and the look take for one pair."""
    marks = [time.process_time()]
    decoded = [decode_full_size(content) for content in (first, second)]
    marks.append(time.process_time())
    copies = [CopyAtFullSize.of(*each) for each in decoded]
    marks.append(time.process_time())
    inspect_copies(copies[0], copies[1])
    marks.append(time.process_time())
    return marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.second_look")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    prepare()
    # As in a decoder, which has one thread.
    threadpool_limits(1, "blas")
    found = sorted(p for p in options.folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pictures = [make_copies(path) for path in found[:PICTURES]]
    measure(*pictures[0][:2])
    for name, other in (("12 and 12 megapixels", 1), ("12 and 3 megapixels", 2)):
        costs = [
            measure(copies[0], copies[other]) for copies in pictures for _ in range(max(options.rounds, 1))
        ]
        parts = [1000 * statistics.median(part) for part in zip(*costs, strict=True)]
        whole = 1000 * statistics.median(map(sum, costs))
        columns = zip(("decode", "traits", "look", "all"), (*parts, whole), strict=True)
        print(f"{name:22s}", *(f"{column} {cost:5.0f}" for column, cost in columns), "ms")


if __name__ == "__main__":
    main()
