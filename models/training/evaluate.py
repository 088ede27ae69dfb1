"""Tries a model and 256-bit pHash on the same copies of held-out pictures.

``python -m models.training.evaluate --data DIR --model photo`` prints a table by transform. What
counts: micro average precision over all pairs, recall at precision 0.999, the share of true pairs
that become candidates, and how often unlike pictures do.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.neural.manifest import read_manifest
from dpm_tui.neural.square import squash
from dpm_tui.neural.weights import load_network
from models.training.data import archives, read, tiny_vectors
from models.training.describe import describe
from models.training.distinct import phash
from models.training.metrics import Ranking, rank
from models.training.transforms import TRANSFORMS
from models.training.trial import Trial, thumbnail

PRECISION = 0.999
FALSE_CANDIDATES = 2e-5
"""Share of pairs of unrelated pictures that may become candidates."""
UNRELATED_EVERY = 6
"""Of the training pictures, to which the held-out ones are strangers, how many are used."""
RELATED = 0.7
"""Product of tiny vectors from which such a pair is left out: clip art and comics repeat themselves."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One method on one trial; ``scores`` (Q, R) and ``originals`` (R, R) are similarities."""

    name: str
    scores: NDArray[np.float32]
    originals: NDArray[np.float32]
    ranking: Ranking


def attempt(
    name: str, originals: NDArray[np.float32], copies: NDArray[np.float32], truth: NDArray[np.int64]
) -> Tried:
    """Return the result of a method from its unit vectors of originals and copies."""
    scores = copies @ originals.T
    return Tried(name, scores, originals @ originals.T, rank(scores, truth))


def recalls(tried: Tried, truth: NDArray[np.int64], edits: list[str], cut: float) -> dict[str, float]:
    """Return the share of copies by transform whose similarity to their original reaches ``cut``."""
    right = tried.scores[np.arange(len(truth)), truth] >= cut
    names = np.array(edits)
    return {edit: float(right[names == edit].mean()) for edit in TRANSFORMS if (names == edit).any()}


def run(data: Path, model: str, weights: Path | None, sample: int, write: Callable[[str], None]) -> None:
    """Try both methods and write the tables; raises DpmError for weights that cannot be used."""
    entry = read_manifest(weights)[model]
    net = load_network(entry)
    trial = Trial(data, f"dev-{model}")
    side = entry.input_px

    def prepare(picture: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        small = thumbnail(picture)
        return squash(small, side), phash(Image.fromarray(small))

    originals = [prepare(picture) for picture in trial.originals]
    made = [(copy.original, copy.edit, prepare(copy.picture)) for copy in trial.copies(sample)]
    truth, edits = np.array([row[0] for row in made], dtype=np.int64), [row[1] for row in made]
    device = torch.device("cpu")
    vectors = describe(net, np.stack([row[0] for row in originals]), device)
    copies = describe(net, np.stack([row[2][0] for row in made]), device)
    ours = attempt(model, vectors, copies, truth)
    hashes, hashed = np.stack([row[1] for row in originals]), np.stack([row[2][1] for row in made])
    theirs = attempt("pHash-256", hashes, hashed, truth)

    write(
        f"{model}: {trial.found} pictures, {len(originals)} without natural near-duplicates; "
        f"{len(made)} copies of {min(sample, len(originals))}"
    )
    columns: list[dict[str, float]] = []
    for tried in (ours, theirs):
        recall, cut = tried.ranking.at_precision(PRECISION)
        write(
            f"{tried.name:>14}: muAP {tried.ranking.average_precision:.4f}, recall at precision "
            f"{PRECISION} {recall:.4f} (similarity {cut:.3f})"
        )
        columns.append(recalls(tried, truth, edits, cut))
    columns.append(recalls(ours, truth, edits, entry.threshold))
    write(f"\n{'transform':>14} {'R@P ' + model:>18} {'R@P pHash-256':>18} {'candidates':>12}")
    for edit in columns[0]:
        write(f"{edit:>14} {columns[0][edit]:18.3f} {columns[1][edit]:18.3f} {columns[2][edit]:12.3f}")
    found = float((ours.scores[np.arange(len(truth)), truth] >= entry.threshold).mean())
    write(f"\ncandidates at cosine {entry.threshold}: {found:.4f} of the true pairs")
    others = [
        squash(thumbnail(picture), side)
        for archive in archives(data, f"train-{model}")
        for _, _, picture in read(archive, UNRELATED_EVERY)
    ]
    strangers = np.stack(others)
    far = tiny_vectors(np.stack([row[0] for row in originals])) @ tiny_vectors(strangers).T < RELATED
    crossed = vectors @ describe(net, strangers, device).T
    write("\nunlike pairs: how many of 1,000 x 1,000 become candidates, and the cosine that 20 reach")
    for label, cosines in (
        ("held-out with training pictures", crossed[far]),
        ("held-out among themselves", ours.originals[np.triu_indices(len(originals), 1)]),
    ):
        rate, allowed = (cosines >= entry.threshold).mean(), np.quantile(cosines, 1 - FALSE_CANDIDATES)
        write(f"{label:>32} {1e6 * rate:8.1f} {allowed:8.3f}")


def main() -> None:
    """Evaluate one model of a folder of weights."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluate")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--model", choices=("photo", "illustration"), required=True)
    parser.add_argument("--weights", type=Path, help="folder of manifest.toml; the package's own if left out")
    parser.add_argument("--sample", type=int, default=300, help="originals of which copies are made")
    options = parser.parse_args()
    run(options.data, options.model, options.weights, options.sample, print)


if __name__ == "__main__":
    main()
