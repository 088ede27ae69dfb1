"""A reason: one signed sentence on why a file is better or worse than another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sign = Literal["+", "-", "="]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence ``review.<key>`` on why a file is better (+), worse (-) or alike (=)."""

    sign: Sign
    key: str
    values: dict[str, object]
