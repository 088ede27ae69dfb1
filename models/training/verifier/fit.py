"""Fits the verifier's heads: ``python -m models.training.verifier.fit --data DIR ... --variants FILE``.

``changed`` says whether content differs between two aligned pictures; it learns from pictures saved again,
moved and toned against overlays, local edits and an artist's variants. ``overlay`` says whether what differs
was put on top. Only one half of the figures of the drawn variants is learned from (``figure_half`` 0); the
other half and other pictures are for ``models.training.verifier.measure_kinds``.

The weights in use saw 17,973 pairs: up to 500 pictures of each of train-photo-00 and train-illustration-00,
up to 900 of each of train-photo-01, train-photo-02 and train-illustration-01, with ``--each 3``, before the
``TONED`` pairs and the picture stickers were added. A later fit on 7,500 pairs with the former missed more
drawn variants. One of ``overlay`` alone with both knew 79 % of the stickers, not 36 %, but called 200 of
1,640 natural variants of drawings edited: it needs such pairs as the other side.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dpm_tui.pipeline.comparison.overlay_detection import traits
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from models.training.verifier.labelled_pairs import Label, Made, drawn_pairs, made_pairs
from models.training.verifier.measure_kinds import pictures

HIDDEN = {"changed": 32, "overlay": 16}
ROUNDS = 120
BATCH = 512
RATE, DECAY = 5e-3, 1e-2
JITTER = 0.05
"""Noise on standardised inputs while learning."""
ALIGNED = 0.15
"""Share of structure that is the same from which a view is taken for aligned."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """Inputs of both heads and the label of one pair."""

    features: NDArray[np.float64]
    traits: NDArray[np.float64]
    label: Label


def samples(pairs: Iterator[Made]) -> Iterator[Sample]:
    """Yield the best view of each pair that is aligned."""
    judge = AlignedJudge()
    for label, _, first, second in pairs:
        if label is Label.UNRELATED:
            continue
        one, other = sorted((first, second), key=lambda p: p.shape[0] * p.shape[1])
        views = list(judge.views(np.ascontiguousarray(one), np.ascontiguousarray(other)))
        if not views:
            continue
        found = max((v.difference for v in views), key=lambda d: d.structure.share + d.agreement)
        if found.structure.share >= ALIGNED:
            yield Sample(found.features, traits(found), label)


def fit(inputs: Numbers, answers: Numbers, hidden: int) -> dict[str, Numbers]:
    """Return the arrays of a ``ScoreNetwork``: logistic loss, AdamW, cosine schedule."""
    torch.manual_seed(0)
    middle, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-3
    standard = torch.tensor((inputs - middle) / spread).clamp(-5, 5)
    target = torch.tensor(answers)
    inner, outer = torch.nn.Linear(inputs.shape[1], hidden), torch.nn.Linear(hidden, 1)
    net = torch.nn.Sequential(inner, torch.nn.Tanh(), outer)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = ROUNDS * max(1, len(standard) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(ROUNDS):
        for rows in torch.split(torch.randperm(len(standard)), BATCH)[: max(1, len(standard) // BATCH)]:
            noisy = standard[rows] + JITTER * torch.randn_like(standard[rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(noisy)[:, 0], target[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    parts = [torch.cat([layer.weight.T, layer.bias[None]]).detach().numpy() for layer in (inner, outer)]
    return {"middle": middle, "spread": spread, "inner": parts[0], "outer": parts[1][:, 0]}


def fit_heads(learned: list[Sample]) -> dict[str, Numbers]:
    """Return the arrays of both heads, named as ``head`` reads them."""
    labels = np.array([s.label for s in learned])
    features = np.stack([s.features for s in learned]).astype(np.float32)
    both = np.stack([np.append(s.features, s.traits) for s in learned]).astype(np.float32)
    differs = labels != Label.CLEAN
    tables = {
        "changed": fit(features, differs.astype(np.float32), HIDDEN["changed"]),
        "overlay": fit(
            both[differs], (labels[differs] == Label.OVERLAY).astype(np.float32), HIDDEN["overlay"]
        ),
    }
    return {f"{head}.{part}": values for head, table in tables.items() for part, values in table.items()}


def main() -> None:
    """Collect pairs, fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="folder of pictures")
    parser.add_argument("--variants", type=Path, required=True, help="variants.json of drawn variants")
    parser.add_argument("--count", type=int, default=900, help="pictures a folder")
    parser.add_argument("--each", type=int, default=3, help="true pairs, and changed ones, a picture")
    parser.add_argument("--head", choices=tuple(HIDDEN), help="fit this one and keep the other as it is")
    parser.add_argument("--out", type=Path, default=Path("dpm_tui/pipeline/comparison/verifier.npz"))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1)
    learned: list[Sample] = []
    with threadpool_limits(1):
        for folder in options.data:
            learned += samples(made_pairs(pictures(folder, options.count, rng), options.each, rng))
            print(folder, len(learned), flush=True)
        learned += samples(drawn_pairs(options.variants, 0, 3, rng))
    tables = fit_heads(learned)
    if options.head:
        with np.load(options.out) as kept:
            tables = {name: (tables if name.startswith(options.head) else kept)[name] for name in tables}
    np.savez(options.out, **tables)  # type: ignore[arg-type]
    print(options.out, options.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
