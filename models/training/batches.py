"""Which pictures make up a batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Batches:
    """Draws batches of picture numbers: half at random, half such as make hard negatives.

    Hard are pictures of one source (flowers against flowers), and as soon as there are
    ``neighbours``, pictures that the network itself takes to be near. What is drawn depends on
    the seed, the step and the neighbours alone, so that a resumed training sees what an unbroken
    one would.
    """

    def __init__(
        self,
        sources: NDArray[np.int64],
        size: int,
        seed: int,
        own: NDArray[np.bool_],
        share: float,
        run: int = 16,
    ) -> None:
        """``share`` of a batch are of the model's ``own`` kind (N,), the rest of the other kind."""
        self.size, self.seed, self.run = size, seed, run
        self.members = [np.flatnonzero(sources == source) for source in np.unique(sources)]
        self.total = len(sources)
        of_kind = np.array([own[members[0]] for members in self.members])
        self.weights = _shared(np.sqrt([len(members) for members in self.members]), of_kind, share)
        self.chances = _shared(np.ones(self.total), own, share)
        self.neighbours: NDArray[np.int64] | None = None
        """(N, K) numbers of the nearest unlike pictures of each."""

    def draw(self, step: int) -> NDArray[np.int64]:
        """Return ``size`` distinct picture numbers (fewer if the set is smaller)."""
        rng = np.random.default_rng((self.seed, step))
        hard = self._of_one_source(rng) if self.neighbours is None else self._near(rng, self.neighbours)
        few = min(self.size, int(np.count_nonzero(self.chances)))
        spread = rng.choice(self.total, few, replace=False, p=self.chances).tolist()
        return np.array(list(dict.fromkeys(hard + spread))[: self.size], dtype=np.int64)

    def _of_one_source(self, rng: np.random.Generator) -> list[int]:
        chosen: list[int] = []
        for _ in range(self.size // 2 // self.run):
            members = self.members[rng.choice(len(self.members), p=self.weights)]
            chosen.extend(rng.choice(members, min(self.run, len(members)), replace=False).tolist())
        return chosen

    def _near(self, rng: np.random.Generator, neighbours: NDArray[np.int64]) -> list[int]:
        chosen: list[int] = []
        few = min(self.run // 2 - 1, neighbours.shape[1])
        for anchor in rng.choice(
            self.total, self.size // 2 // (few + 1), replace=False, p=self.chances
        ).tolist():
            chosen.extend([anchor, *rng.choice(neighbours[anchor], few, replace=False).tolist()])
        return chosen


def _shared(weights: NDArray[np.float64], own: NDArray[np.bool_], share: float) -> NDArray[np.float64]:
    """Return weights that sum to ``share`` over the own ones and to the rest over the others."""
    shared = np.zeros(len(weights))
    for chosen, part in ((own, share), (~own, 1 - share)):
        if chosen.any():
            shared[chosen] = part * weights[chosen] / weights[chosen].sum()
    total: float = shared.sum()
    return shared / total
