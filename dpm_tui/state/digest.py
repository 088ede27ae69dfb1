"""Content digests as they are written in state: what is not one never becomes a key or a file name."""

from __future__ import annotations

import re
from typing import TypeGuard

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(value: object) -> TypeGuard[str]:
    """Tell whether ``value`` is the SHA-256 of some content, 64 lower-case hex digits."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
