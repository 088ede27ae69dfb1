"""Shards: the vectors of a search cut into pieces, each searched on its own, wherever it lies.

A search compares rows with columns. The columns are cut into shards, on one machine or on many. Each
question, a block of rows, goes to every shard; a shard returns what may matter, and whoever asked keeps of
all answers what does. All that travels is arrays: see ``pipeline.sharding.shard_codec`` for its bytes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.search_space import Rows, Vectors

PART_ROWS = 16_384
"""Rows of a part: six megabytes of vectors."""
NO_BAR = np.float32(2)
"""A bar that no cosine reaches."""


class Searched(Enum):
    """What is compared with the whole pictures of the columns."""

    WHOLE = "whole"
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class ShardSpace:
    """What shards are built for: ``rows`` columns in all, of ``dims`` numbers each.

    ``listed`` says whether there are so many that a row is compared with likely ones only.
    """

    searched: Searched
    rows: int
    dims: int
    threshold: float
    listed: bool


@dataclass(frozen=True, slots=True)
class ShardPart:
    """Some columns of a shard: the ``numbers`` of their rows in the table, ascending, and their vectors.

    ``vectors`` has shape (n, dims). ``turns`` says when the turn of each row comes, and ``bars`` from which
    cosine on it wants an open row that lies below the threshold, NO_BAR for none. One item a row each.
    """

    number: int
    numbers: NDArray[np.int64]
    vectors: NDArray[np.float16]
    turns: NDArray[np.int64]
    bars: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShardQuestion:
    """A block of rows of the table, with their turns, and the vectors to compare: one a row, or its parts
    in order.

    Of the rows in ``raised`` bars have risen since the shards were built, to ``raised_bars``. A shard
    passes over those that it does not have.
    """

    number: int
    numbers: NDArray[np.int64]
    vectors: Vectors
    turns: NDArray[np.int64]
    raised: NDArray[np.int64]
    raised_bars: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShardAnswer:
    """What a shard has near to the rows of a question, more than is wanted but nothing less.

    Of whole pictures: ``found`` are earlier rows from the threshold on, ``nearest`` any below it. First
    rows are those of the table, second ones places in the question. ``approached`` are rows of the question
    with rows of the shard that may want them, both by number. Of parts: ``found`` are near to a picture for
    sure, ``nearest`` is that of each vector of the question, and nothing is ``approached``.
    """

    number: int
    found: NeighbourPairs
    nearest: NeighbourPairs
    approached: NeighbourPairs


class ShardsLost(Exception):
    """No machine is left that searches: what was not yielded has to be searched in another way."""


class Shards(Protocol):
    """Columns on as many machines as there are.

    What an implementation has to see to:

    - Every part belongs to exactly one shard, as a whole. Which one, and how many there are, is free: a shard
      takes about half a kilobyte a row (``Shard``).
    - A shard that is lost is built again from the same parts. ``parts`` gives each as often as it is asked
      for, always of the same bytes, so that nobody needs to keep them. It is read in the thread that called
      ``build`` or that iterates over ``search``, in no other.
    - A question may be asked as often as it takes, also of a shard that was built again: ``Shard.answer``
      keeps nothing of it, and answers alike each time. Exactly one answer of each shard is passed on, or one
      that ``pipeline.sharding.answer_merge`` makes of those of several shards.
    - Questions are taken one by one and few ahead, as each knows what the answers before it brought. Two
      for each thread that searches are enough to keep all at work.
    - Where the iteration ends early, what is under way is given up.
    - What cannot be mended (ShardsLost: no machine is left) is raised from ``build`` or ``search``; the
      search then goes on another time from the last block that was yielded.
    """

    def build(self, space: ShardSpace, parts: Sequence[ShardPart]) -> None:
        """Build the shards of a space, in the place of those there were."""

    def search(self, questions: Iterable[ShardQuestion]) -> Generator[Sequence[ShardAnswer], None, None]:
        """Yield the answers of all shards to each question, in the order of the questions."""


class TableVectors:
    """Vectors of a table in single precision, a few at a time; several threads may ask."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = threading.Lock()

    def read(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers, in any order, as they lie in the table."""
        used, places = np.unique(numbers, return_inverse=True)
        with self._lock:
            taken: NDArray[np.float16] = self._rows.take(used)
        return taken if len(used) == len(numbers) and (used == numbers).all() else taken[places]

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows with these numbers, in any order."""
        return self.read(numbers).astype(np.float32)


class ShardParts(Sequence[ShardPart]):
    """Columns of a table as parts, read each time that one is asked for.

    ``numbers`` are their rows, of which the first ``dims`` numbers count; ``turns`` and ``bars`` are those
    of all rows of the table, None where they do not matter.
    """

    def __init__(
        self,
        table: TableVectors,
        numbers: NDArray[np.int64],
        dims: int,
        turns: NDArray[np.int64] | None = None,
        bars: NDArray[np.float32] | None = None,
    ) -> None:
        self._table, self._numbers, self._dims, self._turns, self._bars = table, numbers, dims, turns, bars

    def __len__(self) -> int:
        return -(-len(self._numbers) // PART_ROWS)

    @overload
    def __getitem__(self, at: int) -> ShardPart: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ShardPart]: ...
    def __getitem__(self, at: int | slice) -> ShardPart | Sequence[ShardPart]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        number = range(len(self))[at]
        numbers = self._numbers[number * PART_ROWS : (number + 1) * PART_ROWS]
        turns = np.zeros(len(numbers), np.int64) if self._turns is None else self._turns[numbers]
        bars = np.full(len(numbers), NO_BAR) if self._bars is None else self._bars[numbers]
        return ShardPart(number, numbers, self._table.read(numbers)[:, : self._dims], turns, bars)


def ask(
    shards: Shards, questions: Iterable[ShardQuestion]
) -> Iterator[tuple[NDArray[np.int64], Sequence[ShardAnswer]]]:
    """Yield the rows of each question, in order, with the answers of all shards.

    Raises ValueError for an answer to another question.
    """
    under_way: deque[tuple[int, NDArray[np.int64]]] = deque()

    def noted() -> Iterator[ShardQuestion]:
        for question in questions:
            under_way.append((question.number, question.numbers))
            yield question

    with closing(shards.search(noted())) as answered:
        for answers in answered:
            number, numbers = under_way.popleft()
            if any(answer.number != number for answer in answers):
                raise ValueError(f"no answer to question {number}")
            yield numbers, answers
