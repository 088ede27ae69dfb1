"""Sizes and durations as people read and write them, the same on every surface."""

from __future__ import annotations

import re

_UNITS = ("B", "K", "M", "G", "T", "P")
_TYPED = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "": 86400, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


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


def read_size(text: str) -> float:
    """Return the bytes that ``text`` names, such as ``2M``, ``1.5 GB`` or ``800``; raises ValueError."""
    number, unit = _typed(text)
    unit = unit.upper().removesuffix("B") or "B"
    if unit not in _UNITS:
        raise ValueError(text)
    return float(number * 1000 ** _UNITS.index(unit))


def read_age(text: str) -> float:
    """Return the seconds that ``text`` names, such as ``30d``, ``12h`` or ``2w``; days without a unit.

    Raises ValueError.
    """
    number, unit = _typed(text)
    if unit.lower() not in _SECONDS:
        raise ValueError(text)
    return number * _SECONDS[unit.lower()]


def _typed(text: str) -> tuple[float, str]:
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return float(found[1]), found[2]
