"""Vectors of the latest batches: more negatives than a batch can hold."""

from __future__ import annotations

import torch
from torch import Tensor


class Memory:
    """A ring of detached vectors and the numbers of their pictures.

    Cross-batch memory (Wang et al. 2020): the network moves so slowly that vectors of some steps
    ago are still good negatives, at the cost of one product of matrices.
    """

    def __init__(self, size: int, dims: int, device: torch.device) -> None:
        self.vectors = torch.zeros(size, dims, device=device)
        self.numbers = torch.full((size,), -1, dtype=torch.long)
        self.at = 0

    @property
    def filled(self) -> Tensor:
        """Return the rows that hold a vector."""
        return (self.numbers >= 0).nonzero().squeeze(1)

    def add(self, vectors: Tensor, numbers: Tensor) -> None:
        """Put vectors (B, D) of pictures ``numbers`` (B,) in the place of the oldest."""
        rows = (torch.arange(len(vectors)) + self.at) % len(self.numbers)
        self.vectors[rows.to(self.vectors.device)] = vectors.detach()
        self.numbers[rows] = numbers
        self.at = int(self.at + len(vectors)) % len(self.numbers)

    def state(self) -> dict[str, Tensor | int]:
        """Return everything that a checkpoint must keep."""
        return {"vectors": self.vectors, "numbers": self.numbers, "at": self.at}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take over what ``state`` returned."""
        self.vectors.copy_(state["vectors"])
        self.numbers.copy_(state["numbers"])
        self.at = int(state["at"])
