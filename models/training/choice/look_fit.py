"""Look fit: teaches the network that looks at pictures what was drawn and what was photographed."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from dpm_tui.neural.kind_network import KindNet, seen
from models.training.augmentation.random_draws import RandomDraws
from models.training.choice.labelled_pictures import LabelledPictures
from models.training.choice.varied_views import varied

BATCH = 64
RATE = 2e-3
SURE = 0.96
"""What a label is worth: some are wrong, and nothing is learned from being surer."""
CPU = torch.device("cpu")


def fit_look(pictures: LabelledPictures, rounds: int, seed: int) -> KindNet:
    """Return the network after so many rounds over all pictures that are not held out."""
    torch.manual_seed(seed)
    rows = np.flatnonzero(~pictures.held_out)
    small = as_seen(pictures.squares)
    answers = torch.from_numpy(pictures.drawn).float() * SURE + (1 - SURE) / 2
    weights = torch.from_numpy(pictures.weights)
    net = KindNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.05)
    batches = len(rows) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2 * RATE, rounds * batches)
    order = np.random.default_rng(seed)
    for number in range(rounds):
        net.train()
        total = 0.0
        for step, batch in enumerate(np.array_split(order.permutation(rows), batches)):
            views = varied(as_pixels(small[batch]), RandomDraws(seed, number * batches + step, CPU))
            with torch.autocast("cpu", torch.bfloat16):
                logits = net(views)
            losses = F.binary_cross_entropy_with_logits(logits.float(), answers[batch], reduction="none")
            loss = (losses * weights[batch]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"look: round {number + 1} of {rounds}, loss {total / batches:.4f}", flush=True)
    return net.eval()  # type: ignore[no-any-return]


def as_pixels(squares: NDArray[np.uint8]) -> Tensor:
    """Return squares (B, side, side, 3) as (B, 3, side, side) in 0..1."""
    pixels = torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255
    return pixels.contiguous(memory_format=torch.channels_last)


def as_seen(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return squares at the side that the network looks at."""
    found = []
    for start in range(0, len(squares), BATCH):
        small = seen(as_pixels(np.array(squares[start : start + BATCH])))
        found.append((255 * small).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())
    return np.concatenate(found)
