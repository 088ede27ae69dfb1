"""Sizes and durations as people read them, the same on every surface."""

from __future__ import annotations

_UNITS = ("B", "K", "M", "G", "T", "P")


def short_size(size: float) -> str:
    """Return a number of bytes in at most five characters, decimal: ``980K``, ``4.2M``."""
    for unit in _UNITS:
        if size < 9.95 and unit != "B":
            return f"{size:.1f}{unit}"
        if size < 999.5:
            return f"{size:.0f}{unit}"
        size /= 1000
    return f"{size:.0f}E"


def long_size(size: float) -> str:
    """Return a number of bytes with its decimal unit: ``148 MB``."""
    text = short_size(size)
    return f"{text[:-1]} {text[-1]}" if text.endswith("B") else f"{text[:-1]} {text[-1]}B"


def duration(seconds: float) -> str:
    """Return seconds as ``1:05:09`` or ``5:09``."""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
