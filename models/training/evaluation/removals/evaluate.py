"""What the app would remove: ``python -m models.training.evaluation.removals --data DIR --model photo``.

Writes a library of held-out originals with relatives and variants, has the app scan it, and holds groups,
keepers and removals of the rule ``best`` against the truth.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dpm_tui.catalog.verdict import Kind
from models.training.data.held_out_copies import HeldOutCopies, thumbnail
from models.training.data.training_pictures import on_white
from models.training.evaluation.natural_relatives import Relatives
from models.training.evaluation.removals.family_library import FamilyLibrary
from models.training.evaluation.removals.findings import KIND_SETS, find
from models.training.evaluation.removals.grouping_score import Related, score_grouping
from models.training.evaluation.removals.keeper_score import score_keepers
from models.training.evaluation.removals.removal_score import score_removals
from models.training.evaluation.removals.table import (
    Write,
    list_faults,
    write_grouping,
    write_keepers,
    write_removals,
)
from models.training.evaluation.removals.truth import TrueFile, Truth
from models.training.evaluation.removals.variants import drawn_figures

VARIANTS = Path("dev-variants", "variants.json")
FIGURES = 1 / 3
"""Drawn figures for each family, in a library of illustrations."""


def write_library(folder: Path, data: Path, model: str, families: int, relatives: int, seed: int) -> Truth:
    """Write the library of one kind of held-out pictures and return its truth; raises FileNotFoundError."""
    library = FamilyLibrary(folder, HeldOutCopies.of_archives(data, f"dev-{model}"), seed)
    library.fill(families, relatives)
    if model == "illustration" and (data / VARIANTS).exists():
        rng = np.random.default_rng(seed)
        for drawn in drawn_figures(data / VARIANTS, round(families * FIGURES), rng):
            library.add_figure(drawn)
    return Truth.of(library.files)


def evaluate(
    folder: Path, truth: Truth, write: Write, kind_sets: Sequence[tuple[Kind, ...]] = KIND_SETS
) -> list[dict[str, object]]:
    """Have the app scan a library, write the tables and return all that is wrong."""
    write(
        f"{len(truth.files)} files, {len(truth.originals)} pictures, {len(truth.relatives())} relatives, "
        f"{len(truth.variants())} variants"
    )
    findings = find(folder, kind_sets)
    grouping = score_grouping(truth, findings, _natural_relatives(folder, truth))
    keepers = score_keepers(truth, findings)
    removals = [score_removals(truth, findings, cleaning) for cleaning in findings.cleanings]
    write_grouping(grouping, write)
    write_keepers(keepers, write)
    write_removals(removals, write)
    return list(list_faults(grouping, keepers, removals))


def _natural_relatives(folder: Path, truth: Truth) -> Related:
    numbers = {family: number for number, family in enumerate(truth.originals)}
    paths = [folder / file.path for file in truth.originals.values()]
    relatives = Relatives([thumbnail(on_white(Image.open(path))) for path in paths])

    def related(one: TrueFile, other: TrueFile) -> bool:
        return relatives.related(*sorted((numbers[one.family], numbers[other.family])))

    return related


def main() -> None:
    """Write a library, try the app on it and write the scores."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluation.removals")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--model", choices=("photo", "illustration"), required=True)
    parser.add_argument("--families", type=int, default=60, help="originals with relatives")
    parser.add_argument("--relatives", type=int, default=6, help="of each original")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--out", type=Path, help="folder for the library and for faults.json, all that is wrong"
    )
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="dpm") as scratch:
        out: Path = options.out or Path(scratch)
        truth = write_library(
            out / "library", options.data, options.model, options.families, options.relatives, options.seed
        )
        faults = evaluate(out / "library", truth, print)
        if options.out:
            (out / "faults.json").write_text(json.dumps(faults, indent=1) + "\n", encoding="utf-8")
