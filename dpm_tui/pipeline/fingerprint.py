"""Fingerprint stage: one unit vector per thumbnail and model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MODELS = ("photo", "illustration")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the models say of one picture.

    ``model`` is the model that fits it (the one asked for, or the automatic choice).
    ``vectors`` maps a model's name to a unit vector of shape (dims,), float32; in automatic
    choice a doubtful picture carries one of each model, so that its copies are met in either.
    """

    model: str
    vectors: Mapping[str, NDArray[np.float32]]


class Embedder(Protocol):
    """Turns thumbnails into fingerprints."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Model name -> hex digest of its weights; vectors of another digest are not comparable."""

    def embed(self, thumbnails: Sequence[NDArray[np.uint8]]) -> list[Fingerprint]:
        """Return one fingerprint per thumbnail, each an RGB array of shape (height, width, 3)."""
