"""Alignment: the turn, mirroring, scale and shift that lay one picture over another."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Matrix = NDArray[np.float64]

FEATURES = 400
"""Features a picture: enough for a crop to 40 % of the area; twice as many doubles the cost of matching."""
FEATURE_SIDE = 192
"""Long side in pixels that features are found at: half the time of 256, the same share of pairs aligned."""
KEPT = 512
"""Pictures whose features are kept: at most 512 * 400 * (128 + 8) bytes, 28 MB."""
RATIO = 0.82
"""A match counts when its nearest neighbour is this much nearer than the second (Lowe 2004)."""
REACH = 3.0
"""Pixels, at thumbnail size, that an inlier may lie off."""
INLIERS = 7
"""Fewest matches that may agree on an alignment: random pairs reach six."""
TINY = 32
"""Side of the squares that whole orientations are compared on."""
SHORTEST = 16
"""Sides below this hold no features."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the second picture lies over the first."""

    matrix: Matrix
    """Two rows of three numbers: from pixels of the second picture, mirrored first if so, to the first's."""
    mirrored: bool
    inliers: int

    @property
    def scale(self) -> float:
        """Pixels of the first picture for one of the second."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))

    @property
    def angle(self) -> float:
        """Rotation in degrees, -180 to 180."""
        return math.degrees(math.atan2(self.matrix[1, 0], self.matrix[0, 0]))


@dataclass(frozen=True)
class Features:
    """Points of a picture, in its own pixels, and unit SIFT descriptors stored as bytes."""

    points: NDArray[np.float32]
    coded: NDArray[np.uint8]

    @cached_property
    def _flip(self) -> NDArray[np.intp]:
        cells = np.arange(128).reshape(4, 4, 8)
        return cells[::-1, :, (-np.arange(8)) % 8].ravel()

    def descriptors(self, mirrored: bool = False) -> NDArray[np.float32]:
        """Return unit vectors, one a row; mirrored ones are what a mirrored picture would give.

        A mirrored patch has its rows of cells reversed across the main direction and its gradient
        directions negated (Guo and Cao 2010, MIFT).
        """
        coded = self.coded[:, self._flip] if mirrored else self.coded
        vectors = np.sqrt(coded.astype(np.float32))
        unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return unit


class Aligner:
    """Finds alignments; keeps the features of the last pictures it saw."""

    def __init__(self) -> None:
        self._sift = cv2.SIFT.create(FEATURES)
        self._features: OrderedDict[bytes, Features] = OrderedDict()

    def align(self, first: Picture, second: Picture) -> Alignment | None:
        """Return how two RGB pictures of any size lie over each other, or None if nothing fits.

        SIFT (Lowe 2004) with RootSIFT descriptors (Arandjelovic and Zisserman 2012), ratio test and a
        similarity transform by RANSAC, which OpenCV seeds the same every time.
        """
        one, other = self.features(first), self.features(second)
        if min(len(one.points), len(other.points)) < INLIERS:
            return None
        best: Alignment | None = None
        for mirrored in (False, True):
            found = _fit(one, other, mirrored, second.shape[1])
            if found is not None and (best is None or found.inliers > best.inliers):
                best = found
            if best is not None and best.inliers >= 3 * INLIERS:
                break
        return best

    def features(self, picture: Picture) -> Features:
        """Return the features of an RGB picture."""
        key = hashlib.blake2b(picture.tobytes() + str(picture.shape).encode(), digest_size=16).digest()
        known = self._features.get(key)
        if known is not None:
            self._features.move_to_end(key)
            return known
        found = self._find(picture)
        self._features[key] = found
        if len(self._features) > KEPT:
            self._features.popitem(last=False)
        return found

    def _find(self, picture: Picture) -> Features:
        height, width = picture.shape[:2]
        nothing = Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))
        if min(height, width) < SHORTEST:
            return nothing
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        factor = min(1.0, FEATURE_SIDE / max(height, width))
        if factor < 1:
            size = (max(round(width * factor), 1), max(round(height * factor), 1))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        keypoints, descriptors = self._sift.detectAndCompute(grey, None)
        if len(keypoints) == 0:
            return nothing
        points = np.array([k.pt for k in keypoints[:FEATURES]], np.float32)
        ratio = np.array([width / grey.shape[1], height / grey.shape[0]], np.float32)
        coded = np.clip(descriptors[:FEATURES], 0, 255).astype(np.uint8)
        return Features((points + 0.5) * ratio - 0.5, coded)


def _fit(one: Features, other: Features, mirrored: bool, width: int) -> Alignment | None:
    likeness = other.descriptors(mirrored) @ one.descriptors().T
    nearest = np.argmax(likeness, axis=1)
    rows = np.arange(len(likeness))
    top = likeness[rows, nearest]
    likeness[rows, nearest] = -1
    second = likeness.max(axis=1)
    good = (1 - top) < RATIO**2 * (1 - second)
    if int(good.sum()) < INLIERS:
        return None
    source, goal = other.points[good].copy(), one.points[nearest[good]]
    if mirrored:
        source[:, 0] = width - 1 - source[:, 0]
    matrix, inliers = cv2.estimateAffinePartial2D(
        source, goal, method=cv2.RANSAC, ransacReprojThreshold=REACH, maxIters=800, confidence=0.995
    )
    if matrix is None:
        return None
    chosen = inliers.ravel() > 0
    distinct = len({(round(float(x) / 2), round(float(y) / 2)) for x, y in source[chosen]})
    distinct = min(distinct, len({(round(float(x) / 2), round(float(y) / 2)) for x, y in goal[chosen]}))
    return Alignment(matrix, mirrored, distinct) if distinct >= INLIERS else None


def orient(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return one of the eight orientations: quarter turns to the left, mirrored first from 4 on."""
    mirrored = picture[:, ::-1] if orientation >= 4 else picture
    turned: NDArray[Any] = np.ascontiguousarray(np.rot90(mirrored, orientation % 4))
    return turned


def likenesses(first: Picture, second: Picture) -> list[float]:
    """Return how alike the first picture is to each orientation of the second: correlation of lightness.

    The sign is dropped, so that a negative is alike too.
    """
    one, other = (
        cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (TINY, TINY), interpolation=cv2.INTER_AREA)
        for p in (first, second)
    )
    base = one.astype(np.float32) - one.mean()
    found = []
    for orientation in range(8):
        turned = orient(other, orientation).astype(np.float32) - other.mean()
        size = math.sqrt(float((base**2).sum()) * float((turned**2).sum()))
        found.append(abs(float((base * turned).sum())) / size if size > 0 else 0.0)
    return found
