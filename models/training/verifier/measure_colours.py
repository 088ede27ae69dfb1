"""Measures whether colours count: ``python -m models.training.verifier.measure_colours --data DIR``.

Prints for each way to recolour a picture how often the judge calls the pair what it calls it, and for each
way to copy one how often it stays a copy. Take pictures that nothing was fitted on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from models.training.data.held_out_copies import thumbnail
from models.training.data.training_pictures import on_white
from models.training.evaluation.kind_table import KINDS
from models.training.verifier.labelled_pairs import resaved
from models.training.verifier.measure_kinds import pictures
from models.training.verifier.recolours import RECOLOURS, TRIES, recolour
from models.training.verifier.stored_copies import COARSE, COPIES

Pair = tuple[str, NDArray[np.uint8], NDArray[np.uint8]]


def recoloured_pairs(images: list[Image.Image], rng: Generator) -> Iterator[Pair]:
    """Yield every picture with itself in other colours, as it is and saved again."""
    for image in images:
        first = thumbnail(image)
        for name in RECOLOURS:
            tries = (recolour(image, name, rng) for _ in range(TRIES))
            changed = next((made for made in tries if made is not None), None)
            if changed is not None:
                yield f"colours: {name}", first, thumbnail(changed)
                yield f"colours: {name}, saved", first, thumbnail(resaved(changed, rng))


def copied_pairs(images: list[Image.Image], rng: Generator) -> Iterator[Pair]:
    """Yield every picture with each of its copies."""
    for image in images:
        first = thumbnail(image)
        for group, ways in (("copy", COPIES), ("coarse", COARSE)):
            for name, make in ways.items():
                yield f"{group}: {name}", first, thumbnail(make(image, rng))


def known_pairs(table: Path) -> Iterator[Pair]:
    """Yield the pairs of a JSON list of pairs of paths: the same drawing in other colours."""
    for one, other in json.loads(table.read_text(encoding="utf-8")):
        first, second = (on_white(Image.open(table.parent / name)) for name in (one, other))
        yield "colours: known", thumbnail(first), thumbnail(second)


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, action="append", help="folder of pictures")
    parser.add_argument("--known", type=Path, help="JSON list of pairs of paths in other colours")
    parser.add_argument("--count", type=int, default=40, help="pictures a folder")
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    total = _Table()
    with threadpool_limits(1):
        for folder in options.data:
            images = pictures(folder, options.count, rng)
            table = _Table()
            table.judge_all(recoloured_pairs(images, rng))
            table.judge_all(copied_pairs(images, rng))
            print(f"{folder.name:32}{table.summary()}", flush=True)
            total.add(table)
        if options.known:
            total.judge_all(known_pairs(options.known))
    total.show()


class _Table:
    """Counts the kinds given to each way."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[Kind | None]] = defaultdict(Counter)
        self.spent = 0.0

    def judge_all(self, source: Iterator[Pair]) -> None:
        judge = AlignedJudge()
        for name, first, second in source:
            start = time.process_time()
            verdict = judge.judge(first, second, 0.9)
            self.spent += time.process_time() - start
            self.counts[name][verdict.kind if verdict else None] += 1

    def add(self, other: _Table) -> None:
        self.spent += other.spent
        for name, counts in other.counts.items():
            self.counts[name] += counts

    def summary(self) -> str:
        safe, recolours = self._copies("colours")
        kept, copies = self._copies("copy")
        coarse, coarse_all = self._copies("coarse")
        pairs = recolours + copies + coarse_all
        return (
            f"recolours called a copy {safe:4} of {recolours:5} ({safe / max(recolours, 1):.4f})   "
            f"copies kept {kept / max(copies, 1):.4f} of {copies:5}   "
            f"coarse {coarse / max(coarse_all, 1):.4f}   "
            f"{self.spent / max(pairs, 1) * 1e3:.1f} ms a pair"
        )

    def _copies(self, group: str) -> tuple[int, int]:
        own = [counts for name, counts in self.counts.items() if name.startswith(f"{group}:")]
        return sum(c[Kind.COPY] for c in own), sum(c.total() for c in own)

    def show(self) -> None:
        print(f"\n{'':32}{'pairs':>6} " + "".join(f"{k or 'none':>9}" for k in KINDS))
        for name, counts in self.counts.items():
            shares = "".join(f"{counts[k] / counts.total():9.3f}" for k in KINDS)
            print(f"{name:32}{counts.total():6} {shares}")
        print(f"\n{'all':32}{self.summary()}")


if __name__ == "__main__":
    main()
