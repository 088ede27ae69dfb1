"""Deferred sentences: text that names a sentence of the catalogue, put into words where it is read.

A stored sentence may be read later in another language, or in another process.
"""

from __future__ import annotations

import json
from typing import Any

_SIGN = "@"


def defer(key: str, /, **values: Any) -> str:
    """Return the sentence ``key`` with its values as text for ``text_format.put_into_words``."""
    return f"{_SIGN}{key} {json.dumps(values)}" if values else f"{_SIGN}{key}"


def read_deferred(text: str) -> tuple[str, dict[str, Any]] | None:
    """Return key and values of a deferred sentence, None for any other text."""
    if not text.startswith(_SIGN):
        return None
    key, _, packed = text.removeprefix(_SIGN).partition(" ")
    try:
        values = json.loads(packed) if packed else {}
    except ValueError:
        return None
    return (key, values) if isinstance(values, dict) else None
