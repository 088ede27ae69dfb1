"""Days as people write them in a filter, and the dates of very many files."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WHEN = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_FIRST, _LAST = b"", b"~"
"""Before and after every date."""
_DAY_SECONDS = 86_400
_DATES_AT_ONCE = 8192


def read_days(text: str) -> tuple[bytes, bytes]:
    """Return the range of dates that is meant: its first date, and the first date after it.

    ``text`` is ``2024``, ``2024-05`` or ``2024-05-17``, with ``<``, ``<=``, ``>``, ``>=`` or ``=`` in front
    of it, or two of them with ``..`` between. Raises ValueError for anything else.
    """
    low, dots, high = text.partition("..")
    if dots:
        if not low and not high:
            raise ValueError(text)
        return _span(low)[0] if low else _FIRST, _span(high)[1] if high else _LAST
    sign = re.match(r"[<>]?=?", text)
    assert sign is not None
    begin, end = _span(text[sign.end() :])
    return {
        "<": (_FIRST, begin),
        "<=": (_FIRST, end),
        ">": (end, _LAST),
        ">=": (begin, _LAST),
    }.get(sign[0], (begin, end))


def _span(text: str) -> tuple[bytes, bytes]:
    match = _WHEN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else 0 for part in match.groups())
    begin = datetime.date(year, month or 1, day or 1)
    if day:
        end = begin + datetime.timedelta(days=1)
    elif month:
        end = datetime.date(year + month // 12, month % 12 + 1, 1)
    else:
        end = datetime.date(year + 1, 1, 1)
    return begin.isoformat().encode(), end.isoformat().encode()


def local_dates(mtime_ns: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """Return times of the file system as local dates, ``YYYY-MM-DD HH:MM:SS``, to the second at noon."""
    import numpy as np

    seconds = mtime_ns // 10**9
    days, numbers = np.unique(seconds // _DAY_SECONDS, return_inverse=True)
    offsets = np.array([_offset(day) for day in days.tolist()], np.int64)
    local = (seconds + offsets[numbers]).astype("datetime64[s]")
    dates = np.zeros(len(local), "S19")
    # In blocks: numpy's longer text takes six times the memory before it is cut.
    for first in range(0, len(local), _DATES_AT_ONCE):
        part = np.datetime_as_string(local[first : first + _DATES_AT_ONCE]).astype("S19")
        dates[first : first + len(part)] = np.char.replace(part, b"T", b" ")
    return dates


def _offset(day: int) -> int:
    """Return how many seconds the local time was ahead at noon of a day since 1970."""
    try:
        noon = datetime.datetime.fromtimestamp(day * _DAY_SECONDS + _DAY_SECONDS // 2).astimezone()
    except (OverflowError, OSError, ValueError):
        return 0
    offset = noon.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
