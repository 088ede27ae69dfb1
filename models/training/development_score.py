"""The score by which a training keeps its best weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from dpm_tui.neural.copy_network import CopyNet, Shape, squash
from models.training.data.held_out_copies import HeldOutCopies, thumbnail
from models.training.evaluation.inference import describe
from models.training.evaluation.metrics import rank

SAMPLE, EDITS = 250, 6


class Development:
    """Micro average precision on copies of held-out pictures; the same copies at every call."""

    def __init__(self, data: Path, model: str, side: int = Shape().input_px) -> None:
        trial = HeldOutCopies.of_archives(data, f"dev-{model}", seed=11)
        self.originals = np.stack([squash(thumbnail(picture), side) for picture in trial.originals])
        copies = list(trial.copies(SAMPLE, EDITS))
        self.copies = np.stack([squash(thumbnail(copy.picture), side) for copy in copies])
        self.truth = np.array([copy.original for copy in copies], dtype=np.int64)

    def score(self, net: CopyNet, device: torch.device) -> float:
        """Return the micro average precision of the network, 0 to 1."""
        originals = describe(net, self.originals, device)
        copies = describe(net, self.copies, device)
        return rank(copies @ originals.T, self.truth).average_precision
