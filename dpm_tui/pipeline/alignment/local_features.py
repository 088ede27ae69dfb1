"""Features: the distinctive points of a picture and what is around each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

COUNT = 400
"""Features a picture: enough for a crop to a quarter of the area; more would cost more to match."""
SIDE = 176
"""Long side in pixels that features are found at; SIFT looks at twice that first."""
COARSE_SIDE, COARSE_COUNT = 88, 150
"""Side and features for a first look, at a fifth of the cost."""
FAINTEST = 0.005
"""Contrast from which a point counts; an eighth of what Lowe (2004) proposes, for skies and drawings."""
SHORTEST = 16
"""Sides below this hold no features."""


@dataclass(frozen=True)
class Features:
    """Points of a picture in its own pixels, as arrays with a row a feature."""

    points: NDArray[np.complex64]
    """Right + i down."""
    poses: NDArray[np.complex64]
    """Size in pixels, and main direction as the angle of the number."""
    coded: NDArray[np.uint8]
    """SIFT descriptors, 128 bytes each."""
    width: int
    """Of the picture, in pixels."""

    def __len__(self) -> int:
        return len(self.points)

    @property
    def descriptors(self) -> NDArray[np.float32]:
        """Unit vectors, one a row: RootSIFT (Arandjelovic and Zisserman 2012). Made each time: they take
        four times the memory of what they are made of."""
        vectors = np.sqrt(self.coded, dtype=np.float32)
        # The squares of the roots are the numbers themselves.
        lengths = np.sqrt(self.coded.sum(axis=1, dtype=np.float32))
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-6))[:, None]
        return unit

    @property
    def mirrored(self) -> Features:
        """The features that the mirrored picture has.

        A mirrored patch has its rows of cells reversed across the main direction and its gradient
        directions negated (Guo and Cao 2010, MIFT).
        """
        points = (self.width - 1 - self.points.conj()).astype(np.complex64)
        return Features(points, -self.poses.conj(), self.coded[:, _FLIP], self.width)


def mirror_descriptors(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vectors that the mirrored picture has."""
    return np.take(descriptors, _FLIP, axis=1)


_CELLS = np.arange(128).reshape(4, 4, 8)
_FLIP = _CELLS[::-1, :, (-np.arange(8)) % 8].ravel()


def find_features(grey: Picture, side: int = SIDE, count: int = COUNT) -> Features:
    """Return the features of a grey picture (height, width), found with its long side at ``side`` pixels.

    SIFT (Lowe 2004), the strongest ``count``.
    """
    height, width = grey.shape
    if min(height, width) < SHORTEST:
        return _nothing(width)
    factor = min(1.0, side / max(height, width))
    small: NDArray[Any] = grey
    if factor < 1:
        size = (max(round(width * factor), 1), max(round(height * factor), 1))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    # An own finder each time: it takes no time to make, and one shared by threads is not promised to work.
    keypoints, descriptors = cv2.SIFT.create(count, contrastThreshold=FAINTEST).detectAndCompute(small, None)
    if len(keypoints) == 0:
        return _nothing(width)
    keypoints, descriptors = keypoints[:count], descriptors[:count]
    grow = width / small.shape[1], height / small.shape[0]
    found = np.array([(*k.pt, k.size, k.angle) for k in keypoints], np.float32)
    points = (found[:, 0] + 0.5) * grow[0] - 0.5 + 1j * ((found[:, 1] + 0.5) * grow[1] - 0.5)
    poses = found[:, 2] * (grow[0] * grow[1]) ** 0.5 * np.exp(1j * np.radians(found[:, 3]))
    coded = np.clip(descriptors, 0, 255).astype(np.uint8)
    return Features(points.astype(np.complex64), poses.astype(np.complex64), coded, width)


def _nothing(width: int) -> Features:
    none = np.zeros(0, np.complex64)
    return Features(none, none, np.zeros((0, 128), np.uint8), width)
