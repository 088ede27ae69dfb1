from __future__ import annotations

import numpy as np

from models.training.evaluation.candidate_recall import THRESHOLD, recall_by_budget
from models.training.evaluation.end_to_end import candidates
from models.training.evaluation.inference import Described


def described(rng: np.random.Generator, base: np.ndarray, noise: float) -> Described:
    def near(shape: tuple[int, ...]) -> np.ndarray:
        vectors = base[:, None] if len(shape) == 3 else base
        vectors = vectors + noise * rng.normal(size=shape)
        return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)

    return Described(near(base.shape), near(base.shape), near((len(base), 5, base.shape[1])))


def test_a_budget_allows_the_nearest_candidates_alone() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(size=(40, 24))
    references, queries = described(rng, base, 0.1), described(rng, base[:20], 0.6)
    truth = np.arange(20)
    found = candidates(queries, references, THRESHOLD)[truth, truth]
    rows = recall_by_budget(queries, references, truth, (0.25, 1.0, 40.0))
    assert rows.shape == (3, 20)
    assert rows[0].sum() <= 5
    assert (np.diff(rows.sum(axis=1)) >= 0).all()
    assert np.array_equal(rows[2], found.astype(np.float32))
