"""Network fit: learns the weights of a ``ScoreNetwork`` from rows of inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.pipeline.comparison.score_network import FARTHEST

Numbers = NDArray[np.float32]
Loss = Callable[[Tensor, Tensor], Tensor]
"""Returns the loss of some answers, given the numbers of their rows."""


@dataclass(frozen=True, slots=True)
class NetworkFit:
    """How a network is fitted: AdamW, cosine schedule; ``jitter`` is noise on standardised inputs."""

    hidden: int
    rounds: int
    batch: int
    rate: float
    decay: float
    jitter: float

    def fit(self, seen: Numbers, answers: int, loss: Loss, seed: int) -> dict[str, Numbers]:
        """Return the arrays of a ``ScoreNetwork`` of so many answers."""
        torch.manual_seed(seed)
        middle, spread = seen.mean(axis=0), seen.std(axis=0) + np.float32(0.02)
        standard = torch.tensor((seen - middle) / spread).clamp(-FARTHEST, FARTHEST)
        inner, outer = torch.nn.Linear(seen.shape[1], self.hidden), torch.nn.Linear(self.hidden, answers)
        net = torch.nn.Sequential(inner, torch.nn.Tanh(), outer)
        optimiser = torch.optim.AdamW(net.parameters(), lr=self.rate, weight_decay=self.decay)
        batches = max(1, len(standard) // self.batch)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.rounds * batches)
        for _ in range(self.rounds):
            for rows in torch.split(torch.randperm(len(standard)), self.batch)[:batches]:
                noisy = standard[rows] + self.jitter * torch.randn_like(standard[rows])
                found = loss(net(noisy), rows)
                optimiser.zero_grad()
                found.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
        parts = [torch.cat([layer.weight.T, layer.bias[None]]).detach().numpy() for layer in (inner, outer)]
        return {"middle": middle, "spread": spread, "inner": parts[0], "outer": parts[1]}


def joined(nets: list[dict[str, Numbers]]) -> dict[str, Numbers]:
    """Return the network whose answers are the means of several that see the same inputs."""
    inner = np.concatenate([net["inner"] for net in nets], axis=1)
    weights = np.concatenate([net["outer"][:-1] / len(nets) for net in nets])
    bias = np.mean([net["outer"][-1:] for net in nets], axis=0)
    return {**nets[0], "inner": inner, "outer": np.concatenate([weights, bias])}
