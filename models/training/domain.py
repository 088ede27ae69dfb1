"""Fits the head that tells illustrations from photographs on the frozen network of photographs.

``python -m models.training.domain --data DIR --out DIR`` changes ``photo-best.pt`` in place.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from dpm_tui.neural.networks import CopyNet
from models.training.augment import Augmenter
from models.training.data import load
from models.training.dice import Dice

SAMPLE = 6000
ROUNDS = 400
CHUNK = 128


def gather(net: CopyNet, data: Path, out: Path, sample: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return styles (N, styles) and labels (N,), 1 for illustrations, plain and edited views."""
    augmenter = Augmenter(net.shape.input_px, device)
    features: list[Tensor] = []
    labels: list[Tensor] = []
    for label, name in enumerate(("photo", "illustration")):
        pictures = load(data, f"train-{name}", out / "cache")
        numbers = balanced(pictures.sources, sample, np.random.default_rng(label))
        for step, at in enumerate(range(0, len(numbers), CHUNK)):
            pixels = torch.from_numpy(pictures.pixels[numbers[at : at + CHUNK]].copy())
            dice = Dice(7 + label, step, device)
            plain, strong = augmenter.plain(pixels), augmenter.strong(pixels, dice)
            for views in (plain, augmenter.mild(pixels, dice), strong):
                features.append(net.pooled_and_style(views)[1])
                labels.append(torch.full((len(pixels),), float(label), device=device))
    return torch.cat(features), torch.cat(labels)


def balanced(sources: NDArray[np.int64], sample: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return about ``sample`` picture numbers, as many of each source as it has, up to an equal share.

    What is common to one large source (clip art on white) must not pass for the kind itself.
    """
    kinds = np.unique(sources)
    share = -(-sample // len(kinds))
    chosen = [rng.permutation(np.flatnonzero(sources == kind))[:share] for kind in kinds]
    return np.sort(np.concatenate(chosen))


def fit(net: CopyNet, features: Tensor, labels: Tensor) -> float:
    """Fit the head by regularised logistic regression; return the accuracy on the same features."""
    mean, spread = features.mean(0), features.std(0) + 1e-6
    scaled = (features - mean) / spread
    weight = torch.zeros(features.shape[1], device=features.device, requires_grad=True)
    bias = torch.zeros((), device=features.device, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    # Both kinds weigh the same, whatever their numbers.
    weights = torch.where(labels > 0.5, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    for _ in range(ROUNDS):
        loss = F.binary_cross_entropy_with_logits(scaled @ weight + bias, labels, weights)
        loss = loss + 1e-3 * weight.square().sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.no_grad():
        net.domain.weight.copy_((weight / spread)[None])
        net.domain.bias.copy_((bias - (weight * mean / spread).sum())[None])
        return float(((net.illustration_logit(features) > 0) == (labels > 0.5)).float().mean())


def main() -> None:
    """Fit the head and store it in the photo checkpoint."""
    parser = argparse.ArgumentParser(prog="python -m models.training.domain")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--out", type=Path, required=True, help="folder of the training")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="pictures of each kind")
    options = parser.parse_args()
    path = options.out / "photo-best.pt"
    state = torch.load(path, map_location="cpu", weights_only=True)
    net = CopyNet()
    net.load_state_dict(state["net"])
    net.eval()
    with torch.no_grad():
        features, labels = gather(net, options.data, options.out, options.sample, torch.device("cpu"))
    accuracy = fit(net, features, labels)
    state["net"] = net.state_dict()
    torch.save(state, path)
    print(f"illustration or photograph: {accuracy:.4f} right on {len(labels)} training views")


if __name__ == "__main__":
    main()
