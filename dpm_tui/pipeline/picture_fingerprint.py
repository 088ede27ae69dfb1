"""The fingerprint of a picture: what the models say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the models say of one picture.

    ``model`` is the model that fits it (the one asked for, or the automatic choice).
    ``vectors`` maps a model's name to a unit vector of shape (dims,), float32; in automatic
    choice a doubtful picture carries one of each model, so that its copies are met in either.
    ``parts`` are, in a row and all by one model, its vector as parts of others are compared with it, at half
    the side, and those of its own parts.
    """

    model: str
    vectors: Mapping[str, NDArray[np.float32]]
    parts: NDArray[np.float32]
