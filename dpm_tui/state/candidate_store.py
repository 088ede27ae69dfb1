"""Candidates of one model: which rows of its vectors were matched, and the near pairs among them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from dpm_tui.pipeline.match import Candidate
from dpm_tui.state.frames import Journal, read_frames

_PAIRS_A_RECORD = 4096
_ROWS_AT_MOST = 1 << 31


class CandidateStore:
    """Append-only. ``matched`` rows were compared with every other row; a block that was not
    finished, or lost one of its records, is matched again."""

    def __init__(self, path: bytes) -> None:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        self.matched = 0
        self._found: dict[tuple[int, int], float] = {}
        fresh: set[tuple[int, int]] = set()
        for record in read_frames(path).records:
            try:
                for first, second, cosine in record["near"]:
                    if not 0 <= first < second < _ROWS_AT_MOST:
                        raise ValueError("no rows of a table")
                    self._found[int(first), int(second)] = float(cosine)
                    fresh.add((int(first), int(second)))
                start, end = record["rows"]
                whole = len(fresh) >= record.get("of", 0)
                if start == self.matched < end and whole:
                    self.matched = int(end)
                    fresh.clear()
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                continue
        self._journal = Journal(path)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Candidate]:
        for (first, second), cosine in self._found.items():
            yield Candidate(first, second, cosine)

    def add_block(self, start: int, end: int, near: list[Candidate]) -> None:
        """Record that rows ``start`` to ``end`` were matched and what lies near them; survives a crash."""
        for candidate in near:
            self._found[candidate.first, candidate.second] = candidate.cosine
        rows = [[item.first, item.second, round(item.cosine, 4)] for item in near]
        parts = [rows[at : at + _PAIRS_A_RECORD] for at in range(0, len(rows), _PAIRS_A_RECORD)] or [[]]
        for part in parts[:-1]:
            self._journal.append({"near": part, "rows": [start, start]})
        self._journal.append({"near": parts[-1], "rows": [start, end], "of": len(rows)})
        self._journal.sync()
        self.matched = end

    def clear(self) -> None:
        """Forget every candidate; matching begins anew."""
        self._journal.rewrite(())
        self._found.clear()
        self.matched = 0

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()
