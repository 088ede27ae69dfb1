"""Sharpness: the small filter that makes one picture most like another, fitted on some thousand places."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

REACH = 2
"""Pixels to each side that a filter sees."""
PLACES = 12_000
PULL = 0.01
"""Ridge penalty for each place, in squared levels: keeps a flat picture from ringing."""
ROUNDS = 2
"""The second round leaves out what differs by more than coding."""


@lru_cache(maxsize=8)
def sample_places(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of places all over a picture, each with its surroundings inside it."""
    high, wide = height - 2 * REACH, width - 2 * REACH
    step = max((high * wide / PLACES) ** 0.5, 1.0)
    rows = (np.arange(0, high, step)).astype(np.int64)
    columns = (np.arange(0, wide, step)).astype(np.int64)
    grid = np.meshgrid(rows + REACH, columns + REACH, indexing="ij")
    # Even steps would see one phase of an 8 x 8 grid only.
    down, across = (axis.ravel() for axis in grid)
    shaken = np.random.default_rng(0).integers(0, max(int(step), 1), (2, len(down)))
    return (
        np.minimum(down + shaken[0], height - REACH - 1),
        np.minimum(across + shaken[1], width - REACH - 1),
    )


def surroundings(
    plane: NDArray[Any], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the 25 values around each place, one place a row."""
    reach = range(-REACH, REACH + 1)
    width = plane.shape[1]
    steps = np.array([y * width + x for y in reach for x in reach])
    values: NDArray[np.float32] = plane.take((rows * width + columns)[:, None] + steps).astype(np.float32)
    return values


def make_alike(one: NDArray[Any], other: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return two grey pictures (height, width), the sharper filtered to be like the other.

    Ridge regression on the 5 x 5 surroundings, with weights that add up to one.
    """
    swapped = _sharpness(other) > _sharpness(one)
    source, target = (other, one) if swapped else (one, other)
    if min(source.shape[:2]) <= 2 * REACH + 2:
        return one, other
    filtered = cv2.filter2D(source, -1, _fit(source, target), borderType=cv2.BORDER_REFLECT)
    return (target, filtered) if swapped else (filtered, target)


def _sharpness(light: NDArray[Any]) -> float:
    return float(cv2.mean(cv2.convertScaleAbs(cv2.Laplacian(light, cv2.CV_16S)))[0])


def _fit(source: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float32]:
    rows, columns = sample_places(*source.shape)
    middle = (2 * REACH + 1) ** 2 // 2
    around = surroundings(source, rows, columns)
    base = around[:, middle].copy()
    around -= base[:, None]
    missing = target[rows, columns].astype(np.float32) - base
    trust = np.ones_like(missing)
    weights: NDArray[Any] = np.zeros(around.shape[1])
    for _ in range(ROUNDS):
        weighted = around * trust[:, None]
        gram = (weighted.T @ around).astype(np.float64) + PULL * len(rows) * np.eye(around.shape[1])
        weights = np.linalg.solve(gram, (weighted.T @ missing).astype(np.float64))
        left = np.abs(missing - around @ weights.astype(np.float32))
        trust = (left < max(3.0, 4 * float(left.mean()))).astype(np.float32)
    weights[middle] = 0.0
    weights[middle] = 1 - weights.sum()
    side = 2 * REACH + 1
    return weights.reshape(side, side).astype(np.float32)
