"""Crop search: finds pictures that show a part of another, or hold it among other things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, rank
from dpm_tui.pipeline.candidates.block_search import Means, in_order, just_above, search_block
from dpm_tui.pipeline.candidates.column_index import ColumnIndex
from dpm_tui.pipeline.candidates.inner_picture import find_inner_picture
from dpm_tui.pipeline.candidates.search_space import MatchedRows, SearchSpace
from dpm_tui.pipeline.candidates.shards import (
    Searched,
    ShardAnswer,
    ShardParts,
    ShardQuestion,
    ShardSpace,
    TableVectors,
    ask,
)
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.pipeline.transparency.ground import lay_on

PARTS = "parts"
"""Name of the table whose rows hold a picture's own vector and then those of its parts."""
BOXES = (
    (0.0, 0.0, 0.5, 0.5),
    (0.0, 0.5, 0.5, 1.0),
    (0.5, 0.0, 1.0, 0.5),
    (0.5, 0.5, 1.0, 1.0),
    (0.25, 0.25, 0.75, 0.75),
)
"""Parts of a picture, (top, left, bottom, right) in shares of its sides: its quarters, and the middle."""
COUNT = len(BOXES)
MIDDLE = 4
"""Number of the middle, whose place the inner picture takes of what has bars or a frame around it."""
ROWS_PER_BLOCK = 2048
MAX_REST = 0.05
"""What short vectors may leave out: hardly a part is near to any picture."""
_FOLDED = 32
"""Near pictures a picture that are gathered before those are dropped that others surpass."""
MOST = 12
"""Pictures near to one of its parts that a picture brings at most."""
FLOOR = 0.66
"""Cosine of a part and a whole picture below which none is a candidate."""
SURE = 0.8
"""Cosine from which more than the nearest are."""
CLEAR = 0.05
"""Mean transparency from which flattenings of a cut-out say more than its corners, which are mostly empty."""
GROUNDS = ((0, 0, 0), (112, 112, 112), (20, 20, 80), (220, 120, 40))
"""Plain grounds that a cut-out is laid on besides white: nine in ten of others are near to one of them."""
CHECKERS, SQUARE = (255, 204), 12
"""The two greys of the checkerboard of most image editors, and its squares in pixels of a thumbnail."""
RULE = f"inner-{COUNT}-{MOST}-{FLOOR}-{SURE}"


def own_parts(picture: StoredPicture) -> list[NDArray[np.uint8] | None] | None:
    """Return the COUNT pictures that stand for the parts of another: flattenings, or what bars surround.

    None stands for a part that is a region of the picture itself, and in all where every part is one.
    """
    if (grounds := flattenings(picture)) is not None:
        return list(grounds)
    inner = find_inner_picture(picture.pixels)
    return None if inner is None else [inner if k == MIDDLE else None for k in range(COUNT)]


def flattenings(picture: StoredPicture) -> list[NDArray[np.uint8]] | None:
    """Return the COUNT pictures that stand for the parts of a cut-out, None where its parts are its own.

    They are the cut-out on other grounds than white.
    """
    if picture.cutout is None or picture.cutout.clearness < CLEAR:
        return None
    height, width = picture.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width] // SQUARE
    board = np.where((rows + columns) % 2, CHECKERS[1], CHECKERS[0]).astype(np.float32)
    grounds = [*(np.array(colour, np.float32) for colour in GROUNDS), np.stack([board] * 3, axis=-1)]
    return [lay_on(picture.pixels, picture.cutout, ground) for ground in grounds]


def match_parts(field: SearchSpace, threshold: float, means: Means | None = None) -> Iterator[MatchedRows]:
    """Compare the parts of every open picture with every live whole one, and the other way round.

    Rows hold (1 + COUNT) * dims numbers: a picture's own unit vector, then its parts'. Each part of a
    picture brings the picture nearest to it, as a collage holds several, and of those from a cosine of
    ``threshold`` on a picture brings MOST. Parts of settled rows bring open ones alone.
    """
    if not field.open.any():
        return
    means = means or Means()
    if field.settled.any():
        known = [near for _, near in _match_rows(field, field.settled, field.open, threshold, means)]
        yield MatchedRows(np.zeros(0, np.int64), NeighbourPairs.joined(known).unique())
    for numbers, near in _match_rows(field, field.open, field.live, threshold, means):
        yield MatchedRows(numbers, near.unique())


def rows_to_search_again(
    near: NeighbourPairs, gone: NDArray[np.bool_], threshold: float
) -> NDArray[np.int64]:
    """Return the rows that must be compared anew because a row that is ``gone`` was near to them."""
    lost = np.concatenate([near.seconds[gone[near.firsts]], near.firsts[gone[near.seconds]]])
    return np.unique(lost[~gone[lost]])


