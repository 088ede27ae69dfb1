"""A reason: one signed sentence on why a file is better or worse than another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dpm_tui.text_format import sentence, shown_values

Sign = Literal["+", "-", "="]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence ``review.<key>`` on why a file is better (+), worse (-) or alike (=)."""

    sign: Sign
    key: str
    values: dict[str, object]

    @property
    def words(self) -> str:
        """The sentence in the current language, fit for a terminal."""
        return sentence(f"review.{self.key}", **shown_values(self.values))
