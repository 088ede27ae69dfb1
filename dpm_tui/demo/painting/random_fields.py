"""Random fields: smooth noise that give painted pictures clouds, waves, rock and grain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]


def paint_noise(
    rng: np.random.Generator, size: tuple[int, int], cells: tuple[float, float], octaves: int = 5
) -> Field:
    """Return a field of ``size`` (width, height) in 0..1, with ``cells`` bumps across and down.

    Each octave has twice the bumps and half the height of the one before.
    """
    width, height = size
    field = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        across, down = (min(max(round(n * 2**octave), 2), side) for n, side in zip(cells, size, strict=True))
        grid = Image.fromarray(rng.random((down, across), dtype=np.float32))
        field += np.asarray(grid.resize(size, Image.Resampling.BICUBIC)) * np.float32(0.5**octave)
    low, high = float(field.min()), float(field.max())
    return (field - np.float32(low)) / np.float32(max(high - low, 1e-6))


def draw_ridge(rng: np.random.Generator, width: int, peaks: float, rough: float = 0.5) -> Field:
    """Return a skyline of ``width`` heights in 0..1 with about ``peaks`` summits.

    ``rough`` is the height of each octave over the one before: 0.3 makes dunes, 0.55 makes crags.
    """
    line = np.zeros(width, np.float32)
    for octave in range(7):
        count = max(round(peaks * 2 * 2**octave), 2) + 2
        knots = rng.random(count, dtype=np.float32)
        if rough >= 0.4:
            places = np.linspace(0, count - 1, width, dtype=np.float32)
            bumps = np.interp(places, np.arange(count), knots)
        else:
            row = Image.fromarray(knots[None, :]).resize((width, 1), Image.Resampling.BICUBIC)
            bumps = np.asarray(row)[0]
        line += (bumps * rough**octave).astype(np.float32)
    low, high = float(line.min()), float(line.max())
    return (line - np.float32(low)) / np.float32(max(high - low, 1e-6))
