"""Decisions as a person remembers making them: one entry for what was said at one moment, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dpm_tui.file_names import display_name
from dpm_tui.review.decisions.decision import Decision


@dataclass(frozen=True)
class DecisionEntry:
    """What is left of one verdict; ``parts`` are the sets of contents that it still holds for."""

    verdict: str
    time: str
    parts: tuple[Decision, ...]

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """The key that identifies the entry."""
        return self.time, self.verdict, self.parts[0].digests

    @cached_property
    def names(self) -> tuple[bytes, ...]:
        """The last known path of each content, empty where none is known; known ones first, in order."""
        named: dict[str, bytes] = {}
        for part in self.parts:
            named |= zip(part.digests, part.names or (b"",) * len(part.digests), strict=True)
        return tuple(sorted(named.values(), key=lambda name: (not name, name)))

    @property
    def count(self) -> int:
        """How many contents it is about."""
        return len(self.names)

    @cached_property
    def pair_count(self) -> int:
        """How many pairs of them were decided: not all where one file was set apart from several."""
        if len(self.parts) == 1:
            return self.parts[0].pair_count
        return len({pair for part in self.parts for pair in part.pairs})

    @property
    def revocation(self) -> list[Decision]:
        """The decisions that revoke it, and nothing else."""
        return [Decision(part.digests, "") for part in self.parts]

    def says(self, words: Sequence[str], label: str) -> bool:
        """Return whether every one of the folded ``words`` is in a name, in ``label`` or in the time."""
        text = "\n".join((*map(display_name, self.names), label, self.verdict, self.time)).casefold()
        return all(word in text for word in words)


def list_decisions(decisions: Iterable[Decision]) -> list[DecisionEntry]:
    """Return the entries that ``decisions``, which stand in the order in which they were made, amount to."""
    parts: dict[tuple[str, str, int], list[Decision]] = {}
    for number, decision in enumerate(decisions):
        # Decisions without a time stand alone.
        moment = (decision.time, decision.verdict, -1 if decision.time else number)
        parts.setdefault(moment, []).append(decision)
    entries = [DecisionEntry(verdict, time, tuple(own)) for (time, verdict, _), own in parts.items()]
    return sorted(reversed(entries), key=lambda entry: entry.time, reverse=True)
