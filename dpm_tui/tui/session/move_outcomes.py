"""Move outcomes: what became of files that were moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dpm_tui.recycle.results import BatchResult, BinEntry, Skipped


@dataclass
class Tally:
    """Pictures and bytes of each batch that was moved here, as the bin holds them now."""

    _batches: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """The pictures that lie in the bin."""
        return sum(pictures for pictures, _ in self._batches.values())

    @property
    def size(self) -> int:
        """The bytes of those and of their companions."""
        return sum(size for _, size in self._batches.values())

    def add(self, result: BatchResult) -> None:
        """Count a batch that went."""
        if result.moved:
            self._batches[result.batch] = (len(result.moved), result.size)

    def follow(self, entries: Iterable[BinEntry]) -> None:
        """Count anew, as the bin holds these entries: what was restored or deleted is not there any more."""
        counts = {batch: [0, 0] for batch in self._batches}
        for entry in entries:
            if entry.batch in counts:
                counts[entry.batch][0] += not entry.companion_of
                counts[entry.batch][1] += entry.size
        self._batches = {batch: (pictures, size) for batch, (pictures, size) in counts.items() if pictures}


OUTCOMES = 20
"""So many batches are remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch, in words, and the files that it left where they were."""

    words: str
    skipped: tuple[Skipped, ...] = ()
