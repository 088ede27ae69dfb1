"""Checkerboards: the pattern of two greys by which image editors show what is transparent."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
_Line = tuple[float, float]
"""Frequency along one side in waves a pixel, and the phase."""

LARGEST = 20.0
"""Side of a square in pixels, at most."""
EXPLAINED = 0.4
"""Share of what differs from the mean that the lowest wave of the board explains: of a whole one 0.66."""
SAMPLED = 6000
"""Places that the wave is fitted on."""
STEPS = np.linspace(-0.75, 0.75, 13)
"""By how many waves across the picture a first estimate may be off."""


def find_checkerboard(light: Numbers, shown: NDArray[np.bool_]) -> Numbers | None:
    """Return a board over all of a picture, 1 and -1 on its squares, None where there is none.

    ``light`` is the lightness of the places that are ``shown``. A board is the product of two waves of one
    length, one across and one along: the strongest of these is looked for.
    """
    values = np.where(shown, light - light[shown].mean(), 0).astype(np.float32)
    guess = _strongest(values)
    if guess is None:
        return None
    rows, columns = np.nonzero(shown)
    step = max(len(rows) // SAMPLED, 1)
    rows, columns = rows[::step], columns[::step]
    target = values[rows, columns]
    height, width = values.shape
    rows, columns = rows - height // 2, columns - width // 2
    across = along = guess
    weights, explained = np.zeros(4), 0.0
    for _ in range(2):
        for axis in (0, 1):
            for change in STEPS / (width if axis == 0 else height):
                tried = (across + change, along) if axis == 0 else (across, along + change)
                found, share = _fit(rows, columns, target, *tried)
                if share > explained:
                    weights, explained, best = found, share, tried
            if explained:
                across, along = best
    if explained < EXPLAINED:
        return None
    left, _, right = np.linalg.svd(weights.reshape(2, 2))
    turns = [math.atan2(-side[1], side[0]) for side in (left[:, 0], right[0])]
    lines = _refine(rows, columns, target, (along, turns[0]), (across, turns[1]))
    across_all, down_all = np.arange(width) - width // 2, np.arange(height) - height // 2
    return _board(down_all[:, None], across_all[None], *lines).astype(np.float32)


def _strongest(values: Numbers) -> float | None:
    """Return waves a pixel of the strongest wave that is as long across as along."""
    height, width = values.shape
    strength = np.abs(np.fft.rfft2(values))
    across, along = np.fft.rfftfreq(width)[None], np.abs(np.fft.fftfreq(height))[:, None]
    slack = 1.5 / min(height, width)
    even = (np.abs(across - along) <= slack) & (np.minimum(across, along) >= 0.5 / LARGEST)
    if not even.any():
        return None
    strength[~even] = 0
    row, column = np.unravel_index(int(strength.argmax()), strength.shape)
    return float(across[0, column] + along[row, 0]) / 2


def _fit(
    rows: NDArray[np.int64], columns: NDArray[np.int64], target: Numbers, across: float, along: float
) -> tuple[NDArray[np.float64], float]:
    """Return the weights of the four products of waves that fit best, and the share that they explain."""
    down, right = _waves(rows, along), _waves(columns, across)
    terms = (down[:, :, None] * right[:, None, :]).reshape(len(rows), 4)
    gram = terms.T @ terms + 1e-3 * np.eye(4)
    weights: NDArray[np.float64] = np.linalg.solve(gram, terms.T @ target).astype(np.float64)
    left = float(((target - terms @ weights) ** 2).sum())
    return weights, 1 - left / max(float((target**2).sum()), 1e-6)


def _refine(
    rows: NDArray[np.int64], columns: NDArray[np.int64], target: Numbers, down: _Line, right: _Line
) -> tuple[_Line, _Line]:
    """Return both lines as the squares themselves fit best: a wave alone may be a pixel off."""
    lines = [*down, *right]
    # Each is a pixel: at the ends of a side, and in its middle.
    spans = [down[0] / max(int(rows.max()), 1), 2 * math.pi * down[0]]
    spans += [right[0] / max(int(columns.max()), 1), 2 * math.pi * right[0]]
    best = -1.0
    for finer in (0.5, 0.25, 0.12, 0.06, 0.06):
        for number, span in enumerate(spans):
            start = lines[number]
            for step in range(-4, 5):
                tried = [*lines]
                tried[number] = start + step * span * finer
                board = _board(rows, columns, (tried[0], tried[1]), (tried[2], tried[3]))
                likeness = float(board @ target) / math.sqrt(float(board @ board) + 1e-6)
                if abs(likeness) > best:
                    best, lines = abs(likeness), tried
    return (lines[0], lines[1]), (lines[2], lines[3])


def _board(
    rows: NDArray[np.int64], columns: NDArray[np.int64], down: _Line, right: _Line
) -> NDArray[np.float64]:
    """Return the board at places: steep enough that a square turns into the next within a pixel."""
    waves = []
    for places, (frequency, turn) in ((rows, down), (columns, right)):
        steep = max(1.0, 1 / (math.pi * frequency))
        waves.append(np.clip(np.cos(2 * math.pi * frequency * places + turn) * steep, -1, 1))
    return np.asarray(waves[0] * waves[1], np.float64)


def _waves(places: NDArray[np.int64], frequency: float) -> NDArray[np.float64]:
    angle = 2 * math.pi * frequency * places
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)
