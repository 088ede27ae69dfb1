"""Fits the copy classifier: ``python -m models.training.verifier.fit_copy_classifier --data DIR ...``.

The weights in use saw 73,000 different pairs, 114,000 with those learned from more than once: flower_photos,
GroceryStoreDataset, clothing-dataset-small, landscapes of Endless Sky, Stellarium's nebulae, Palapeli, Open
Clip Art, Wesnoth, SuperTux, Naev, FreeOrion, Endless Sky, Pepper&Carrot, Noto, Fluent, Streamline, OpenMoji,
up to 110 pictures of each and 80 more for light tones, palettes, strong tones and recolours, 200 flat
drawings, and half of the figures of the drawn variants. The command repeats the method, not the very numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from dpm_tui.pipeline.alignment.overlap import whole
from dpm_tui.pipeline.comparison.copy_classifier import Cause, inputs
from dpm_tui.pipeline.comparison.difference import compare_aligned
from dpm_tui.pipeline.comparison.recolouring import compare_tints
from models.training.verifier.colour_pairs import Pair, colour_pairs, drawn_colour_pairs
from models.training.verifier.flat_drawings import flat_drawings
from models.training.verifier.measure_kinds import pictures
from models.training.verifier.network_fit import NetworkFit, joined

HIDDEN = 128
NETS = 3
"""Networks whose answers are averaged; they are stored as one."""
ROUNDS = 60
BATCH = 512
RATE, DECAY = 4e-3, 4e-2
JITTER = 0.07
"""Noise on standardised inputs while learning."""
SELDOM = {"drawn": 5, "small": 1, "filtered": 3, "negative": 2}
PALETTES = ("few colours", "palette 64", "palette 64 dithered", "palette 32", "palette 32 dithered")
LIGHT = ("brightness", "contrast", "light tone", "gamma", "quarter", "messenger")
AGAIN = SELDOM | dict.fromkeys(PALETTES, 1) | dict.fromkeys(LIGHT, 2)
"""How often more a pair is learned from that is seldom, that must not be mistaken or is easily mistaken."""
UNTINTED = 1.5
"""Mean distance from grey below which a picture made grey is no other one."""

Numbers = NDArray[np.float32]


def rows(pairs: Iterator[Pair]) -> Iterator[tuple[Numbers, Cause]]:
    """Yield the inputs and the cause of each pair."""
    for cause, name, first, second in pairs:
        one, other = sorted((first, second), key=lambda p: p.shape[0] * p.shape[1])
        overlap = whole(one, other)
        pair = (overlap.first, overlap.second)
        if cause is Cause.TONE and max(_colour(p) for p in pair) < UNTINTED:
            continue
        row = inputs(compare_aligned(*pair), compare_tints(*pair)).astype(np.float32)
        for _ in range(1 + AGAIN.get(name, 0)):
            yield row, cause


def _colour(picture: NDArray[np.uint8]) -> float:
    return float(picture.astype(np.float32).std(axis=2).mean())


def fit(seen: Numbers, causes: NDArray[np.int64], seed: int = 0) -> dict[str, Numbers]:
    """Return the arrays of a ``ScoreNetwork``, by cross entropy."""
    target = torch.tensor(causes)

    def loss(answers: Tensor, rows: Tensor) -> Tensor:
        return torch.nn.functional.cross_entropy(answers, target[rows], label_smoothing=0.002)

    return NetworkFit(HIDDEN, ROUNDS, BATCH, RATE, DECAY, JITTER).fit(seen, len(Cause), loss, seed)


def main() -> None:
    """Make pairs, fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="folder of pictures")
    parser.add_argument("--variants", type=Path, required=True, help="variants.json of drawn variants")
    parser.add_argument("--count", type=int, default=100, help="pictures a folder")
    parser.add_argument("--drawings", type=int, default=200, help="flat drawings made")
    parser.add_argument("--each", type=int, default=7, help="copies a picture")
    parser.add_argument("--out", type=Path, default=Path("dpm_tui/pipeline/comparison/copy_classifier.npz"))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(5)
    learned: list[tuple[Numbers, Cause]] = []
    with threadpool_limits(1):
        for folder in options.data:
            learned += rows(colour_pairs(pictures(folder, options.count, rng), options.each, rng))
            print(folder, len(learned), flush=True)
        learned += rows(colour_pairs(list(flat_drawings(options.drawings, rng)), options.each, rng))
        learned += rows(drawn_colour_pairs(options.variants, 3, rng))
    seen, causes = np.stack([row for row, _ in learned]), np.array([cause for _, cause in learned], np.int64)
    np.savez(options.out, **joined([fit(seen, causes, seed) for seed in range(NETS)]))  # type: ignore[arg-type]
    print(options.out, options.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
