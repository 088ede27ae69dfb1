"""What ``clean --rule best`` takes away from libraries in which it is known what is an original.

``python -m tests.benchmarks.removals DIR [--families N] [--seed N] [--longest PX] [--keep FOLDER]``: makes a
library of N originals out of the pictures in DIR, each with five or six relatives under names that tell
nothing, some with a variant; scans it and reads the plan. Prints moves, wrong moves, originals that would
go, by what would stay for them, plain copies that would go, and families that are left open. All
copies are of the whole picture, at its full size: crops, edits and rules of further kinds are tried by
``models.training.evaluation.removals``, on held-out pictures.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.support.degraded_copies import HIDDEN, PLAIN, StoredCopy, as_original, changed, reopened

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
SMALLEST = 96
ALIKE = 0.9
"""Correlation of two pictures at 16 x 16 places from which only one of them is used."""
VARIANTS = 0.3
"""Share of the families that have a variant: another picture, which must stay."""


@dataclass(frozen=True)
class Relative:
    """One file of a family: ``original``, ``variant`` or the way in which it was copied."""

    family: int
    kind: str
    of_variant: bool = False


def find_pictures(folder: Path, count: int, draw: random.Random) -> Iterator[Path]:
    """Yield pictures of a folder in random order."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    draw.shuffle(found)
    yield from found[: 6 * count]


class _Seen:
    """The pictures used so far, tiny: the same one lies in many a folder twice, and is no other picture."""

    def __init__(self) -> None:
        self._tiny: list[NDArray[np.float32]] = []

    def has(self, picture: Image.Image) -> bool:
        """Return whether about the same picture was asked for before, and remember it."""
        tiny = np.asarray(picture.convert("L").resize((16, 16), Image.Resampling.BOX), np.float32).ravel()
        tiny = tiny - tiny.mean()
        tiny = tiny / max(float(np.linalg.norm(tiny)), 1e-3)
        known = any(float(tiny @ other) > ALIKE for other in self._tiny)
        self._tiny.append(tiny)
        return known


def make_family(
    number: int, picture: Image.Image, draw: random.Random
) -> Iterator[tuple[Relative, StoredCopy]]:
    """Yield the files of one family."""
    original = as_original(picture, draw)
    yield Relative(number, "original"), original
    seen = reopened(original)
    ways = PLAIN | HIDDEN
    chosen = [*draw.sample(sorted(PLAIN), 2), *draw.sample(sorted(HIDDEN), draw.choice((3, 4)))]
    for name in chosen:
        yield Relative(number, name), ways[name](seen, draw)
    if draw.random() < VARIANTS:
        other = changed(picture, draw)
        variant = as_original(other, draw)
        yield Relative(number, "variant", True), variant
        if draw.random() < 0.5:
            name = draw.choice(sorted(PLAIN))
            yield Relative(number, name, True), PLAIN[name](reopened(variant), draw)


def make_library(
    pictures: Path, library: Path, families: int, longest: int, draw: random.Random
) -> dict[str, Relative]:
    """Write the library; return what each file is by its path."""
    known: dict[str, Relative] = {}
    made, seen = 0, _Seen()
    for path in find_pictures(pictures, families, draw):
        if made == families:
            break
        try:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
        except OSError:
            continue
        if longest:
            picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        if min(picture.size) < SMALLEST or seen.has(picture):
            continue
        for relative, copy in make_family(made, picture, draw):
            name = f"{draw.randrange(40):02}/{draw.randrange(1 << 40):011x}.{copy.ending}"
            (library / name).parent.mkdir(exist_ok=True)
            (library / name).write_bytes(copy.content)
            known[name] = relative
        made += 1
    return known


def plan_of(library: Path) -> list[tuple[str, str]]:
    """Return what would go, each with what stays for it, by the commands that a user has."""
    command = [sys.executable, "-m", "dpm_tui"]
    began = time.monotonic()
    subprocess.run([*command, "scan", library, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    print(f"scanned in {time.monotonic() - began:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        clean = [*command, "clean", library, "--rule", "best", "--dry-run", "-o", plan]
        subprocess.run(clean, check=True, stdout=subprocess.DEVNULL)
        moves = json.loads(plan.read_text("utf-8"))["moves"]
    return [(move["victim"]["path"], move["keeper"]["path"]) for move in moves]


def score(known: dict[str, Relative], moves: list[tuple[str, str]]) -> None:
    """Print what the plan amounts to."""
    gone = {victim for victim, _ in moves}
    kept_for = dict(moves)
    wrong: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for victim, keeper in moves:
        one, other = known[victim], known[keeper]
        if one.family != other.family:
            wrong[f"{one.kind} for another picture"] += 1
        elif one.of_variant != other.of_variant:
            variant = f"{one.kind} for the variant" if other.of_variant else f"{one.kind} of the variant"
            wrong[variant] += 1
    for path, relative in known.items():
        if relative.kind in ("original", "variant") and path in gone:
            lost[known[kept_for[path]].kind] += 1
    families = {relative.family for relative in known.values()}
    stays: Counter[str] = Counter()
    there: Counter[str] = Counter()
    open_families: set[int] = set()
    for path, relative in known.items():
        if relative.kind not in ("original", "variant"):
            there[relative.kind] += 1
            if path not in gone:
                stays[relative.kind] += 1
                open_families.add(relative.family)
    plain = sum(there[kind] for kind in PLAIN)
    removed = plain - sum(stays[kind] for kind in PLAIN)
    count = len(families)
    print(f"{len(known)} files, {count} families, {len(moves)} moves")
    print(f"wrong moves       {wrong.total()} ({wrong.total() / max(len(moves), 1):.5f}) {dict(wrong)}")
    print(f"originals lost    {lost.total()} ({lost.total() / count:.4f}) {dict(lost)}")
    print(f"left open         {len(open_families)} ({len(open_families) / count:.4f})")
    print(f"plain copies gone {removed} of {plain} ({removed / max(plain, 1):.4f})")
    for kind in (*PLAIN, *HIDDEN):
        print(f"  {kind:22} stays {stays[kind]:4} of {there[kind]:4}")


def main() -> None:
    """Build, scan, plan, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--families", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = options.keep or Path(folder)
        library.mkdir(exist_ok=True)
        draw = random.Random(options.seed)
        known = make_library(options.pictures, library, options.families, options.longest, draw)
        score(known, plan_of(library))


if __name__ == "__main__":
    main()
