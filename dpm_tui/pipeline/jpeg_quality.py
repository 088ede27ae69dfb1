"""Estimates the quality setting that a JPEG was saved with, from its quantisation tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_STANDARD_LUMINANCE_SUM = 3688
"""Sum of the example luminance table of ITU-T T.81, annex K.1, which encoders scale by quality."""


def estimate_quality(tables: Mapping[int, Sequence[int]] | None) -> int:
    """Return the quality 1..100 in the scale of libjpeg, or 0 where there are no tables.

    Inverts libjpeg's scaling of the standard table on the sum of the luminance table; other tables
    give the quality of comparable coarseness.
    """
    if not tables or not tables.get(0):
        return 0
    scale = 100.0 * sum(tables[0]) / _STANDARD_LUMINANCE_SUM
    quality = 100.0 - scale / 2.0 if scale <= 100.0 else 5000.0 / scale
    return max(1, min(100, round(quality)))
