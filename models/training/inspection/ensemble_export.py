"""Writes boosted trees as arrays that ``dpm_tui.pipeline.inspection.tree_ensemble`` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier


def ensemble_arrays(name: str, model: HistGradientBoostingClassifier) -> dict[str, NDArray[Any]]:
    """Return the nodes of every tree, a row a tree, under the names that the reader asks for."""
    trees = [predictors[0].nodes for predictors in model._predictors]
    most = max(map(len, trees))
    shape = (len(trees), most)
    features, lefts, rights = (np.zeros(shape, np.int16) for _ in range(3))
    thresholds, values = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for number, nodes in enumerate(trees):
        count = len(nodes)
        leaf = nodes["is_leaf"].astype(bool)
        own = np.arange(count)
        features[number, :count] = np.where(leaf, 0, nodes["feature_idx"])
        # Above the number at which the trees were split, as they are read in another precision.
        thresholds[number, :count] = np.where(leaf, np.inf, nodes["num_threshold"])
        lefts[number, :count] = np.where(leaf, own, nodes["left"])
        rights[number, :count] = np.where(leaf, own, nodes["right"])
        values[number, :count] = np.where(leaf, nodes["value"], 0)
    depth = max(int(nodes["depth"].max()) for nodes in trees)
    return {
        f"{name}.features": features,
        f"{name}.thresholds": thresholds,
        f"{name}.lefts": lefts,
        f"{name}.rights": rights,
        f"{name}.values": values,
        f"{name}.base": np.array(float(np.ravel(model._baseline_prediction)[0])),
        f"{name}.depth": np.array(depth),
    }


def write_ensembles(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write all arrays into one file."""
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