def _match_rows(
    field: SearchSpace,
    asking: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    threshold: float,
    means: Means,
) -> Iterator[tuple[NDArray[np.int64], NeighbourPairs]]:
    """Yield blocks of rows with what their parts come near to among the whole pictures that are wanted.

    Rows are taken as they lie in the table, as one that follows another is read many times as fast.
    """
    dims = field.width // (1 + COUNT)
    listed = means.listed(field.open, field.live)
    table = TableVectors(field.rows)

    def questions() -> Iterator[ShardQuestion]:
        rows, none = np.flatnonzero(asking), np.zeros(0, np.int64)
        for at in range(0, len(rows), ROWS_PER_BLOCK):
            numbers = rows[at : at + ROWS_PER_BLOCK]
            parts = table.read(numbers)[:, dims:].reshape(len(numbers) * COUNT, dims)
            turns = np.zeros(len(numbers), np.int64)
            yield ShardQuestion(at // ROWS_PER_BLOCK, numbers, parts, turns, none, np.zeros(0, np.float32))

    if means.shards is not None:
        numbers = np.flatnonzero(wanted)
        space = ShardSpace(Searched.PARTS, len(numbers), dims, threshold, listed)
        means.shards.build(space, ShardParts(table, numbers, dims))
        for asked, answers in ask(means.shards, questions()):
            yield asked, settle_parts(asked, answers)
        return
    index = ColumnIndex.of(field.rows, wanted, dims, means.screen, MAX_REST, listed=listed)

    def work(question: ShardQuestion, stopped: Event) -> tuple[NDArray[np.int64], NeighbourPairs]:
        answer = search_parts(index, question, threshold, stopped)
        return question.numbers, settle_parts(question.numbers, [answer])

    yield from in_order(questions(), work, means.threads)


def search_parts(
    index: ColumnIndex, question: ShardQuestion, threshold: float, stopped: Event
) -> ShardAnswer:
    """Return what an index has near to the parts of pictures; incomplete where it was stopped."""
    gathering = _Gathering(index, question.numbers, threshold)
    search_block(index, question.vectors.astype(np.float32, copy=False), gathering, stopped)
    return gathering.answer(question.number)


def settle_parts(numbers: NDArray[np.int64], answers: Sequence[ShardAnswer]) -> NeighbourPairs:
    """Return what is wanted of the answers of all columns to a question."""
    near = NeighbourPairs.joined([answer.nearest for answer in answers])
    order, places = rank(near)
    own = near.only(order[places == 0])
    own = NeighbourPairs(own.firsts, own.seconds // COUNT, own.cosines)
    sure = NeighbourPairs.joined([answer.found for answer in answers])
    order, places = rank(sure)
    near = NeighbourPairs.joined([own, sure.only(np.sort(order[places < MOST]))])
    return NeighbourPairs(near.firsts, numbers[near.seconds], near.cosines)


class _Gathering:
    """What the parts of some pictures come near to, as it is found.

    Pairs that it takes are places of the index with parts, COUNT of them to a picture.
    """

    def __init__(self, index: ColumnIndex, numbers: NDArray[np.int64], threshold: float) -> None:
        self._index = index
        self._places = index.places(numbers)
        self._nearest = np.full(len(numbers) * COUNT, -1, np.int64)
        self._best = np.full(len(numbers) * COUNT, FLOOR - 1, np.float32)
        self._sure_bars = np.full(len(numbers), threshold, np.float32)
        self.bars = np.full(len(numbers) * COUNT, FLOOR, np.float32)
        self.column_bars: NDArray[np.float32] | None = None
        self._sure = NeighbourPairs.none()
        self._fresh: list[NeighbourPairs] = []
        self._pending = 0

    def admits(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], cosines: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Return which cosines matter, of parts with places of the index; shapes are broadcast."""
        wanted: NDArray[np.bool_] = cosines >= self.bars[rows]
        wanted &= columns != self._places[rows // COUNT]
        return wanted

    def take(self, near: NeighbourPairs) -> None:
        """Take pairs that matter."""
        order, places = rank(near)
        first = order[places == 0]
        parts = near.seconds[first]
        closer = near.cosines[first] > self._best[parts]
        self._best[parts[closer]] = near.cosines[first[closer]]
        self._nearest[parts[closer]] = near.firsts[first[closer]]
        near = NeighbourPairs(near.firsts, near.seconds // COUNT, near.cosines)
        near = near.only(near.cosines >= self._sure_bars[near.seconds])
        self._fresh.append(near)
        self._pending += len(near)
        if self._pending > _FOLDED * len(self._sure_bars):
            self._fold()
        self._raise_bars(parts)

    def answer(self, number: int) -> ShardAnswer:
        """Return what remains, as the answer to the question of a number."""
        self._fold()
        found = np.flatnonzero(self._nearest >= 0)
        nearest = NeighbourPairs(self._index.numbers[self._nearest[found]], found, self._best[found])
        sure = NeighbourPairs(self._index.numbers[self._sure.firsts], self._sure.seconds, self._sure.cosines)
        return ShardAnswer(number, sure, nearest, NeighbourPairs.none())

    def _fold(self) -> None:
        """Drop what others surpass, and raise the bars of pictures that have MOST near for sure."""
        near = NeighbourPairs.joined([self._sure, *self._fresh]).highest()
        self._fresh.clear()
        self._pending = 0
        order, places = rank(near)
        last = order[places == MOST - 1]
        self._sure_bars[near.seconds[last]] = just_above(near.cosines[last])
        self._sure = near.only(np.sort(order[places < MOST]))
        self._raise_bars(np.arange(len(self.bars)))

    def _raise_bars(self, parts: NDArray[np.int64]) -> None:
        """Let a part want what is nearer than its nearest, or near to the picture for sure."""
        best = np.maximum(just_above(self._best[parts]), np.float32(FLOOR))
        self.bars[parts] = np.minimum(best, self._sure_bars[parts // COUNT])
