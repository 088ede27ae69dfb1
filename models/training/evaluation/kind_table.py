"""Which kinds the judge gives to copies: ``python -m models.training.evaluation.kind_table --pictures DIR``.

Every copy is judged beside its original, found or not, so that kinds can be measured without the search.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

import cv2

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import HeldOutCopies, thumbnail

KINDS = (Kind.COPY, Kind.CROP, Kind.TURNED, Kind.EDITED, Kind.VARIANT, None)
Write = Callable[[str], None]


def write_kinds(kinds: Sequence[Kind | None], edits: Sequence[str], write: Write) -> None:
    """Write which kinds the copies of each transform got, and how many are right of those found."""
    write(f"\n{'kinds':16}" + "".join(f"{kind or 'none':>9}" for kind in KINDS) + f"{'right':>9}")
    table: dict[str, Counter[Kind | None]] = {}
    for edit, kind in zip(edits, kinds, strict=True):
        table.setdefault(edit, Counter())[kind] += 1
    hits = total = variants = plain = 0
    for edit in TRANSFORMS:
        if edit in table:
            right = sum(table[edit][kind] for kind in TRANSFORMS[edit].kinds)
            write_counts(edit, table[edit], write, right)
            hits, total = hits + right, total + table[edit].total() - table[edit][None]
            if TRANSFORMS[edit].kinds == {Kind.COPY}:
                variants, plain = variants + table[edit][Kind.VARIANT], plain + table[edit].total()
    write(f"kind right over all pairs found {hits / max(total, 1):.4f}")
    write(f"plain copies called variant {variants / max(plain, 1):.4f}")


def write_counts(
    name: str, counts: Mapping[Kind | None, int], write: Write, right: int | None = None
) -> None:
    """Write one row: the share of each kind, and of the right ones."""
    total = max(sum(counts.values()), 1)
    shares = "".join(f"{counts.get(kind, 0) / total:9.3f}" for kind in KINDS)
    write(f"{name:16}{shares}" + ("" if right is None else f"{right / total:9.3f}"))


def judge_copies(
    trial: HeldOutCopies, sample: int, edits: Collection[str] = TRANSFORMS
) -> tuple[list[Kind | None], list[str]]:
    """Return the kind of each copy beside its original, and the transform that made it."""
    judge = AlignedJudge()
    kinds: list[Kind | None] = []
    made: list[str] = []
    original = cache(lambda number: thumbnail(trial.originals[number]))
    for copy in trial.copies(sample, named=edits):
        verdict = judge.judge(original(copy.original), thumbnail(copy.picture), 1.0)
        kinds.append(verdict.kind if verdict else None)
        made.append(copy.edit)
    return kinds, made


def main() -> None:
    """Judge the copies of a folder, or of the development set of a model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of archives, unpacked or .tar")
    source.add_argument("--pictures", type=Path, help="any folder of pictures")
    parser.add_argument("--model", choices=("photo", "illustration"), default="photo")
    parser.add_argument("--sample", type=int, default=40, help="originals of which copies are made")
    parser.add_argument("--edit", action="append", choices=list(TRANSFORMS), default=[], help="these alone")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.pictures:
        trial = HeldOutCopies.of_folder(options.pictures)
    else:
        trial = HeldOutCopies.of_archives(options.data, f"dev-{options.model}")
    write_kinds(*judge_copies(trial, options.sample, options.edit or TRANSFORMS), print)


if __name__ == "__main__":
    main()
