"""Random numbers for augmentation: drawn on the processor, used on any device."""

from __future__ import annotations

import torch
from torch import Tensor


class RandomDraws:
    """A seeded source of batched random numbers; the same numbers whatever the device."""

    def __init__(self, seed: int, step: int, device: torch.device) -> None:
        self.generator = torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**62)
        self.device = device

    def uniform(self, count: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return (count,) floats in [low, high)."""
        return (low + (high - low) * torch.rand(count, generator=self.generator)).to(self.device)

    def columns(self, count: int, width: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return (count, width) floats in [low, high): points, sizes, colours."""
        return torch.stack([self.uniform(count, low, high) for _ in range(width)], 1)

    def whole(self, count: int, limit: int) -> Tensor:
        """Return (count,) integers in [0, limit)."""
        return torch.randint(limit, (count,), generator=self.generator).to(self.device)

    def order(self, count: int) -> Tensor:
        """Return the numbers of ``range(count)`` in random order."""
        return torch.randperm(count, generator=self.generator)

    def chance(self, count: int, probability: float) -> Tensor:
        """Return (count,) booleans, true with the given probability."""
        return self.uniform(count) < probability

    def picked(self, count: int, probability: float) -> Tensor:
        """Return the numbers of a random subset of ``range(count)``."""
        return self.chance(count, probability).nonzero().squeeze(1)

    def normal(self, *shape: int) -> Tensor:
        """Return standard normal floats of the given shape."""
        return torch.randn(*shape, generator=self.generator).to(self.device)
