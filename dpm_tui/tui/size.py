"""Sizes, times and numbers as short text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dpm_tui.locale import translate
from dpm_tui.names import display_name

_UNITS = ("B", "K", "M", "G", "T", "P")


def short_size(size: float) -> str:
    """Return a number of bytes in at most five characters: ``980K``, ``4.2M``."""
    for unit in _UNITS:
        if size < 9.95 and unit != "B":
            return f"{size:.1f}{unit}"
        if size < 999.5:
            return f"{size:.0f}{unit}"
        size /= 1024
    return f"{size:.0f}E"


def long_size(size: float) -> str:
    """Return a number of bytes with a unit: ``148 MB``."""
    text = short_size(size)
    return f"{text[:-1]} {text[-1]}" if text.endswith("B") else f"{text[:-1]} {text[-1]}B"


def duration(seconds: float) -> str:
    """Return seconds as ``1:05:09`` or ``5:09``."""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def local_date(mtime_ns: int) -> str:
    """Return a time of the file system as a local date."""
    try:
        return f"{datetime.fromtimestamp(mtime_ns / 1e9):%Y-%m-%d %H:%M}"
    except (OverflowError, OSError, ValueError):
        return "-"


def local_time(iso: str) -> str:
    """Return an ISO 8601 time as local date and time, or as it is where it cannot be read."""
    try:
        return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return display_name(iso, 16)


def similarity(value: float) -> str:
    """Return a similarity in four characters; only a perfect one reads 1.00."""
    return "1.00" if value >= 1 else f"{min(value, 0.999):.3f}".removeprefix("0")


def shown_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a sentence with every text made fit for a terminal."""
    return {
        key: display_name(_one_line(value)) if isinstance(value, str) else value
        for key, value in values.items()
    }


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def sentence(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogue, or its bare key where this version has none or cannot fill it."""
    try:
        return translate(key, **values)
    except (KeyError, IndexError, ValueError):
        return key
