"""Strictness: the threshold in words that say what it lets pass."""

from __future__ import annotations

from dpm_tui.locale import translate

_LEVELS = ((0.95, "very_strict"), (0.86, "strict"), (0.0, "balanced"))
"""Similarities from which on copies alone, no variants, or all kinds of pairs are left."""


def strictness(threshold: float) -> str:
    """Return one or two words for a threshold."""
    return translate(f"tui.strictness_{_level(threshold)}")


def strictness_help(threshold: float) -> str:
    """Return a sentence on what a threshold lets pass."""
    return translate(f"tui.strictness_{_level(threshold)}_help")


def _level(threshold: float) -> str:
    return next(name for low, name in _LEVELS if threshold >= low)
