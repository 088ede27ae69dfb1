"""Alignment by features: the turn, mirroring, scale and shift that lay one picture over another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.local_features import Features, mirror_descriptors
from dpm_tui.pipeline.alignment.resampling import Matrix

Pairing = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Numbers of features of the first picture and, row by row, of the second one."""

RATIO = 0.9
"""A match counts when its nearest neighbour is this much nearer than the second (Lowe 2004)."""
MATCHES = 160
"""Best matches that may propose an alignment: each is tried on all, so the cost is their square."""
SPREAD = 0.15
"""Share of the distance between two features by which the pose of one misplaces the other."""
REACH = 3.0
"""Pixels of the first picture, at thumbnail size, that an inlier may lie off."""
TWIST = 0.7
"""Share of a proposed scale and turn by which another match may disagree with it."""
INLIERS = 4
"""Fewest matches that may agree on an alignment."""
BENT = 12
"""Fewest inliers from which a perspective is believed: its eight numbers fit any four."""
FLATTER = 1.25
"""How many times as many inliers a perspective must have to be preferred to a similarity."""
BEND = 0.25
"""Share of the picture's reach by which perspective moves places off a similarity."""
STEEP = 2.5
"""Most that one corner may be farther away than another."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the second picture lies over the first."""

    matrix: Matrix
    """Three by three: from pixels of the second picture, mirrored first if so, to the first's."""
    mirrored: bool
    inliers: int
    weak: bool = False
    """Whether what the pictures share is not quite alike: text on plain drawings leaves no more."""

    @property
    def scale(self) -> float:
        """Pixels of the first picture for one of the second."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:2, :2]))))

    def inverse(self) -> Alignment:
        """Return how the first picture lies over the second, where neither is mirrored."""
        matrix = np.linalg.inv(self.matrix)
        return Alignment(matrix / matrix[2, 2], False, self.inliers, self.weak)

    @property
    def angle(self) -> float:
        """Rotation in degrees, -180 to 180."""
        return math.degrees(math.atan2(self.matrix[1, 0], self.matrix[0, 0]))


@dataclass(frozen=True)
class Matches:
    """Which features of two pictures match, as they are and with the second one mirrored."""

    one: Features
    other: Features
    upright: Pairing
    mirrored: Pairing

    @property
    def counts(self) -> tuple[int, int]:
        """How many match in each way."""
        return len(self.upright[0]), len(self.mirrored[0])

    @cached_property
    def alignment(self) -> Alignment | None:
        """How the pictures lie over each other by these, or None if nothing fits.

        Each match proposes the similarity transform that its places, sizes and directions give (Lowe 2004);
        the proposal that most matches agree with is fitted to these, mirrored or not: a picture that is much
        like its mirror image agrees with many the wrong way round. No chance is involved.
        """
        best = _fit(self.one, self.other, self.upright, mirrored=False)
        if best is not None and best.inliers >= len(self.mirrored[0]):
            return best
        turned = _fit(self.one, self.other.mirrored, self.mirrored, mirrored=True)
        return turned if turned is not None and (best is None or turned.inliers > best.inliers) else best


def match_features(one: Features, other: Features) -> Matches | None:
    """Return which features match, None where a picture has too few to align it."""
    if min(len(one), len(other)) < INLIERS:
        return None
    mine, theirs = one.descriptors, other.descriptors
    upright = _match(mine, theirs)
    return Matches(one, other, upright, _match(mine, mirror_descriptors(theirs)))


def align(one: Features, other: Features) -> Alignment | None:
    """Return how two pictures lie over each other by their features, or None if nothing fits."""
    matches = match_features(one, other)
    return None if matches is None else matches.alignment


def _fit(one: Features, other: Features, pairing: Pairing, mirrored: bool) -> Alignment | None:
    mine, theirs = pairing
    if len(mine) < INLIERS:
        return None
    goal, source = one.points[mine], other.points[theirs]
    turn = one.poses[mine] / other.poses[theirs]
    expected = turn[:, None] * (source[None] - source[:, None]) + goal[:, None]
    reach = REACH + SPREAD * np.abs(goal[None] - goal[:, None])
    agree = (np.abs(expected - goal[None]) < reach) & (
        np.abs(turn[None] - turn[:, None]) < TWIST * np.abs(turn)
    )
    chosen = agree[int(np.argmax(agree.sum(axis=1)))]
    if _distinct(source, goal, chosen) < INLIERS:
        return None
    matrix = np.eye(3)
    for reach_now in (2 * REACH, REACH, REACH):
        matrix = _similarity(source[chosen], goal[chosen])
        whole = matrix[0, 0] + 1j * matrix[1, 0]
        chosen = (_off(matrix, source, goal) < reach_now) & (np.abs(turn - whole) < TWIST * abs(whole))
        if _distinct(source, goal, chosen) < INLIERS:
            return None
    inliers = _distinct(source, goal, chosen)
    if len(chosen) < BENT:
        return Alignment(matrix, mirrored, inliers)
    bent = _perspective(source, goal, matrix)
    if bent is None:
        return Alignment(matrix, mirrored, inliers)
    more = _distinct(source, goal, _off(bent, source, goal) < REACH)
    if more >= BENT and more > FLATTER * inliers:
        return Alignment(bent, mirrored, more)
    return Alignment(matrix, mirrored, inliers)


def _perspective(source: NDArray[Any], goal: NDArray[Any], matrix: Matrix) -> Matrix | None:
    """Return the homography of the matches near a similarity, or None; OpenCV seeds it always the same."""
    off = _off(matrix, source, goal)
    near = off < max(4 * REACH, BEND * float(np.abs(goal - goal.mean()).max()))
    if int(near.sum()) < BENT:
        return None
    here, there = (np.stack([p[near].real, p[near].imag], 1).astype(np.float32) for p in (source, goal))
    found, _ = cv2.findHomography(here, there, cv2.RANSAC, REACH * 0.7, maxIters=500)
    if found is None or not np.isfinite(found).all():
        return None
    depth = corner_depths(found, source.real.max(), source.imag.max())
    if depth.min() <= 0 or depth.max() > STEEP * depth.min():
        return None
    return np.asarray(found, np.float64)


def corner_depths(matrix: NDArray[Any], right: float, bottom: float) -> NDArray[Any]:
    """Return how far away the four corners of a picture come to lie."""
    depths: NDArray[Any] = (
        matrix[2] @ np.array([[0, 0, 1], [right, 0, 1], [right, bottom, 1], [0, bottom, 1]], float).T
    )
    return depths


def _match(mine: NDArray[np.float32], others: NDArray[np.float32]) -> Pairing:
    likeness = others @ mine.T
    nearest = np.argmax(likeness, axis=1)
    rows = np.arange(len(likeness))
    top = likeness[rows, nearest]
    likeness[rows, nearest] = -1
    ratio = (1 - top) / np.maximum(1 - likeness.max(axis=1), 1e-6)
    theirs = np.flatnonzero(ratio < RATIO**2)
    theirs = theirs[np.argsort(ratio[theirs], kind="stable")[:MATCHES]]
    return nearest[theirs], theirs


def _similarity(source: NDArray[Any], goal: NDArray[Any]) -> Matrix:
    middle, aim = source.mean(), goal.mean()
    spread = float((np.abs(source - middle) ** 2).sum())
    turn = complex(((goal - aim) * (source - middle).conj()).sum()) / max(spread, 1e-6)
    shift = complex(aim) - turn * complex(middle)
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag], [0, 0, 1]])


def _off(matrix: Matrix, source: NDArray[Any], goal: NDArray[Any]) -> NDArray[Any]:
    x, y, z = matrix @ np.stack([source.real, source.imag, np.ones(len(source))])
    off: NDArray[Any] = np.abs(x / z + 1j * (y / z) - goal)
    return off


def _distinct(source: NDArray[Any], goal: NDArray[Any], chosen: NDArray[Any]) -> int:
    return min(len(np.unique(np.round(side[chosen] / 2))) for side in (source, goal))
