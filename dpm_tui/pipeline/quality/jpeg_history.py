"""JPEG history: the quantisation that an earlier JPEG left in the pixels of a picture, whatever it is now."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.decoding.jpeg_quality import STANDARD_LUMINANCE
from dpm_tui.pipeline.quality.sample_region import BLOCK, Plane

MAX_BLOCKS = 3000
"""Blocks that are measured: those with the most contrast."""
BANDS = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0))
"""The coefficients that are measured, as rows and columns: low ones, which survive."""
STEPS: NDArray[Any] = np.arange(2, 64, dtype=np.float32)
"""Quantisation steps that can be recognised."""
FEWEST = 40
"""Fewest coefficients other than zero for a band to count."""
FINE, STRONGEST = 16, 1025
"""Histogram bins a level, and the strongest coefficient that there can be."""
FOUND = 0.35
"""Mean cosine from which coefficients lie on multiples of a step: 0 for any, 1 for exact ones."""

_STANDARD: NDArray[Any] = np.array(STANDARD_LUMINANCE, np.float32).reshape(BLOCK, BLOCK)


def block_coefficients(light: Plane) -> NDArray[np.float32]:
    """Return the DCT coefficients (blocks, 8, 8) of the 8 x 8 blocks of a lightness plane."""
    height, width = (side // BLOCK for side in light.shape)
    blocks = light[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width, BLOCK).swapaxes(1, 2)
    flat = blocks.reshape(-1, BLOCK * BLOCK) - np.float32(128)
    found: NDArray[Any] = flat @ _transform()
    return found.reshape(-1, BLOCK, BLOCK)


def read_history(coefficients: NDArray[np.float32]) -> tuple[float, float]:
    """Return how coarse an earlier JPEG was and how surely there was one.

    The coarseness is the logarithm of its steps as a multiple of the standard table (T.81 annex K.1), -3
    where there is none; the sureness is a mean cosine, 0 to 1. Coefficients that were quantised cluster at
    multiples of the step (Fan and de Queiroz 2003); rounding to pixels blurs the clusters by half a level.
    """
    chosen = coefficients
    if len(coefficients) > MAX_BLOCKS:
        strength = -np.abs(coefficients[:, :4, :4]).sum(axis=(1, 2))
        chosen = coefficients[np.argpartition(strength, MAX_BLOCKS)[:MAX_BLOCKS]]
    coarse: list[float] = []
    sure: list[float] = []
    for row, column in BANDS:
        values = chosen[:, row, column]
        step, fit = _step_of(values)
        sure.append(fit)
        if fit >= FOUND:
            coarse.append(float(np.log(step / _STANDARD[row, column])))
    if len(coarse) < 3:
        return -3.0, float(np.mean(sure))
    return float(np.median(coarse)), float(np.mean(sure))


def _step_of(values: NDArray[np.float32]) -> tuple[float, float]:
    """Return the largest step whose multiples the values lie on, and how well it fits."""
    away = np.abs(values)
    away = away[away > 1.5]
    if len(away) < FEWEST:
        return 1.0, 0.0
    counted = _counted(away)
    used_bins = np.flatnonzero(counted)  # a few of many thousands
    fits: NDArray[Any] = (counted[used_bins] @ _waves()[used_bins]) / np.float32(len(away))
    # A step of which most values are smaller than half would fit them all as zeros.
    used = 1 - np.searchsorted(np.sort(away), 0.6 * STEPS, side="right") / len(away)
    fits = np.where(used > 0.25, fits, 0).astype(np.float64)
    best = float(fits.max())
    if best < FOUND:
        return 1.0, max(best, 0.0)
    good = np.flatnonzero(fits > 0.85 * best)
    return float(STEPS[good[-1]]), best


def _counted(away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how many strengths fall into each bin of ``_waves``, up to the last that has some."""
    places = np.minimum((away * FINE + 0.5).astype(np.int64), STRONGEST * FINE - 1)
    return np.bincount(places).astype(np.float32)


@cache
def _waves() -> NDArray[np.float32]:
    """Return the cosine that every strength has with every step."""
    strength = np.arange(STRONGEST * FINE, dtype=np.float32)[:, None] / FINE
    waves: NDArray[Any] = np.cos(2 * np.float32(np.pi) * strength / STEPS)
    return waves


@cache
def _transform() -> NDArray[np.float32]:
    """Return the discrete cosine transform of a block as one matrix for its 64 pixels."""
    place = np.arange(BLOCK)
    basis = np.cos((2 * place[None] + 1) * place[:, None] * np.pi / (2 * BLOCK)) * 0.5
    basis[0] *= 0.5**0.5
    return np.kron(basis, basis).T.astype(np.float32)
