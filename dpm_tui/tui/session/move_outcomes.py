"""Outcome: what became of files that were moved."""

from __future__ import annotations

from dataclasses import dataclass

from dpm_tui.recycle.results import Skipped

OUTCOMES = 20
"""So many batches are remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch, in words, and the files that it left where they were."""

    words: str
    skipped: tuple[Skipped, ...] = ()
