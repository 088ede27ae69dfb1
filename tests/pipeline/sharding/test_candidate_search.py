"""A stage that is given shards lets them search, and finds the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates import candidate_search
from dpm_tui.pipeline.candidates.candidate_search import PARTS, WHOLE, CandidateSearch, match_all
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.sharding.local_shards import LocalShards
from tests.support.rows import ArrayRows, described, pairs_of


class Vectors(ArrayRows):
    """A table whose rows are called by their numbers."""

    def __iter__(self) -> Iterator[str]:
        return map(str, range(len(self)))

    def digest_at(self, row: int) -> str:
        return str(row)


class Candidates:
    """A table in memory."""

    def __init__(self, rows: int) -> None:
        self.done = np.zeros(rows, np.bool_)
        self.near = NeighbourPairs.none()

    def matched(self, rows: int) -> NDArray[np.bool_]:
        return self.done

    def add_block(self, rows: NDArray[np.int64], near: NeighbourPairs) -> None:
        self.done[rows] = True
        self.near = NeighbourPairs.joined([self.near, near]).unique()


class Stopping(Reporter):
    """Lets so many blocks pass."""

    def __init__(self, blocks: int) -> None:
        self._left = blocks

    def cancelled(self) -> bool:
        self._left -= 1
        return self._left < 0


def searches() -> list[CandidateSearch]:
    dice = np.random.default_rng(1)
    own, parts = (described(dice, 60 * each, 20).reshape(60, -1).astype("f2") for each in (1, 1 + COUNT))
    return [
        CandidateSearch(Vectors(own), Candidates(60), 0.8, WHOLE),  # type: ignore[arg-type]
        CandidateSearch(Vectors(parts), Candidates(60), 0.8, PARTS),  # type: ignore[arg-type]
    ]


def matched(shards: LocalShards | None, reporter: Reporter | None = None) -> list[CandidateSearch]:
    made = searches()
    match(made, shards, reporter)
    return made


def match(made: list[CandidateSearch], shards: LocalShards | None, reporter: Reporter | None = None) -> None:
    known, pace = set(map(str, range(60))), Checkpointer(lambda: None, reporter or Reporter())
    match_all(made, known, lambda digests: list(map(int, digests)), pace, shards=shards)


@pytest.mark.parametrize("limit", ["_WORTH_LOADING", "_MANY"])
def test_what_is_much_goes_to_the_shards(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [pairs_of(search.candidates.near) for search in matched(None)]
    monkeypatch.setattr(candidate_search, limit, 10)
    shards = LocalShards(3)
    assert [pairs_of(search.candidates.near) for search in matched(shards)] == wanted
    assert len(shards.shards) == 3


def test_what_is_little_stays_here() -> None:
    shards = LocalShards(3)
    matched(shards)
    assert shards.shards == []


def test_a_search_that_was_stopped_goes_on_with_its_open_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_search, "_MANY", 10)
    monkeypatch.setattr("dpm_tui.pipeline.candidates.nearest_neighbours.ROWS_PER_BLOCK", 16)
    wanted = [pairs_of(search.candidates.near) for search in matched(None)]
    made = searches()
    with pytest.raises(Cancelled):
        match(made, LocalShards(2), Stopping(1))
    assert 0 < made[0].candidates.matched(60).sum() < 60
    match(made, LocalShards(2))
    assert set(pairs_of(made[0].candidates.near)) >= set(wanted[0])
