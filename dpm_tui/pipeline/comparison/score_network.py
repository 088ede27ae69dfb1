"""Score network: a small network that scores what comparing two pictures found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

WEIGHTS = "verifier.npz"
"""Beside this file; written by ``models/training/verifier/fit.py``, which says from what pictures."""
FARTHEST = 5.0
"""Standard deviations at which an input is cut off: nothing stranger was learned from."""


@dataclass(frozen=True)
class ScoreNetwork:
    """One hidden layer of tanh over standardised inputs."""

    middle: Numbers
    spread: Numbers
    inner: Numbers
    """A row an input, a column a hidden number; the last row is the bias."""
    outer: Numbers
    """A weight a hidden number, of one answer or a row of several; the last is the bias."""

    def score(self, inputs: NDArray[np.float64]) -> float:
        """Return the logarithm of the odds of a yes."""
        return float(self.scores(inputs))

    def scores(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithm of the odds of each answer."""
        standard = np.clip((inputs - self.middle) / self.spread, -FARTHEST, FARTHEST)
        hidden = np.tanh(standard @ self.inner[:-1] + self.inner[-1])
        found: NDArray[np.float64] = hidden @ self.outer[:-1] + self.outer[-1]
        return found


@cache
def score_network_named(name: str) -> ScoreNetwork:
    """Return the head ``changed`` or ``overlay``."""
    with (files("dpm_tui.pipeline.comparison") / WEIGHTS).open("rb") as stream, np.load(stream) as table:
        return ScoreNetwork(*(table[f"{name}.{part}"] for part in ("middle", "spread", "inner", "outer")))
