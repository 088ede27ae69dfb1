"""Tree ensemble: boosted decision trees, fitted elsewhere, evaluated here with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

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
        roots, features, thresholds, lefts, rights, values = self._nodes
        many, wide = inputs.shape
        flat = np.ascontiguousarray(inputs).ravel()
        rows = (np.arange(many) * wide)[:, None]
        nodes = np.broadcast_to(roots, (many, len(roots)))
        for _ in range(self.depth):
            goes_left = flat.take(rows + features.take(nodes)) <= thresholds.take(nodes)
            nodes = np.where(goes_left, lefts.take(nodes), rights.take(nodes))
        total: NDArray[np.float64] = self.base + values.take(nodes).sum(axis=1)
        return total

    @cached_property
    def _nodes(self) -> tuple[NDArray[Any], ...]:
        """Where each tree begins, then the nodes of all trees in one row, which is quicker to look up."""
        trees, length = self.features.shape
        roots = np.arange(trees) * length
        return (
            roots,
            self.features.ravel().astype(np.int64),
            self.thresholds.ravel(),
            (self.lefts + roots[:, None]).ravel(),
            (self.rights + roots[:, None]).ravel(),
            self.values.ravel().astype(np.float64),
        )


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
