"""Finding: one result of a check of the state, and what a repair would do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: the sentence ``doctor.<key>`` with its values.

    One that is not good has a ``remedy``, the sentence ``doctor.<remedy>`` that says what a repair would
    do, and ``repair``, which does it and returns what was done. Its caller holds the lock of the state
    folder.
    """

    good: bool
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""
    repair: Callable[[], list[Finding]] | None = field(default=None, compare=False)
