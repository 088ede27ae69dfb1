"""Curve: rounds the corners of an outline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Point = tuple[float, float]

_STEPS = 10
"""Points between two knots: an outline as large as the picture still looks round."""


def round_off(knots: Sequence[Point], closed: bool = True) -> list[Point]:
    """Return the points of a smooth curve (Catmull-Rom) through the knots."""
    ring = np.asarray(knots, np.float64)
    if closed:
        ring = np.concatenate([ring[-1:], ring, ring[:2]])
    else:
        ring = np.concatenate([2 * ring[:1] - ring[1:2], ring, 2 * ring[-1:] - ring[-2:-1]])
    a, b, c, d = (ring[i : len(ring) - 3 + i, None, :] for i in range(4))
    t = np.linspace(0, 1, _STEPS, endpoint=False)[None, :, None]
    points = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3)
    curve = [(float(x), float(y)) for x, y in points.reshape(-1, 2)]
    return curve if closed else [*curve, (float(knots[-1][0]), float(knots[-1][1]))]


def mirror_points(points: Sequence[Point], middle: float) -> list[Point]:
    """Return the points on the other side of the upright line ``x = middle``."""
    return [(2 * middle - x, y) for x, y in points]
