"""How many true pairs are among the candidates, when only so many may be looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.crop_search import FLOOR as PART_FLOOR
from dpm_tui.pipeline.candidates.nearest_neighbours import FLOOR
from models.training.evaluation.end_to_end import candidates
from models.training.evaluation.inference import Described


def recall_by_budget(
    queries: Described, references: Described, truth: NDArray[np.int64], budgets: Sequence[float]
) -> NDArray[np.float32]:
    """Return (budgets, Q): 1 where a query's reference is among the candidates that a budget allows.

    Of the candidates that the app makes the nearest are kept, over all queries as many as ``budgets`` times
    their number. Weights are compared fairly that way: one that brings more pairs must bring better ones.
    """
    chosen = candidates(queries, references, THRESHOLD)
    whole = (queries.whole @ references.whole.T - FLOOR) / (1 - FLOOR)
    parts = queries.nearest_part(references)
    nearness = np.where(chosen, np.maximum(whole, (parts - PART_FLOOR) / (1 - PART_FLOOR)), -1)
    ordered = np.sort(nearness, axis=None)[::-1]
    right = nearness[np.arange(len(truth)), truth]
    rows = []
    for budget in budgets:
        least = max(float(ordered[min(round(budget * len(truth)), len(ordered)) - 1]), 0.0)
        rows.append(right >= least)
    return np.stack(rows).astype(np.float32)


THRESHOLD = 0.8
"""Cosine from which two wholes are a candidate, as the manifest has it."""
