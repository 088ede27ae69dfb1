"""Sight: what the judge remembers of one picture, so that its next candidate costs little."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.features import Features, find_features
from dpm_tui.pipeline.recent import Recent

Picture = NDArray[np.uint8]

KEPT = 900
"""Sights kept: at most 58 KB of features and 32 KB of orientations each, 81 MB."""
TINY = 32
"""Side of the squares that whole orientations are compared on."""


@dataclass(frozen=True)
class Sight:
    """What is kept of one picture; holds none of its pixels."""

    features: Features
    orientations: NDArray[np.float32]
    """A row for each of the eight orientations: lightness of 32 x 32 places, of mean 0 and length 1."""


class Sights:
    """Sights of the pictures seen last; safe for several threads."""

    def __init__(self) -> None:
        self._recent: Recent[bytes, Sight] = Recent(KEPT)

    def __len__(self) -> int:
        return len(self._recent)

    def of(self, picture: Picture) -> Sight:
        """Return the sight of an RGB picture (height, width, 3)."""
        digest = hashlib.sha256(np.ascontiguousarray(picture).data)
        digest.update(str(picture.shape).encode())
        return self._recent.get(digest.digest(), lambda: _look(picture))


def _look(picture: Picture) -> Sight:
    grey: NDArray[Any] = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    tiny = cv2.resize(grey, (TINY, TINY), interpolation=cv2.INTER_AREA).astype(np.float32)
    tiny -= tiny.mean()
    length = math.sqrt(float((tiny**2).sum()))
    tiny /= np.float32(max(length, 1e-3))
    turned: NDArray[Any] = np.stack([orient(tiny, k).ravel() for k in range(8)])
    return Sight(find_features(grey), turned)


def orient(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return one of the eight orientations: quarter turns to the left, mirrored first from 4 on."""
    mirrored = picture[:, ::-1] if orientation >= 4 else picture
    turned: NDArray[Any] = np.ascontiguousarray(np.rot90(mirrored, orientation % 4))
    return turned


def likenesses(one: Sight, other: Sight) -> list[float]:
    """Return how alike the first picture is to each orientation of the second: correlation of lightness.

    The sign is dropped, so that a negative is alike too.
    """
    found: list[float] = np.abs(other.orientations @ one.orientations[0]).tolist()
    return found
