"""The whole way of a pair, as the app goes it: candidates by fingerprint, then judged one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.candidates import crop_search
from dpm_tui.pipeline.candidates.nearest_neighbours import FLOOR, NEIGHBOURS
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from models.training.evaluation.inference import Described

Picture = NDArray[np.uint8]
Vectors = NDArray[np.float32]
SAFE = (Kind.IDENTICAL, Kind.PIXELS, Kind.COPY)
"""Kinds that a rule may remove unseen."""


@dataclass(slots=True)
class Judged:
    """What verification made of the candidates between queries and references.

    ``scores`` (Q, R) are similarities, 0 where no pair was found; ``kinds`` are those of the true pairs.
    """

    scores: NDArray[np.float32]
    kinds: list[Kind | None] = field(default_factory=list)
    pairs: int = 0
    seconds: float = 0.0

    @property
    def milliseconds(self) -> float:
        """Milliseconds of one core that a pair took."""
        return 1e3 * self.seconds / max(self.pairs, 1)


def candidates(queries: Described, references: Described, threshold: float) -> NDArray[np.bool_]:
    """Return which pairs (Q, R) the app would look at if each query alone joined the references."""
    cosines = queries.whole @ references.whole.T
    chosen: NDArray[np.bool_] = cosines >= threshold
    below = np.where(chosen, -1, cosines)
    np.put_along_axis(chosen, np.argsort(-below, axis=1)[:, :NEIGHBOURS], True, axis=1)
    chosen &= cosines >= FLOOR
    # Each part brings the picture nearest to it: those of a query among the references, those of a reference
    # among the other references and that query.
    among = references.parts_to(references.small)
    among[np.arange(len(among)), :, np.arange(len(among))] = -1
    holding = queries.parts_to(references.small)
    chosen |= _near_enough(holding, holding)
    chosen |= _near_enough(references.parts_to(queries.small), among).T
    return chosen


def nearness(queries: Described, references: Described) -> Vectors:
    """Return the cosines (Q, R) by which pairs would be candidates: of wholes, or of a part and a whole."""
    nearest = np.maximum(queries.whole @ references.whole.T, queries.nearest_part(references))
    below_certain: Vectors = np.minimum(nearest, 0.999)
    return below_certain


def _near_enough(cosines: Vectors, rivals: Vectors) -> NDArray[np.bool_]:
    """Return (N, M): where any part comes nearer than its rivals (N, COUNT, R), or near for sure."""
    bars = np.clip(rivals.max(axis=2, keepdims=True), crop_search.FLOOR, crop_search.SURE)
    enough: NDArray[np.bool_] = (cosines >= bars).any(axis=1)
    return enough


def judge_all(
    queries: list[Picture],
    references: list[Picture],
    cosines: NDArray[np.float32],
    chosen: NDArray[np.bool_],
    truth: NDArray[np.int64],
) -> Judged:
    """Judge the chosen pairs of thumbnails (height, width, 3); ``truth`` (Q,) is each query's reference."""
    judge = AlignedJudge()
    result = Judged(np.zeros(cosines.shape, np.float32))
    for row, query in enumerate(queries):
        kind = None
        for column in np.flatnonzero(chosen[row]).tolist():
            began = time.process_time()
            verdict = judge.judge(query, references[column], float(cosines[row, column]))
            result.seconds += time.process_time() - began
            result.pairs += 1
            if verdict is not None:
                result.scores[row, column] = verdict.similarity
                kind = verdict.kind if column == truth[row] else kind
        result.kinds.append(kind)
    return result


def judge_pairs(pairs: Iterable[tuple[Picture, Picture]]) -> Counter[Kind | None]:
    """Return how many pairs of thumbnails got which kind, None for not alike."""
    judge = AlignedJudge()
    verdicts: list[Verdict | None] = [judge.judge(first, second, 0.9) for first, second in pairs]
    return Counter(verdict.kind if verdict else None for verdict in verdicts)
