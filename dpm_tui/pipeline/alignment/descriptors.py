"""Descriptors: what the judge remembers of one picture, so that its next candidate costs little."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.lru_cache import LruCache
from dpm_tui.pipeline.alignment.feature_alignment import Matches, match_features
from dpm_tui.pipeline.alignment.inner_quad import Corners, find_inner_quad, quad_matrix
from dpm_tui.pipeline.alignment.local_features import COARSE_COUNT, COARSE_SIDE, Features, find_features
from dpm_tui.pipeline.alignment.template_alignment import Glance, glance

Picture = NDArray[np.uint8]
Tiny = NDArray[np.float32]
"""Lightness of 32 x 32 places, of mean 0 and length 1."""
Slopes = NDArray[np.float32]
"""The slopes at 48 x 48 places across, then along; of length 1."""
Colours = NDArray[np.float64]
"""The means of red, green and blue, and how far each spreads."""

KEPT = 500
"""Pictures whose features and slopes are remembered: at most 58 and 18 KB each, 38 MB."""
KEPT_COARSE = 3000
"""Pictures of which a first look is remembered: 28 KB each, 47 at most."""
COLOURS = 8
"""Side of the squares that colours are compared on."""
SMALL = 48
"""Side of the squares that slopes are compared on."""
RIM, BARE = 4, 10.0
"""Places along the edges of an inner picture that may still show the ground, and spread of lightness in
levels below which it has nothing to be known by."""
ON_GROUND = 0.3
"""Correlation of slopes of an inner picture and another one that may be the same: one in 100 unrelated pairs
comes to 0.2, one in ten that are the same stays below 0.4."""
TINY = 32
"""Side of the squares that whole orientations are compared on."""


@dataclass(frozen=True)
class InnerPicture:
    """A picture that lies on a plain ground inside another one: its corners, and it alone made small."""

    corners: Corners
    small: Picture


@dataclass(frozen=True)
class _Memory:
    """Holds no pixels."""

    tiny: LruCache[bytes, Tiny] = field(default_factory=lambda: LruCache(KEPT_COARSE))
    small: LruCache[bytes, Picture] = field(default_factory=lambda: LruCache(KEPT_COARSE))
    inner: LruCache[bytes, InnerPicture | None] = field(default_factory=lambda: LruCache(KEPT_COARSE))
    slopes: LruCache[bytes, Slopes] = field(default_factory=lambda: LruCache(KEPT))
    colours: LruCache[bytes, Colours] = field(default_factory=lambda: LruCache(KEPT_COARSE))
    coarse: LruCache[bytes, Features] = field(default_factory=lambda: LruCache(KEPT_COARSE))
    features: LruCache[bytes, Features] = field(default_factory=lambda: LruCache(KEPT))
    matches: LruCache[tuple[bytes, bytes], Matches | None] = field(default_factory=lambda: LruCache(1))
    glances: LruCache[tuple[bytes, bytes], Glance] = field(default_factory=lambda: LruCache(1))


@dataclass(frozen=True)
class DescribedPicture:
    """A picture and what is remembered of it, worked out when first asked for."""

    picture: Picture
    digest: bytes
    memory: _Memory

    @property
    def tiny(self) -> Tiny:
        """The lightness of the picture, made tiny."""
        return self.memory.tiny.get(self.digest, lambda: _tiny(self.grey))

    @property
    def small(self) -> Picture:
        """The grey picture squashed to the square that slopes are compared on."""
        return self.memory.small.get(self.digest, lambda: _small(self.grey))

    @property
    def inner(self) -> InnerPicture | None:
        """The picture that lies on a plain ground inside this one; None where there is no such thing."""
        return self.memory.inner.get(self.digest, self._find_inner)

    def _find_inner(self) -> InnerPicture | None:
        corners = find_inner_quad(self.picture)
        if corners is None:
            return None
        matrix = quad_matrix(corners, (SMALL, SMALL))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        alone: NDArray[Any] = cv2.warpPerspective(self.grey, matrix, (SMALL, SMALL), flags=flags)
        return InnerPicture(corners, alone) if alone[RIM:-RIM, RIM:-RIM].std() >= BARE else None

    @property
    def slopes(self) -> Slopes:
        """The slopes across and along the picture made small."""
        return self.memory.slopes.get(self.digest, lambda: _slopes(self.small))

    @property
    def colours(self) -> Colours:
        """Mean and spread of each colour."""
        return self.memory.colours.get(self.digest, lambda: _colours(self.picture))

    @property
    def coarse_features(self) -> Features:
        """The features of the picture made small."""
        return self.memory.coarse.get(
            self.digest, lambda: find_features(self.grey, COARSE_SIDE, COARSE_COUNT)
        )

    @property
    def features(self) -> Features:
        """The features of the picture."""
        return self.memory.features.get(self.digest, lambda: find_features(self.grey))

    @property
    def grey(self) -> NDArray[Any]:
        """The lightness of the picture, worked out each time."""
        return cv2.cvtColor(self.picture, cv2.COLOR_RGB2GRAY)


class DescriptorCache:
    """Remembers the pictures seen last; safe for several threads."""

    def __init__(self) -> None:
        self._memory = _Memory()

    def of(self, picture: Picture) -> DescribedPicture:
        """Return the sight of an RGB picture (height, width, 3) in one piece of memory."""
        digest = hashlib.sha256(picture.data)
        digest.update(str(picture.shape).encode())
        return DescribedPicture(picture, digest.digest(), self._memory)


def match_coarse_features(one: DescribedPicture, other: DescribedPicture) -> Matches | None:
    """Return which features of two pictures made small match, None where there are too few to align them.

    That of the last pair is remembered.
    """
    return one.memory.matches.get(
        (one.digest, other.digest), lambda: match_features(one.coarse_features, other.coarse_features)
    )


def glance_at(one: DescribedPicture, other: DescribedPicture) -> Glance:
    """Return where, at a glance, one of two pictures may contain the other upright.

    That of the last pair is remembered.
    """
    return one.memory.glances.get((one.digest, other.digest), lambda: glance(one.grey, other.grey))


def may_contain(one: DescribedPicture, other: DescribedPicture) -> bool:
    """Return whether, at a glance, one of two pictures may contain the other upright."""
    return glance_at(one, other).promises


def holds_on_ground(one: DescribedPicture, other: DescribedPicture) -> bool:
    """Return whether, at a glance, the first picture shows the second one upright on a plain ground."""
    inner = one.inner
    return inner is not None and float(_slopes(inner.small) @ other.slopes) >= ON_GROUND


def _small(grey: NDArray[Any]) -> Picture:
    small: NDArray[Any] = cv2.resize(grey, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    return small


def _tiny(grey: NDArray[Any]) -> Tiny:
    tiny: Tiny = cv2.resize(grey, (TINY, TINY), interpolation=cv2.INTER_AREA).astype(np.float32)
    tiny -= tiny.mean()
    tiny /= np.float32(max(math.sqrt(float((tiny**2).sum())), 1e-3))
    return tiny


def _colours(picture: Picture) -> Colours:
    few = cv2.resize(picture, (COLOURS, COLOURS), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    return np.concatenate([few.mean(axis=0), few.std(axis=0)])


def gradient_correlation(one: DescribedPicture, other: DescribedPicture, orientation: int = 0) -> float:
    """Return how alike the slopes of a picture and of a turned other one are; a negative is alike too."""
    slopes = other.slopes if orientation == 0 else _slopes(orient(other.small, orientation))
    return abs(float(one.slopes @ slopes))


def _slopes(small: Picture) -> Slopes:
    """Return the slopes across and along, of length 1."""
    values = small.astype(np.float32)
    slopes = np.concatenate([cv2.Sobel(values, cv2.CV_32F, 1 - along, along) for along in (0, 1)]).ravel()
    unit: Slopes = slopes * np.float32(1 / max(math.sqrt(float(slopes @ slopes)), 1e-3))
    return unit


def orient(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return one of the eight orientations: quarter turns to the left, mirrored first from 4 on."""
    mirrored = picture[:, ::-1] if orientation >= 4 else picture
    turned: NDArray[Any] = np.ascontiguousarray(np.rot90(mirrored, orientation % 4))
    return turned


def orientation_correlations(one: DescribedPicture, other: DescribedPicture) -> list[float]:
    """Return how alike the first picture is to each orientation of the second: correlation of lightness.

    The sign is dropped, so that a negative is alike too.
    """
    correlations: list[float] = np.abs(other.tiny.ravel()[_TURNS] @ one.tiny.ravel()).tolist()
    return correlations


_TURNS = np.stack([orient(np.arange(TINY * TINY).reshape(TINY, TINY), k).ravel() for k in range(8)])
"""Where each place of each orientation comes from."""
