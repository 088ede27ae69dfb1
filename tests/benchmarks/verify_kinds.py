"""Measures the judge on pictures not fitted on: ``python -m tests.benchmarks.verify_kinds --data DIR``.

``DIR`` holds pictures in any depth. Prints the kinds given to each transform, how often a changed picture
passes for a copy, how often unrelated pictures are accepted, and milliseconds a pair.
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
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.pipeline.judge import AlignedJudge
from dpm_tui.pipeline.verify import Kind
from tests.benchmarks.transforms import TRUE_PAIRS, encode, scale, thumbnail
from tests.benchmarks.variants import VARIANTS, visible

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
KINDS = (Kind.COPY, Kind.CROP, Kind.TURNED, Kind.EDITED, Kind.VARIANT, None)
Pair = tuple[str, tuple[Kind | None, ...], NDArray[np.uint8], NDArray[np.uint8]]


def load(path: Path) -> Image.Image:
    """Return the picture as RGB, transparent places white."""
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, image).convert("RGB")


def pictures(folder: Path, count: int, rng: np.random.Generator) -> list[Image.Image]:
    """Return up to so many pictures of a folder, drawn evenly from its subfolders."""
    shelves: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            shelves[path.parent].append(path)
    for shelf in shelves.values():
        rng.shuffle(shelf)  # type: ignore[arg-type]
    rounds = max((len(s) for s in shelves.values()), default=0)
    drawn = [shelf[k] for k in range(rounds) for shelf in shelves.values() if k < len(shelf)][:count]
    return [image for image in map(load, drawn) if min(image.size) >= 48]


def pairs(images: list[Image.Image], each: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Yield true pairs, visibly changed pictures and unrelated pairs."""
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
                    changed = encode(scale(changed, rng.uniform(0.5, 1)), int(rng.integers(55, 90)))
                yield f"variant: {VARIANTS[k].name}", (Kind.VARIANT,), first, thumbnail(changed)
        other = int(rng.integers(len(thumbnails)))
        if thumbnails[other] is not first:
            yield "unrelated", (None,), first, thumbnails[other]


def drawn_variants(table: Path) -> Iterator[Pair]:
    """Yield the pairs of a ``variants.json``: pictures beside it that an artist drew in variants."""
    for one, other, _ in json.loads(table.read_text(encoding="utf-8"))["variants"]:
        first, second = (load(table.parent / name) for name in (one, other))
        yield "variant: drawn", (Kind.VARIANT,), thumbnail(first), thumbnail(second)
        saved = thumbnail(encode(scale(second, 0.7), 75))
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
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    judge = AlignedJudge()
    table: dict[str, Counter[Kind | None]] = defaultdict(Counter)
    right: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    sources = [pairs(pictures(folder, options.count, rng), options.each, rng) for folder in options.data]
    if options.variants:
        sources.append(drawn_variants(options.variants))
    for source in sources:
        for name, kinds, first, second in source:
            start = time.process_time()
            verdict = judge.judge(first, second, 0.9)
            spent[name] += round((time.process_time() - start) * 1e6)
            kind = verdict.kind if verdict else None
            table[name][kind] += 1
            right[name] += kind in kinds
    print(f"{'':28}{'pairs':>6} " + "".join(f"{k or 'none':>9}" for k in KINDS) + "    right     ms")
    for name, counts in table.items():
        total = sum(counts.values())
        shares = "".join(f"{counts[k] / total:9.3f}" for k in KINDS)
        print(f"{name:28}{total:6} {shares}{right[name] / total:9.3f}{spent[name] / total / 1e3:7.1f}")
    true = [t.name for t in TRUE_PAIRS if t.name in table]
    total = sum(sum(table[n].values()) for n in true)
    changed = [n for n in table if n.startswith("variant")]
    copies = [t.name for t in TRUE_PAIRS if t.kinds == (Kind.COPY,) and t.name in table]
    print(f"kind right over true pairs      {sum(right[n] for n in true) / max(total, 1):.4f}")
    print(f"copies called variant           {_share(table, copies, Kind.VARIANT):.4f}")
    print(f"variants called copy            {_share(table, changed, Kind.COPY):.4f}")
    print(f"unrelated pairs accepted        {1 - _share(table, ['unrelated'], None):.4f}")
    judged = sum(counts.total() for counts in table.values())
    print(f"milliseconds a pair             {spent.total() / 1e3 / judged:.1f}")


def _share(table: dict[str, Counter[Kind | None]], names: list[str], kind: Kind | None) -> float:
    total = sum(sum(table[n].values()) for n in names)
    return sum(table[n][kind] for n in names) / max(total, 1)


if __name__ == "__main__":
    main()
