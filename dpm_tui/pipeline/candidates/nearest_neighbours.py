"""Nearest neighbours: finds the pairs of vectors that are near, exactly, with memory bounded by block.

Pairs from a threshold on are candidates, and below it the few nearest neighbours of each picture: a strong
crop may lie there and still be nearest to its original. Places count families rather than files: copies of
one picture take one place, until every other family has one. Neighbours are those that are in the library: a
picture that left must not take the place of one that stayed, nor one that was there first the place of one
that came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, count_within, keep_nearest, rank
from dpm_tui.pipeline.candidates.block_search import Means, in_order, just_above, search_block
from dpm_tui.pipeline.candidates.column_index import ColumnIndex, Columns
from dpm_tui.pipeline.candidates.neighbour_quota import (
    CROWD,
    HUBS,
    KIN,
    Families,
    RowVectors,
    keep_families,
    thin_crowds,
)
from dpm_tui.pipeline.candidates.search_space import MatchedRows, NeighbourBounds, SearchSpace, Vectors
from dpm_tui.pipeline.candidates.shards import (
    NO_BAR,
    Searched,
    ShardAnswer,
    ShardParts,
    ShardQuestion,
    ShardSpace,
    TableVectors,
    ask,
)

ROWS_PER_BLOCK, ROWS_PER_LISTED_BLOCK = 1024, 8192
"""Only some rows of a block ask for a list, which should be many."""
SURE = 0.9
NEAREST = 24
"""Pairs from a cosine of SURE on are all candidates. Of weaker ones a picture brings its NEAREST at most:
the true partner is among the ten nearest of a picture, and a library of pictures that are all a little
alike (a season of one series, a shelf of one shop) would else bring millions to verify."""
NEIGHBOURS = 2
"""Nearest neighbours of a picture that are candidates although they lie below the threshold."""
LOOKED_AT = 4
"""Times as many are looked at, in case that some are copies of others."""
NEIGHBOURS_LOOKED_AT = 24
FLOOR = 0.53
"""Cosine below which not even a nearest neighbour is worth a look."""
_FOLDED = 32
"""Pairs a row that are gathered before those are dropped that others surpass."""
MAX_REST = 0.02
"""What short vectors may leave out: many neighbours of a picture lie just below its nearest ones."""
_ROUNDED = 1e-4
"""By how much a stored cosine may be off."""
_RAISED = 0.005
"""By how much a bar rises at least before those who search are told."""
RULE = f"kin-{SURE}-{NEAREST}-{NEIGHBOURS}-{FLOOR}-{KIN}-{CROWD}-{HUBS}"
"""Names what makes a pair a candidate besides threshold and vectors; other candidates are matched anew."""


def match_vectors(field: SearchSpace, threshold: float, means: Means | None = None) -> Iterator[MatchedRows]:
    """Compare the open rows, of unit length, with all live ones; yield block by block.

    No pair is missed. Each open row brings the settled rows, and the open ones before it, with a cosine of at
    least SURE, of a crowd only some of them. Of those from ``threshold`` on it brings its NEAREST. Every live
    row brings its NEIGHBOURS below the threshold among all of them, whatever the blocks. A pair can come from
    both of its rows.
    """
    if not field.open.any():
        return
    means = means or Means()
    settled = field.settled
    families = Families.of(len(field.rows), field.near)
    among = field.near.only(settled[field.near.firsts] & settled[field.near.seconds])
    nearest = _nearest(among, threshold, families)
    turns = field.turns()
    listed = means.listed(field.open, field.live)
    size = ROWS_PER_LISTED_BLOCK if listed else ROWS_PER_BLOCK
    bars = np.where(settled, nearest.bars - np.float32(_ROUNDED), NO_BAR) if settled.any() else None

    def questions(take: Callable[[NDArray[np.int64]], Vectors]) -> Iterator[ShardQuestion]:
        for number, numbers in enumerate(field.open_blocks(size)):
            raised = np.zeros(0, np.int64)
            if bars is not None:
                raised = np.flatnonzero(settled & (nearest.bars > bars + np.float32(_RAISED)))
            raised_bars = nearest.bars[raised] - np.float32(_ROUNDED)
            yield ShardQuestion(number, numbers, take(numbers), turns[numbers], raised, raised_bars)

    vectors: RowVectors
    if means.shards is None:
        index = ColumnIndex.of(field.rows, field.live, field.width, means.screen, MAX_REST, listed=listed)
        columns = Columns(index, turns[index.numbers], None if bars is None else bars[index.numbers])
        vectors = index

        def work(question: ShardQuestion, stopped: Event) -> WholeMatch:
            answer = search_whole(columns, question, threshold, stopped)
            return settle_whole(index, turns, question.numbers, [answer])

        blocks = in_order(questions(index.take), work, means.threads)
    else:
        vectors = table = TableVectors(field.rows)
        numbers = np.flatnonzero(field.live)
        space = ShardSpace(Searched.WHOLE, len(numbers), field.width, threshold, listed)
        means.shards.build(space, ShardParts(table, numbers, field.width, turns, bars))

        def merge(task: tuple[NDArray[np.int64], Sequence[ShardAnswer]], stopped: Event) -> WholeMatch:
            return settle_whole(table, turns, *task)

        blocks = in_order(ask(means.shards, questions(table.read)), merge, means.threads)
    for found in blocks:
        # Blocks that were searched meanwhile may have brought nearer ones.
        wanted = nearest.bars[found.others.seconds] - np.float32(_ROUNDED)
        others = keep_families(vectors, found.others.only(found.others.cosines >= wanted), NEIGHBOURS)
        families.add(found.near)
        nearest.add(families.leading(others))
        yield MatchedRows(found.numbers, NeighbourPairs.joined([found.near, others]).unique())


def search_whole(columns: Columns, question: ShardQuestion, threshold: float, stopped: Event) -> ShardAnswer:
    """Return what some columns have near to whole pictures; incomplete where it was stopped."""
    gathering = _Gathering(columns, question, threshold)
    search_block(columns.index, question.vectors.astype(np.float32, copy=False), gathering, stopped)
    return gathering.answer()


@dataclass(frozen=True, slots=True)
class WholeMatch:
    """What some open rows bring, and open rows with settled ones that may have them as neighbours."""

    numbers: NDArray[np.int64]
    near: NeighbourPairs
    others: NeighbourPairs


def settle_whole(
    vectors: RowVectors,
    turns: NDArray[np.int64],
    numbers: NDArray[np.int64],
    answers: Sequence[ShardAnswer],
) -> WholeMatch:
    """Return what is wanted of the answers of all columns to a question."""
    below = keep_nearest([answer.nearest for answer in answers], NEIGHBOURS_LOOKED_AT)
    below = keep_families(vectors, below, NEIGHBOURS)
    found = keep_nearest([answer.found for answer in answers], LOOKED_AT * NEAREST, SURE)
    sure = found.cosines >= np.float32(SURE)
    weak = keep_families(vectors, found.only(~sure), NEAREST)
    crowd = thin_crowds(found.only(sure), turns)
    near = NeighbourPairs.joined([crowd, weak, below])
    near = NeighbourPairs(near.firsts, numbers[near.seconds], near.cosines)
    return WholeMatch(numbers, near, NeighbourPairs.joined([answer.approached for answer in answers]))


class _Gathering:
    """What a block of open rows comes near to, as it is found; pairs are places of the index with rows."""

    def __init__(self, columns: Columns, question: ShardQuestion, threshold: float) -> None:
        numbers = question.numbers
        self._question = question
        self._index, self._turns, self._own_turns = columns.index, columns.turns, question.turns
        self._places = columns.index.places(numbers)
        self._threshold = np.float32(threshold)
        self._near_bars = np.full(len(numbers), FLOOR, np.float32)
        self.bars = np.minimum(self._near_bars, self._threshold)
        self.column_bars = _raised_bars(columns, question)
        self._found_bars = np.full(len(numbers), threshold, np.float32)
        self._hub_keys = np.full(len(numbers), np.iinfo(np.int64).max)
        self._below = self._found = NeighbourPairs.none()
        self._fresh: list[NeighbourPairs] = []
        self._approached: list[NeighbourPairs] = []
        self._pending = 0

    def admits(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], cosines: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Return which cosines matter, of rows with places of the index; shapes are broadcast."""
        turns = self._turns[columns]
        earlier = turns < self._own_turns[rows]
        below = cosines < self._threshold
        wanted: NDArray[np.bool_] = below & (cosines >= self._near_bars[rows])
        if self.column_bars is not None:
            wanted |= below & (cosines >= self.column_bars[columns])
        wanted |= earlier & (cosines >= self._found_bars[rows])
        sure = earlier & (cosines >= np.float32(SURE))
        if sure.any():
            wanted |= sure & (turns + (cosines < np.float32(KIN)) * _LATER < self._hub_keys[rows])
        wanted &= columns != self._places[rows]
        return wanted

    def take(self, near: NeighbourPairs) -> None:
        """Take pairs that matter."""
        if self.column_bars is not None:
            wanted = near.cosines >= self.column_bars[near.firsts]
            self._approached.append(near.only(wanted & (near.cosines < self._threshold)))
            own = near.cosines >= self._near_bars[near.seconds]
            near = near.only(own | (near.cosines >= self._threshold))
        self._fresh.append(near)
        self._pending += len(near)
        if self._pending > _FOLDED * len(self._own_turns):
            self._fold()

    def answer(self) -> ShardAnswer:
        """Return what remains."""
        self._fold()
        others = self._named(NeighbourPairs.joined(self._approached))
        others = NeighbourPairs(self._question.numbers[others.seconds], others.firsts, others.cosines)
        others = keep_nearest([others], NEIGHBOURS_LOOKED_AT)
        return ShardAnswer(self._question.number, self._named(self._found), self._named(self._below), others)

    def _named(self, near: NeighbourPairs) -> NeighbourPairs:
        """Return pairs with rows of the table instead of places of the index."""
        return NeighbourPairs(self._index.numbers[near.firsts], near.seconds, near.cosines)

    def _fold(self) -> None:
        """Drop what others surpass, and raise the bars."""
        fresh = NeighbourPairs.joined(self._fresh)
        self._fresh.clear()
        self._pending = 0
        below = fresh.cosines < self._threshold
        near = NeighbourPairs.joined([self._below, fresh.only(below)])
        nearest, self._near_bars = _nearest_places(near, NEIGHBOURS_LOOKED_AT, self._near_bars)
        self._below = near.only(nearest)
        self.bars = np.minimum(self._near_bars, self._threshold)
        near = NeighbourPairs.joined([self._found, fresh.only(~below)])
        most = max(LOOKED_AT * NEAREST, CROWD)
        nearest, self._found_bars = _nearest_places(near, most, self._found_bars)
        kept = np.zeros(len(near), np.bool_)
        kept[nearest] = True
        kept[self._hubs(near)] = True
        self._found = near.only(kept)

    def _hubs(self, near: NeighbourPairs) -> NDArray[np.int64]:
        """Return the places of the HUBS of each row: copies come before others, then turns count."""
        sure = np.flatnonzero(near.cosines >= np.float32(SURE))
        firsts, seconds = near.firsts[sure], near.seconds[sure]
        keys = self._turns[firsts] + (near.cosines[sure] < np.float32(KIN)) * _LATER
        order = np.argsort(seconds * (4 * _LATER) + keys)
        places = count_within(seconds[order])
        last = order[places == HUBS - 1]
        self._hub_keys[seconds[last]] = keys[last]
        return sure[order[places < HUBS]]


