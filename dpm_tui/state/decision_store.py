"""Decisions by content: pairs that a person called "not duplicates" or "variants, keep all"."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from dpm_tui.pipeline.match import DigestPair, digest_pair
from dpm_tui.state.frames import Journal, read_frames

VERDICTS = ("not_duplicates", "variants")


class DecisionStore:
    """Append-only journal; the last decision on a pair counts. It cannot be made again, so nothing
    ever rewrites it in place."""

    def __init__(self, path: bytes, *, writable: bool = True) -> None:
        self._decided: dict[DigestPair, str] = {}
        frames = read_frames(path)
        self.rejected = frames.rejected
        for record in frames.records:
            try:
                digests, verdict = [str(item) for item in record["digests"]], str(record["verdict"])
            except (KeyError, TypeError):
                self.rejected += 1
                continue
            self._apply(digests, verdict)
        self._journal = Journal(path) if writable else None

    def __len__(self) -> int:
        return len(self._decided)

    def decide(self, digests: Iterable[str], verdict: str) -> None:
        """Remember ``verdict`` for every pair of ``digests``; an empty verdict revokes."""
        listed = sorted(set(digests))
        self._apply(listed, verdict)
        if self._journal is not None:
            self._journal.append({"digests": listed, "verdict": verdict})
            self._journal.sync()

    def verdict(self, first: str, second: str) -> str:
        """Return the decision on two digests, empty if there is none."""
        return self._decided.get(digest_pair(first, second), "")

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()

    def _apply(self, digests: list[str], verdict: str) -> None:
        for first, second in combinations(digests, 2):
            if verdict in VERDICTS:
                self._decided[digest_pair(first, second)] = verdict
            else:
                self._decided.pop(digest_pair(first, second), None)
