"""Candidate gate: tells from a first look whether two pictures are worth to be laid over each other.

Most candidates are near only by their fingerprints. A coarse look costs a tenth of comparing them.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.descriptors import (
    DescribedPicture,
    gradient_correlation,
    holds_on_ground,
    match_coarse_features,
    may_contain,
    orientation_correlations,
)
from dpm_tui.pipeline.comparison.score_network import ScoreNetwork

WEIGHTS = "candidate_gate.npz"
"""Beside this file; written by ``models/training/verifier/fit_candidate_gate.py``."""
HOPELESS, DOUBTFUL = -6.2, -2.0
"""Odds, as logarithms, below which a candidate is not compared, and below which it is only if one picture may
contain the other at a glance: parts of plain drawings have little else to be known by. Of 4,900 true pairs,
half of them collages, screens and other hard copies, one in 1,000 is lost that way, weak variants apart; of
pictures that are no pair three in four go."""
PLAIN = 30
"""Features up to which a glance is taken in any case: the network has little to go by."""
ALIKE, ALIKE_PLAIN = 0.9, 0.6
"""Correlation of two whole pictures, one of them turned or not, from which a doubtful pair is compared."""
EVIDENT = 0.9
"""Cosine from which whole pictures that are alike are compared without a look at their features."""
ASKED_FOR = 1.0
"""Cosine of pairs that somebody asked for: those are always compared."""


def is_hopeless(one: DescribedPicture, other: DescribedPicture, cosine: float) -> bool:
    """Return whether a candidate need not be compared."""
    if cosine >= ASKED_FOR or (cosine >= EVIDENT and max(orientation_correlations(one, other)) >= ALIKE):
        return False
    odds = _network().score(describe(one, other, cosine))
    if odds >= DOUBTFUL or holds_on_ground(one, other) or holds_on_ground(other, one):
        return False
    plain = min(len(one.coarse_features), len(other.coarse_features)) <= PLAIN
    if odds < HOPELESS and not plain:
        return True
    alike = max(orientation_correlations(one, other)) >= (ALIKE_PLAIN if plain else ALIKE)
    return not alike and not may_contain(one, other)


def describe(one: DescribedPicture, other: DescribedPicture, cosine: float) -> NDArray[np.float64]:
    """Return what a first look says of two pictures, whatever their order."""
    upright, *turned = orientation_correlations(one, other)
    best = int(np.argmax(turned)) + 1
    turned_best = max(upright, turned[best - 1])
    slopes = gradient_correlation(one, other)
    slopes_best = max(slopes, gradient_correlation(one, other, best) if turned_best > upright else 0.0)
    aspects = [math.log(p.picture.shape[1] / p.picture.shape[0]) for p in (one, other)]
    colours = np.abs(one.colours - other.colours)
    few, many = sorted(map(len, (one.coarse_features, other.coarse_features)))
    found = match_coarse_features(one, other)
    matches = sorted(found.counts) if found else [0, 0]
    alignment = found.alignment if found else None
    inliers = alignment.inliers if alignment else 0
    return np.array(
        [
            cosine,
            upright,
            turned_best - upright,
            slopes,
            slopes_best,
            abs(aspects[0] - aspects[1]),
            float(colours[:3].mean()),
            float(colours[3:].mean()),
            *np.log1p([few, many, *matches]).tolist(),
            matches[1] / max(few, 4),
            math.log1p(inliers),
            float(inliers > 0),
        ]
    )


@cache
def _network() -> ScoreNetwork:
    with (files("dpm_tui.pipeline.verification") / WEIGHTS).open("rb") as stream, np.load(stream) as table:
        return ScoreNetwork(*(table[part] for part in ("middle", "spread", "inner", "outer")))
