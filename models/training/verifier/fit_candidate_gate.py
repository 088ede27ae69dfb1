"""Fits the candidate gate: ``python -m models.training.verifier.fit_candidate_gate --root DIR ...``.

Learns from folders that were scanned by a judge without a gate: every candidate has its verdict there.
The weights in use saw 17,682 candidates among 5,400 files that ``copy_library`` wrote: 600 training pictures
with five copies each, six in ten of these hard, and 1,800 pictures without.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.pipeline.candidates.crop_search import COUNT, PARTS
from dpm_tui.pipeline.comparison.score_network import ScoreNetwork
from dpm_tui.pipeline.decoding.thumbnail import read_stored
from dpm_tui.pipeline.ports import VectorTable
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.root_state import RootState
from models.training.verifier.network_fit import NetworkFit, joined

HIDDEN, NETS, ROUNDS, BATCH = 32, 3, 60, 256
RATE, DECAY, JITTER = 5e-3, 1e-2, 0.05
TRUE, WEAK, FALSE = 2.0, 0.3, 1.0
"""Weights of true pairs, of variants that nobody would miss, and of others."""
WEAK_SIMILARITY = 0.7

Numbers = NDArray[np.float32]


class Cosines:
    """Cosines of contents in every table of vectors of a scanned folder."""

    def __init__(self, state: RootState) -> None:
        cards = load_cards()
        card = cards["photo"]
        tables = {name: state.vectors("auto", name, each.identity, each.dims) for name, each in cards.items()}
        self._whole = [_read(table, 1) for table in tables.values()]
        self._parts = _read(state.vectors("auto", PARTS, card.identity, card.dims * (1 + COUNT)), 1 + COUNT)

    def of(self, one: str, other: str) -> float:
        """Return the cosine by which two contents are candidates: of the wholes, or of a part and a whole."""
        found = [
            float(table[one][0] @ table[other][0]) for table in self._whole if {one, other} <= table.keys()
        ]
        if {one, other} <= self._parts.keys():
            mine, theirs = self._parts[one], self._parts[other]
            found += [float((mine[1:] @ theirs[0]).max()), float((theirs[1:] @ mine[0]).max())]
        return max(found, default=0.0)


def _read(table: VectorTable, vectors: int) -> dict[str, Numbers]:
    rows = table.read(0, len(table)).astype(np.float32)
    return {table.digest_at(number): row.reshape(vectors, -1) for number, row in enumerate(rows)}


def examples(root: Path) -> Iterator[tuple[NDArray[np.float64], float, float]]:
    """Yield what a first look says of each candidate of a folder, whether it is a pair, and its weight."""
    layout = Layout(os.fsencode(root), os.fsencode(root))
    state = RootState(layout, writable=False)
    cosines, judge = Cosines(state), AlignedJudge()
    alike = dict(state.verdicts.alike())
    for line in (root / "_image_temp" / "pairs.jsonl").read_text().splitlines():
        record = json.loads(line.split(" ", 1)[1])
        if "a" not in record:
            continue
        pair = record["a"], record["b"]
        first, second = (read_stored(state.thumbnails.get(digest) or b"").pixels for digest in pair)
        verdict = alike.get(pair)
        weak = verdict is not None and verdict.similarity < WEAK_SIMILARITY
        weight = FALSE if verdict is None else WEAK if weak else TRUE
        yield judge.describe(first, second, min(cosines.of(*pair), 0.999)), float(verdict is not None), weight


def fit(seen: Numbers, pairs: Numbers, weights: Numbers, seed: int) -> dict[str, Numbers]:
    """Return the arrays of a ``ScoreNetwork``, by binary cross entropy."""
    target, weight = torch.tensor(pairs), torch.tensor(weights)

    def loss(answers: Tensor, rows: Tensor) -> Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(
            answers.squeeze(1), target[rows], weight[rows]
        )

    return NetworkFit(HIDDEN, ROUNDS, BATCH, RATE, DECAY, JITTER).fit(seen, 1, loss, seed)


def main() -> None:
    """Read the folders, fit and write; print what thresholds cost in a fifth that was not learned from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, action="append", required=True, help="folder that was scanned")
    parser.add_argument("--out", type=Path, default=Path("dpm_tui/pipeline/verification/candidate_gate.npz"))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [row for root in options.root for row in examples(root)]
    seen, pairs, weights = (np.array(column, np.float32) for column in zip(*rows, strict=True))
    held = np.random.default_rng(1).random(len(seen)) < 0.2
    net = joined([fit(seen[~held], pairs[~held], weights[~held], seed) for seed in range(NETS)])
    scores = ScoreNetwork(**net).scores(seen[held].astype(np.float64)).ravel()
    true, false = scores[weights[held] == TRUE], scores[weights[held] == FALSE]
    for share in (0.0005, 0.001, 0.002, 0.005):
        bar = float(np.quantile(true, share))
        print(f"{share:.2%} of {len(true)} true ones lost below {bar:.2f}, others {np.mean(false < bar):.1%}")
    whole = joined([fit(seen, pairs, weights, seed) for seed in range(NETS)])
    whole["outer"] = whole["outer"].ravel()
    np.savez(options.out, **whole)  # type: ignore[arg-type]
    print(options.out, options.out.stat().st_size, "bytes", len(seen), "candidates")


if __name__ == "__main__":
    main()