_LATER = 1 << 32
"""More than any turn."""


def _raised_bars(columns: Columns, question: ShardQuestion) -> NDArray[np.float32] | None:
    """Return the bars of some columns at the time of a question."""
    if columns.bars is None:
        return None
    bars = columns.bars.copy()
    places = columns.index.places(question.raised)
    bars[places[places >= 0]] = question.raised_bars[places >= 0]
    return bars


def _nearest_places(
    near: NeighbourPairs, most: int, bars: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return where the ``most`` nearest of each row are, and the bars, raised where a row has so many."""
    order, places = rank(near)
    last = order[places == most - 1]
    raised = bars.copy()
    raised[near.seconds[last]] = just_above(near.cosines[last])
    return order[places < most], raised


def rows_to_search_again(
    near: NeighbourPairs, gone: NDArray[np.bool_], threshold: float
) -> NDArray[np.int64]:
    """Return the rows that must be compared anew because a row that is ``gone`` took a place of theirs."""
    nearest = _nearest(near, threshold, Families.of(len(gone), near))
    both = NeighbourPairs.joined([near, near.swapped()])
    lost = both.only(gone[both.firsts] & ~gone[both.seconds])
    neighbour = (lost.cosines < threshold) & (lost.cosines >= nearest.bars[lost.seconds] - _ROUNDED)
    weak, sure = (
        np.bincount(both.seconds[(both.cosines >= SURE) == strong], minlength=len(gone))
        for strong in (False, True)
    )
    crowded = np.where(lost.cosines < SURE, weak[lost.seconds] >= NEAREST, sure[lost.seconds] >= CROWD)
    return np.unique(lost.seconds[neighbour | crowded])


def _nearest(near: NeighbourPairs, threshold: float, families: Families) -> NeighbourBounds:
    """Return how near the neighbours are that rows have below the threshold, a family counting once."""
    nearest = NeighbourBounds(len(families), NEIGHBOURS, FLOOR)
    both = NeighbourPairs.joined([near, near.swapped()])
    nearest.add(families.leading(both.only(both.cosines < threshold)))
    return nearest
