"""Tree ensemble: boosted decision trees, fitted elsewhere, evaluated here with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "inspection.npz"
"""Beside this file; written by ``models/training/inspection/fit.py``, which says from what pictures."""


@dataclass(frozen=True)
class TreeEnsemble:
    """The nodes of all trees, a row a tree; a leaf leads to itself."""

    features: NDArray[np.int16]
    thresholds: NDArray[np.float32]
    lefts: NDArray[np.int16]
    rights: NDArray[np.int16]
    values: NDArray[np.float32]
    base: float
    depth: int

    def score(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithm of the odds of a yes for each row of inputs (Friedman 2001)."""
        trees = np.arange(len(self.features))[None]
        rows = np.arange(len(inputs))[:, None]
        nodes = np.zeros((len(inputs), len(self.features)), np.int64)
        for _ in range(self.depth):
            goes_left = inputs[rows, self.features[trees, nodes]] <= self.thresholds[trees, nodes]
            nodes = np.where(goes_left, self.lefts[trees, nodes], self.rights[trees, nodes])
        total: NDArray[np.float64] = self.base + self.values[trees, nodes].astype(np.float64).sum(axis=1)
        return total


@cache
def tree_ensemble(name: str) -> TreeEnsemble:
    """Return the ensemble ``better`` or ``changed``."""
    with (files("dpm_tui.pipeline.inspection") / WEIGHTS).open("rb") as stream, np.load(stream) as table:
        return TreeEnsemble(
            features=table[f"{name}.features"],
            thresholds=table[f"{name}.thresholds"],
            lefts=table[f"{name}.lefts"],
            rights=table[f"{name}.rights"],
            values=table[f"{name}.values"],
            base=float(table[f"{name}.base"]),
            depth=int(table[f"{name}.depth"]),
        )
