"""Measures the judge on other pictures: ``python -m models.training.verifier.measure_kinds --data DIR``.

``DIR`` holds pictures in any depth. Prints the kinds given to each transform, ordinary and hard, how often a
changed picture passes for a copy, how often pictures that only look alike are accepted, and milliseconds of
one core a pair: a new judge for each source, so a picture's features are paid for by its first candidate.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from models.training.data.held_out_copies import thumbnail
from models.training.data.picture_edits import scaled, stored
from models.training.data.training_pictures import on_white
from models.training.evaluation.kind_table import KINDS
from models.training.verifier.hard_pair_transforms import HARD, collage
from models.training.verifier.look_alike_pairs import DRAWN, drawn, neighbours
from models.training.verifier.pair_transforms import TRUE_PAIRS
from models.training.verifier.variant_edits import VARIANTS, visible

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
Pair = tuple[str, tuple[Kind | None, ...], NDArray[np.uint8], NDArray[np.uint8]]


def pictures(folder: Path, count: int, rng: np.random.Generator) -> list[Image.Image]:
    """Return up to so many pictures of a folder, drawn evenly from its subfolders."""
    shelves: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            shelves[path.parent].append(path)
    for shelf in shelves.values():
        rng.shuffle(shelf)
    rounds = max((len(s) for s in shelves.values()), default=0)
    drawn = [shelf[k] for k in range(rounds) for shelf in shelves.values() if k < len(shelf)][:count]
    return [image for image in (on_white(Image.open(path)) for path in drawn) if min(image.size) >= 48]


def pairs(images: list[Image.Image], each: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Yield true pairs and visibly changed pictures."""
    thumbnails = [thumbnail(i) for i in images]
    for image, first in zip(images, thumbnails, strict=True):
        for k in rng.choice(len(TRUE_PAIRS), each, replace=False):
            transform = TRUE_PAIRS[k]
            second = thumbnail(transform.make(image, rng))
            kinds: tuple[Kind | None, ...] = transform.kinds
            if transform.name == "grey" and first.shape == second.shape and _distance(first, second) < 5:
                kinds = (Kind.COPY, Kind.EDITED)
            yield transform.name, kinds, first, second
        for k in rng.choice(len(VARIANTS), max(1, each // 3), replace=False):
            changed = VARIANTS[k].make(image, rng)
            if visible(image, changed):
                if rng.random() < 0.6:
                    changed = stored(scaled(changed, rng.uniform(0.5, 1)), int(rng.integers(55, 90)))
                yield f"variant: {VARIANTS[k].name}", (Kind.VARIANT,), first, thumbnail(changed)


def hard_pairs(images: list[Image.Image], each: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Yield true pairs in which the picture is hard to find again."""
    transforms = (*HARD, collage(images))
    for image in images:
        first = thumbnail(image)
        for k in rng.choice(len(transforms), min(each, len(transforms)), replace=False):
            second = thumbnail(transforms[k].make(image, rng))
            yield transforms[k].name, transforms[k].kinds, first, second


def look_alikes(images: list[Image.Image], each: int) -> Iterator[Pair]:
    """Yield the pairs of different pictures that lie nearest by layout; real doubles may be among them."""
    thumbnails = [thumbnail(i) for i in images]
    for one, other in neighbours(thumbnails, each):
        yield "alike: neighbours", (None,), thumbnails[one], thumbnails[other]


def drawn_look_alikes(count: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Yield all pairs among drawn pictures of one poor kind: pages, chats, skies, line art, icons, blanks."""
    for name in DRAWN:
        thumbnails = drawn(name, count, rng)
        for one, other in itertools.combinations(thumbnails, 2):
            yield f"alike: {name}", (None,), one, other


def drawn_variants(table: Path) -> Iterator[Pair]:
    """Yield the pairs of a ``variants.json``: pictures beside it that an artist drew in variants."""
    for one, other, _ in json.loads(table.read_text(encoding="utf-8"))["variants"]:
        first, second = (on_white(Image.open(table.parent / name)) for name in (one, other))
        yield "variant: drawn", (Kind.VARIANT,), thumbnail(first), thumbnail(second)
        saved = thumbnail(stored(scaled(second, 0.7), 75))
        yield "variant: drawn, re-encoded", (Kind.VARIANT,), thumbnail(first), saved


def _distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    return float(np.abs(first.astype(np.float32) - second).mean())


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, action="append", help="folder of pictures")
    parser.add_argument("--variants", type=Path, help="variants.json with drawn variants beside it")
    parser.add_argument("--count", type=int, default=120, help="pictures a folder")
    parser.add_argument("--each", type=int, default=9, help="transforms a picture")
    parser.add_argument("--hard", type=int, default=5, help="hard transforms a picture")
    parser.add_argument("--alike", type=int, default=4, help="neighbours a picture")
    parser.add_argument("--drawn", type=int, default=25, help="drawn look-alikes of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--save", type=Path, help="folder for pictures of the pairs that got a wrong kind")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    tables = [_Table(options.save) for _ in range(len(options.data) + 1)]
    with threadpool_limits(1):
        for folder, table in zip(options.data, tables, strict=False):
            images = pictures(folder, options.count, rng)
            table.judge_all(pairs(images, options.each, rng))
            table.judge_all(hard_pairs(images, options.hard, rng))
            table.judge_all(look_alikes(images, options.alike))
            table.show(str(folder))
        if options.variants:
            tables[-1].judge_all(drawn_variants(options.variants))
        tables[-1].judge_all(drawn_look_alikes(options.drawn, rng))
    tables[-1].show("drawn")


class _Table:
    """Counts the kinds given to each transform."""

    def __init__(self, save: Path | None) -> None:
        self.counts: dict[str, Counter[Kind | None]] = defaultdict(Counter)
        self.right: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
        self.save = save

    def judge_all(self, source: Iterator[Pair]) -> None:
        judge = AlignedJudge()
        for name, kinds, first, second in source:
            start = time.process_time()
            verdict = judge.judge(first, second, 0.9)
            self.spent[name] += round((time.process_time() - start) * 1e6)
            kind = verdict.kind if verdict else None
            self.counts[name][kind] += 1
            self.right[name] += kind in kinds
            if self.save and kind not in kinds:
                self._keep(f"{name} is {kind} {self.counts[name].total()}", first, second)

    def _keep(self, name: str, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> None:
        page = Image.new("RGB", (520, 256))
        page.paste(Image.fromarray(first), (0, 0))
        page.paste(Image.fromarray(second), (262, 0))
        assert self.save is not None
        page.save(self.save / f"{name.replace(':', '').replace(' ', '-')}-{len(first)}.png")

    def show(self, title: str) -> None:
        print(f"{title:28}{'pairs':>6} " + "".join(f"{k or 'none':>9}" for k in KINDS) + "    right     ms")
        for name, counts in sorted(self.counts.items()):
            total = counts.total()
            shares = "".join(f"{counts[k] / total:9.3f}" for k in KINDS)
            last = f"{self.right[name] / total:9.3f}{self.spent[name] / total / 1e3:7.1f}"
            print(f"{name:28}{total:6} {shares}{last}")
        true = [t.name for t in TRUE_PAIRS]
        hard = [n for n in self.counts if n.startswith("hard")]
        moved = [t.name for t in HARD if t.name not in hard]
        alike = [n for n in self.counts if n.startswith("alike")]
        changed = [n for n in self.counts if n.startswith("variant")]
        copies = [t.name for t in TRUE_PAIRS if t.kinds == (Kind.COPY,)]
        right = sum(self.right[n] for n in true) / max(self._total(true), 1)
        print(f"kind right over true pairs      {right:.4f}")
        for label, names in (("true", true), ("moved", moved), ("hard", hard)):
            print(f"found among {label:20}{1 - self._share(names, None):.4f}")
        print(f"copies called variant           {self._share(copies, Kind.VARIANT):.4f}")
        print(f"variants called copy            {self._share(changed, Kind.COPY):.4f}")
        print(f"look-alikes accepted            {1 - self._share(alike, None):.4f}")
        print(f"look-alikes called otherwise    {1 - self._share(alike, None, Kind.VARIANT):.4f}")
        for label, names in (("true", true), ("hard", hard), ("alike", alike)):
            spent = sum(self.spent[n] for n in names)
            print(f"milliseconds a {label:17}{spent / 1e3 / max(self._total(names), 1):.1f}")
        print(flush=True)

    def _total(self, names: list[str]) -> int:
        return sum(self.counts[n].total() for n in names if n in self.counts)

    def _share(self, names: list[str], *kinds: Kind | None) -> float:
        told = sum(self.counts[n][k] for n in names for k in kinds if n in self.counts)
        return told / max(self._total(names), 1)


if __name__ == "__main__":
    main()
