"""Block search: the exact cosines of some vectors with those of an index that reach a bar.

Most products are far below it. A screen tells so by short vectors; only what may reach the bar is multiplied
in full, number by number, or as a block where a crowd is near to all of itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.column_index import ColumnIndex
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Places, Screen
from dpm_tui.pipeline.candidates.shards import Shards

TILE = 1024
"""Rows and columns of a tile: its products stay in the cache of a core."""
_SLICE = 128
"""Columns of a crowd that are multiplied as a block before bars may rise."""
_GATHERED = 4096
"""Products that are multiplied one by one before bars may rise."""
ROUNDING = np.float32(1 << 20)
"""Cosines are multiples of one by this, so that equal vectors have equal cosines whoever multiplies them."""

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Means:
    """What a search may use."""

    screen: Screen = field(default_factory=NumpyScreen)
    threads: int = 1
    most_products: int = 200_000**2
    """Pairs of pictures up to which all are compared with all."""
    shards: Shards | None = None
    """Who searches in the place of this process, if somebody does."""

    def listed(self, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
        """Return whether the rows of two masks are so many that each is compared with likely ones only."""
        return int(np.count_nonzero(one)) * int(np.count_nonzero(other)) > self.most_products


class Gatherer(Protocol):
    """Takes what some rows come near to, and says how near is near enough for each."""

    bars: NDArray[np.float32]
    """The cosine below which nothing matters to a row; it rises with what was taken."""
    column_bars: NDArray[np.float32] | None
    """The cosine from which a place of the index wants a row even so."""

    def admits(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], cosines: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Return which cosines matter, of rows with places of the index; shapes are broadcast."""

    def take(self, near: NeighbourPairs) -> None:
        """Take pairs that matter: places of the index, then rows."""


def search_block(index: ColumnIndex, rows: NDArray[np.float32], gatherer: Gatherer, stopped: Event) -> None:
    """Hand the pairs of some rows, shape (n, dims), with all of the index that matter to a gatherer."""
    packed = index.screen.pack(index.shortening.apply(rows))
    few: list[Places] = []
    waiting = 0
    for columns, asking in index.meetings(rows, TILE):
        if stopped.is_set():
            return
        wanted = None if gatherer.column_bars is None else gatherer.column_bars[columns]
        for at in range(0, len(asking), TILE):
            tile = asking[at : at + TILE]
            found = index.screen.reaching(packed[tile], index.packed[columns], gatherer.bars[tile], wanted)
            if not len(found[0]):
                continue
            seconds, firsts = tile[found[0]], found[1] + columns.start
            if firsts.ndim > 1:
                # In order of places: of equal cosines those of the lowest matter.
                _hand_over(index, rows, few, gatherer)
                few.clear()
                waiting = 0
                _hand_over_crowd(index, rows, (seconds, firsts), gatherer)
                continue
            few.append((seconds, firsts))
            waiting += len(firsts)
            if waiting >= _GATHERED:
                _hand_over(index, rows, few, gatherer)
                few.clear()
                waiting = 0
    _hand_over(index, rows, few, gatherer)


def _hand_over_crowd(
    index: ColumnIndex, rows: NDArray[np.float32], found: Places, gatherer: Gatherer
) -> None:
    """Multiply a crowd in full, and hand over what matters; bars may rise in between."""
    seconds, firsts = found
    own = rows[seconds[:, 0]]
    for at in range(0, firsts.shape[1], _SLICE):
        some = firsts[:, at : at + _SLICE]
        cosines = _rounded(own @ index.at(some[0]).T)
        chosen, columns = np.nonzero(gatherer.admits(seconds, some, cosines))
        gatherer.take(NeighbourPairs(some[0, columns], seconds[chosen, 0], cosines[chosen, columns]))


def _hand_over(
    index: ColumnIndex, rows: NDArray[np.float32], found: list[Places], gatherer: Gatherer
) -> None:
    """Multiply single products that a screen found in full, and hand over what matters."""
    if not found:
        return
    seconds, firsts = (np.concatenate(side) for side in zip(*found, strict=True))
    for at in range(0, len(firsts), _GATHERED):
        ones, others = firsts[at : at + _GATHERED], seconds[at : at + _GATHERED]
        cosines = _rounded(np.einsum("ij,ij->i", rows[others], index.at(ones)))
        kept = gatherer.admits(others, ones, cosines)
        gatherer.take(NeighbourPairs(ones[kept], others[kept], cosines[kept]))


def _rounded(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    rounded: NDArray[np.float32] = np.rint(cosines * ROUNDING) / ROUNDING
    return rounded


def just_above(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return bars that the next higher cosine reaches, but no equal one."""
    above: NDArray[np.float32] = cosines + np.float32(0.5) / ROUNDING
    return above


def in_order(tasks: Iterable[Task], work: Callable[[Task, Event], Result], threads: int) -> Iterator[Result]:
    """Yield the result of each task in order; ``threads`` of them are worked at the same time.

    Tasks are taken in the thread that asks. Work should end early when the event that it gets is set.
    """
    stopped = Event()
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads, "match") as pool:
        under_way: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                under_way.append(pool.submit(work, task, stopped))
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
