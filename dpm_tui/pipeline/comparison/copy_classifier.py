"""Copy classifier: whether two pictures of one frame are copies, colours included."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.difference import Difference
from dpm_tui.pipeline.comparison.recolouring import Tint
from dpm_tui.pipeline.comparison.score_network import ScoreNetwork

WEIGHTS = "copy_classifier.npz"
"""Beside this file; written by ``models/training/verifier/fit_copy_classifier.py``."""


class Cause(IntEnum):
    """What sets two pictures of one frame apart."""

    NOTHING = 0
    """Saved again, resized, cut to a palette or lightly toned: a copy."""
    COLOURS = 1
    """Parts have other colours."""
    CONTENT = 2
    """A part shows something else, or something lies on it."""
    TONE = 3
    """The whole has a strong tone: grey, sepia, a filter."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """How likely each cause is: logarithms of odds that it is that and no other."""

    copy: float
    colours: float
    tone: float
    """Odds against other colours of parts only."""


def inputs(difference: Difference, tint: Tint) -> NDArray[np.float64]:
    """Return what the network sees of a pair."""
    return np.append(difference.features, tint.traits)


def weigh(difference: Difference, tint: Tint) -> Sameness:
    """Return what comparing two pictures without a mask makes likely."""
    scores = _net().scores(inputs(difference, tint))
    rest = float(np.logaddexp.reduce(scores[Cause.COLOURS :]))
    others = float(np.logaddexp.reduce(scores[[Cause.NOTHING, Cause.CONTENT, Cause.TONE]]))
    return Sameness(
        copy=float(scores[Cause.NOTHING]) - rest,
        colours=float(scores[Cause.COLOURS]) - others,
        tone=float(scores[Cause.TONE] - scores[Cause.COLOURS]),
    )


SAME = Sameness(copy=20.0, colours=-20.0, tone=0.0)
"""What pictures of equal pixels have."""


@cache
def _net() -> ScoreNetwork:
    with (files("dpm_tui.pipeline.comparison") / WEIGHTS).open("rb") as stream, np.load(stream) as table:
        return ScoreNetwork(*(table[part] for part in ("middle", "spread", "inner", "outer")))
