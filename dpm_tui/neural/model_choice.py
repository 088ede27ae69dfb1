"""Model choice: whether a picture is a photograph or an illustration, and which models describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.neural.kind_network import KindNet, seen
from dpm_tui.neural.model_manifest import ChoiceFile
from dpm_tui.neural.weights import read_checked
from dpm_tui.pipeline.candidates.texture_statistics import measure_texture
from dpm_tui.pipeline.comparison.score_network import ScoreNetwork

Numbers = NDArray[np.float64]
LAYERS = ("middle", "spread", "inner", "outer")
LOOK, STATISTICS = "look.", "statistics."
"""What the names of the weights of the two networks begin with."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Two opinions, of which the mean counts.

    ``look`` sees the picture itself, ``statistics`` the numbers of its texture and the style of the features
    that the model for photographs has of it. ``doubt`` is the logit below which, either way, it is left open
    what a picture is.
    """

    look: KindNet
    statistics: ScoreNetwork
    doubt: float

    def choose(self, squares: NDArray[np.uint8], pixels: Tensor, style: Tensor) -> list[tuple[str, ...]]:
        """Return for each picture the names of the models that are to describe it, the fitting one first.

        ``pixels`` (B, 3, side, side) in 0..1 are the ``squares`` (B, side, side, 3).
        """
        return [self.models(logit) for logit in self.logits(squares, pixels, style).tolist()]

    def models(self, logit: float) -> tuple[str, ...]:
        """Return what a logit chooses: one model, or both if it is in doubt."""
        fitting = ("illustration", "photo") if logit > 0 else ("photo", "illustration")
        return fitting if abs(logit) < self.doubt else fitting[:1]

    def logits(self, squares: NDArray[np.uint8], pixels: Tensor, style: Tensor) -> Numbers:
        """Return logits (B,): above 0 an illustration."""
        looked = self.look(seen(pixels)).float().cpu().numpy()
        measured = self.statistics.scores(choice_inputs(squares, style).astype(np.float64))
        return (looked + measured) / 2  # type: ignore[no-any-return]


def choice_inputs(squares: NDArray[np.uint8], style: Tensor) -> NDArray[np.float32]:
    """Return (B, inputs): the texture of squares (B, side, side, 3), and the style of their features."""
    texture = np.stack([measure_texture(square) for square in squares])
    return np.concatenate([texture, style.float().cpu().numpy()], axis=1)


def load_choice(file: ChoiceFile, device: torch.device) -> ModelChoice:
    """Return the choice that a file holds; raises DpmError naming it if it cannot be used."""
    content = read_checked(file.path, file.sha256)
    try:
        tensors = {name: tensor.float() for name, tensor in load_tensors(content).items()}
        look = KindNet()
        look.load_state_dict(_named(tensors, LOOK))
        layers = _named(tensors, STATISTICS)
        statistics = ScoreNetwork(*(layers[name].numpy() for name in LAYERS))
        placed = look.fold().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return ModelChoice(placed, statistics, float(tensors["doubt"]))
    except (SafetensorError, KeyError, RuntimeError, ValueError) as error:
        shown = display_name(str(file.path))
        raise DpmError("weights_unusable", path=shown, reason=str(error)[:200]) from error


def _named(tensors: Mapping[str, Tensor], start: str) -> dict[str, Tensor]:
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
