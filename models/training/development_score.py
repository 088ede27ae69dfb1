"""The score by which a training keeps its best weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.neural.copy_network import CopyNet, Shape, squash
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import HeldOutCopies, thumbnail
from models.training.evaluation.candidate_recall import recall_by_budget
from models.training.evaluation.inference import Described

SAMPLE, EDITS = 120, 7
KINDS = ("photo", "illustration")
BUDGETS = (1.5, 2.0, 3.0)
"""Candidates a copy that are allowed."""
HARD = 0.4
"""Weight of the hard transforms."""
OWN = 0.75
"""Weight of pictures of the model's own kind: the automatic choice errs, and describes parts by one model."""


class Development:
    """Share of true pairs among the candidates of held-out copies; the same copies at every call."""

    def __init__(self, data: Path, model: str, side: int = Shape().input_px) -> None:
        self._trials = {kind: _Trial(data, kind, side) for kind in KINDS}
        self._model = model

    def score(self, net: CopyNet, device: torch.device) -> float:
        """Return the weighted recall of the network over both kinds, 0 to 1."""
        by_kind = {kind: trial.score(net, device) for kind, trial in self._trials.items()}
        return sum((OWN if kind == self._model else 1 - OWN) * score for kind, score in by_kind.items())


class _Trial:
    """Held-out pictures of one kind and their copies, as squares."""

    def __init__(self, data: Path, kind: str, side: int) -> None:
        held_out = HeldOutCopies.of_archives(data, f"dev-{kind}", seed=11)
        copies = list(held_out.copies(SAMPLE, EDITS))
        self._originals = _squares([thumbnail(picture) for picture in held_out.originals], side)
        self._copies = _squares([thumbnail(copy.picture) for copy in copies], side)
        self._truth = np.array([copy.original for copy in copies], dtype=np.int64)
        self._hard = np.array([TRANSFORMS[copy.edit].hard for copy in copies])

    def score(self, net: CopyNet, device: torch.device) -> float:
        """Return the recall over ordinary and hard transforms, the mean of some budgets."""
        queries, references = (Described.of(net, s, device) for s in (self._copies, self._originals))
        found = recall_by_budget(queries, references, self._truth, BUDGETS).mean(axis=0)
        return float((1 - HARD) * found[~self._hard].mean() + HARD * found[self._hard].mean())


def _squares(thumbnails: list[NDArray[np.uint8]], side: int) -> NDArray[np.uint8]:
    return np.stack([squash(picture, side) for picture in thumbnails])
