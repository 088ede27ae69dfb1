"""Shard: some of the columns of a search, built once, which answers any number of questions."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from threading import Event
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dpm_tui.pipeline.candidates import crop_search, inverted_lists, nearest_neighbours
from dpm_tui.pipeline.candidates.column_index import ColumnIndex, Columns
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.shards import (
    NO_BAR,
    Searched,
    ShardAnswer,
    ShardPart,
    ShardQuestion,
    ShardSpace,
)

Number = TypeVar("Number", bound="np.generic[Any]")


class Shard:
    """Columns of a space, from its parts; the same parts make the same shard, whatever their order.

    Takes 384 bytes a row for vectors of 192 numbers, up to 216 for what finds those that matter, and twice
    that while it is built. With a ``folder`` both lie in files there, which have no name and go with the
    shard: then 24 bytes a row remain in memory, and the rest as far as the system has room. ``screen``
    finds the products that matter, so one that is quick on the machine is worth loading.
    """

    def __init__(
        self,
        space: ShardSpace,
        parts: Iterable[ShardPart],
        screen: Screen | None = None,
        folder: str | None = None,
    ) -> None:
        self.space = space
        self._maps: list[mmap.mmap] = []
        held = sorted(parts, key=lambda part: part.number)
        numbers = np.concatenate([part.numbers for part in held] or [np.zeros(0, np.int64)])
        turns = np.concatenate([part.turns for part in held] or [np.zeros(0, np.int64)])
        bars = np.concatenate([part.bars for part in held] or [np.zeros(0, np.float32)])
        vectors = np.zeros((len(numbers), space.dims), np.float16)
        end = len(numbers)
        while held:  # a part that nobody else has goes as soon as it is copied
            part = held.pop()
            vectors[end - len(part.numbers) : end] = part.vectors
            end -= len(part.numbers)
        whole = space.searched is Searched.WHOLE
        rest = nearest_neighbours.MAX_REST if whole else crop_search.MAX_REST
        with threadpool_limits(1, "blas"):  # as equal parts should make equal shards
            few = len(numbers) < inverted_lists.MIN_MEMBERS * inverted_lists.MIN_LISTS
            listed = space.listed and not few
            index = ColumnIndex.build(numbers, vectors, screen or NumpyScreen(), rest, listed=listed)
        if folder is not None and len(index):
            index = replace(
                index, vectors=self._moved(vectors, folder), packed=self._moved(index.packed, folder)
            )
        places = index.places(numbers)
        by_place = np.empty_like(places)
        by_place[places] = np.arange(len(places))
        wanting = bool((bars < NO_BAR).any())
        self._columns = Columns(index, turns[by_place], bars[by_place] if wanting else None)

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self._columns.index)

    def answer(self, question: ShardQuestion, stopped: Event | None = None) -> ShardAnswer:
        """Return what the columns have near to the rows of a question.

        Nothing is kept of it: the answer is the same each time, and several threads may ask. Give up BLAS
        threads of its own before (``threadpool_limits``), as ``LocalShards`` does. Once ``stopped`` is set
        it ends soon, and the answer is incomplete.
        """
        stopped = stopped or Event()
        if self.space.searched is Searched.WHOLE:
            answer = nearest_neighbours.search_whole(self._columns, question, self.space.threshold, stopped)
        else:
            answer = crop_search.search_parts(self._columns.index, question, self.space.threshold, stopped)
        if hasattr(mmap, "MADV_DONTNEED"):
            for mapped in self._maps:
                mapped.madvise(mmap.MADV_DONTNEED)  # what was read stays in the cache of the system only
        return answer

    def _moved(self, array: NDArray[Number], folder: str) -> NDArray[Number]:
        """Return an array that lies in a file without a name instead of memory; raises OSError."""
        with tempfile.TemporaryFile(dir=folder) as file:
            array.tofile(file)
            file.flush()
            mapped = mmap.mmap(file.fileno(), array.nbytes, access=mmap.ACCESS_COPY)
        self._maps.append(mapped)
        moved: NDArray[Number] = np.frombuffer(mapped, array.dtype).reshape(array.shape)
        return moved
