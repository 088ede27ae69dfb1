"""Candidates of one model: which rows of its vectors were matched, and the near pairs among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.state.disk.held_folder import Where, place_of
from dpm_tui.state.disk.journal import Journal, read_frames

_PAIRS_PER_RECORD = 4096
_RUNS_PER_RECORD = 4096
_MAX_ROWS = 1 << 26
_WORTH_REWRITING = 1 << 16
"""Pairs that are superseded before the journal is written anew."""


class CandidateStore:
    """Append-only. A row that was matched was compared with every other matched one; a block that was not
    finished, or lost one of its records, is matched again."""

    def __init__(self, path: Where) -> None:
        place = place_of(path)
        place.folder.make()
        self._matched: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._near = NeighbourPairs.none()
        self._fresh: list[NeighbourPairs] = []
        self._read = 0
        fresh: set[tuple[int, int]] = set()
        for record in read_frames(place).records:
            try:
                self._apply(record, fresh)
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                continue
        self._journal = Journal(place)
        if self._read - len(self.near) > _WORTH_REWRITING:
            self._rewrite()

    @property
    def rows(self) -> int:
        """The number of rows that the table had at least."""
        return max(len(self._matched), int(self.near.seconds.max(initial=-1)) + 1)

    @property
    def near(self) -> NeighbourPairs:
        """The candidates, each pair once."""
        if self._fresh:
            self._near = NeighbourPairs.joined([self._near, *self._fresh]).unique()
            self._fresh.clear()
        return self._near

    def matched(self, rows: int) -> NDArray[np.bool_]:
        """Return the mask of rows that were matched, for a table of so many rows."""
        mask = np.zeros(rows, np.bool_)
        known = min(rows, len(self._matched))
        mask[:known] = self._matched[:known]
        return mask

    def add_block(self, rows: NDArray[np.int64], near: NeighbourPairs) -> None:
        """Record that these rows were matched and what lies near them; survives a crash."""
        for record in _block_records(rows, near):
            self._journal.append(record)
        self._journal.sync()
        self._fresh.append(near)
        self._mark(_runs(rows), matched=True)

    def forget(self, gone: NDArray[np.int64], again: NDArray[np.int64]) -> None:
        """Record that rows are gone, with their candidates; those in ``again`` are matched again."""
        # The removed rows come last: if only a part reaches the disk, no row misses its new match.
        for name, rows in (("open", again), ("gone", gone)):
            runs = _runs(rows)
            for at in range(0, len(runs), _RUNS_PER_RECORD):
                self._journal.append({name: runs[at : at + _RUNS_PER_RECORD]})
        self._journal.sync()
        self._mark(_runs(again), matched=False)
        self._drop(_runs(gone))

    def clear(self) -> None:
        """Forget every candidate; matching begins anew."""
        self._journal.rewrite(())
        self._matched = np.zeros(0, np.bool_)
        self._near = NeighbourPairs.none()
        self._fresh.clear()

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _apply(self, record: dict[str, Any], fresh: set[tuple[int, int]]) -> None:
        """Apply a record; ``fresh`` are the pairs of a block that has not ended yet."""
        if "open" in record:
            self._mark(_check_runs(record["open"]), matched=False)
        elif "gone" in record:
            self._drop(_check_runs(record["gone"]))
        else:
            near = _decode(record["near"])
            self._fresh.append(near)
            self._read += len(near)
            fresh.update(zip(near.firsts.tolist(), near.seconds.tolist(), strict=True))
            if "rows" in record:
                if len(fresh) >= record["of"]:
                    self._mark(_check_runs(record["rows"]), matched=True)
                fresh.clear()

    def _mark(self, runs: list[list[int]], *, matched: bool) -> None:
        end = max((end for _, end in runs), default=0)
        if end > len(self._matched):
            grown = np.zeros(end, np.bool_)
            grown[: len(self._matched)] = self._matched
            self._matched = grown
        for start, end in runs:
            self._matched[start:end] = matched

    def _drop(self, runs: list[list[int]]) -> None:
        self._mark(runs, matched=False)
        near = self.near
        gone = np.zeros(self.rows, np.bool_)
        for start, end in runs:
            gone[start:end] = True
        self._near = near.only(~(gone[near.firsts] | gone[near.seconds]))

    def _rewrite(self) -> None:
        """Write the journal anew without what is superseded."""
        self._journal.rewrite(_block_records(np.flatnonzero(self._matched), self.near))


def _block_records(rows: NDArray[np.int64], near: NeighbourPairs) -> Iterator[dict[str, Any]]:
    """Yield the records of one block: its pairs, some at a time, and last the rows that it makes matched."""
    for at in range(0, len(near), _PAIRS_PER_RECORD):
        part = near.only(np.arange(at, min(at + _PAIRS_PER_RECORD, len(near))))
        columns = (part.firsts.tolist(), part.seconds.tolist(), part.cosines.tolist())
        yield {"near": [[a, b, round(cosine, 4)] for a, b, cosine in zip(*columns, strict=True)]}
    runs = _runs(rows)
    for at in range(0, len(runs), _RUNS_PER_RECORD):
        yield {"near": [], "rows": runs[at : at + _RUNS_PER_RECORD], "of": 0 if at else len(near)}


def _runs(rows: NDArray[np.int64]) -> list[list[int]]:
    """Return start and end of each run of consecutive row numbers, which come in order."""
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    starts, ends = rows[np.r_[0, breaks]], rows[np.r_[breaks - 1, len(rows) - 1]] + 1
    runs: list[list[int]] = np.column_stack([starts, ends]).tolist()
    return runs


def _check_runs(runs: Any) -> list[list[int]]:
    checked = [[int(start), int(end)] for start, end in runs]
    if not all(0 <= start < end <= _MAX_ROWS for start, end in checked):
        raise ValueError("no rows of a table")
    return checked


def _decode(pairs: Any) -> NeighbourPairs:
    table = np.array(pairs, np.float64).reshape(-1, 3)
    if not np.isfinite(table).all() or np.abs(table).max(initial=0) >= _MAX_ROWS:
        raise ValueError("no rows of a table")
    rows = table[:, :2].astype(np.int64)
    if rows.min(initial=0) < 0 or (rows[:, 0] >= rows[:, 1]).any():
        raise ValueError("no rows of a table")
    return NeighbourPairs(rows[:, 0], rows[:, 1], table[:, 2].astype(np.float32))
