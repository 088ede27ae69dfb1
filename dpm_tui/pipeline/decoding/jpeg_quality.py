"""Estimates the quality setting that a JPEG was saved with, from its quantisation tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

STANDARD_LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
"""The example luminance table of ITU-T T.81, annex K.1, which encoders scale by quality."""


def estimate_quality(tables: Mapping[int, Sequence[int]] | None) -> int:
    """Return the quality 1..100 in the scale of libjpeg, or 0 where there are no tables.

    It is the setting whose luminance table has the nearest sum; tables of other encoders give the
    quality of comparable coarseness.
    """
    if not tables or not tables.get(0):
        return 0
    coarseness = sum(tables[0])
    return min(_coarseness_by_quality(), key=lambda entry: abs(entry[1] - coarseness))[0]


@cache
def _coarseness_by_quality() -> list[tuple[int, int]]:
    """Return quality with the sum of libjpeg's luminance table, whose entries stay within a byte."""
    return [(quality, sum(scale_luminance(quality))) for quality in range(1, 101)]


def scale_luminance(quality: int) -> tuple[int, ...]:
    """Return the luminance table that libjpeg writes for a quality 1..100."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((entry * scale + 50) // 100, 1), 255) for entry in STANDARD_LUMINANCE)
