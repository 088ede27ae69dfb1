"""The moment that ``--since`` names: a date, an age, or the last scan."""

from __future__ import annotations

import re
import time
from datetime import datetime

from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.units import read_age

LAST = "last"
_AGE = re.compile(r"[0-9.]+\s*[a-z]+", re.IGNORECASE)


def read_moment(text: str, last: str) -> int:
    """Return a time in nanoseconds since the epoch; ``last`` is when the last scan began, in ISO 8601.

    Such as ``2026-11-01``, ``2026-11-01T12:00``, ``7d``, ``12h`` or ``last``, which is 0 where there was no
    scan. Raises UsageError.
    """
    try:
        if text == LAST:
            return _of_iso(last) if last else 0
        if _AGE.fullmatch(text):
            return int((time.time() - read_age(text)) * 1e9)
        return _of_iso(text)
    except (ValueError, OverflowError):
        raise UsageError("unknown_moment", text=display_name(text)) from None


def _of_iso(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 10**9
