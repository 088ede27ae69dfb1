"""Cluster shards: the vectors of a library shared out among nodes, which search them (see ``Shards``)."""

from __future__ import annotations

import itertools
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from dpm_tui.pipeline.candidates.shards import ShardAnswer, ShardPart, ShardQuestion, ShardsLost, ShardSpace
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.decoding.decoder import Wait
from dpm_tui.worker.cluster.cluster_client import ClusterClient
from dpm_tui.worker.cluster.shard_task import Lacking, LoadTask, SearchTask

_TRIES = 5
"""Times that a question is asked where nodes come and go, or shards given to others."""


class ClusterShards:
    """A shard for each node that works when a search begins, built there once.

    A shard whose node is lost is given to another one. Raises ShardsLost when there is none, Cancelled when
    nobody waits any more.
    """

    def __init__(self, cluster: ClusterClient, cancelled: Callable[[], bool]) -> None:
        self._cluster, self._cancelled = cluster, cancelled
        self._space: ShardSpace | None = None
        self._dealt: list[range] = []
        self._parts: Sequence[ShardPart] = ()
        self._names: list[str] = []
        self._homes: list[str] = []

    def build(self, space: ShardSpace, parts: Sequence[ShardPart]) -> None:
        """Build the shards of a space, each of parts that follow each other."""
        nodes = self._working()
        count = max(min(len(nodes), len(parts)), 1)
        self._space, self._parts = space, parts
        run = uuid.uuid4().hex
        self._names = [f"{run}-{number}" for number in range(count)]
        bounds = [at * len(parts) // count for at in range(count + 1)]
        self._dealt = [range(*each) for each in itertools.pairwise(bounds)]
        self._homes = [nodes[number % len(nodes)] for number in range(count)]
        for number in range(count):
            self._load(number)

    def search(self, questions: Iterable[ShardQuestion]) -> Generator[Sequence[ShardAnswer], None, None]:
        """Yield the answers of all shards to each question, in the order of the questions."""
        waiting: deque[tuple[ShardQuestion, dict[int, ShardAnswer]]] = deque()
        again: deque[SearchTask] = deque()
        tries: dict[tuple[int, int], int] = {}
        coming = iter(questions)
        ahead = 2 * max(len(self._working()), 1)

        def tasks() -> Iterator[SearchTask | Wait]:
            over = False
            while not over or waiting:
                if again:
                    yield again.popleft()
                elif len(waiting) >= ahead or over:
                    yield Wait.LATER
                elif (question := next(coming, None)) is None:
                    over = True
                else:
                    waiting.append((question, {}))
                    yield from (self._task(number, question) for number in range(len(self._names)))

        for task, found in self._cluster.carry_out(tasks(), self._cancelled):
            assert isinstance(task, SearchTask)
            if found is None or isinstance(found, Lacking):
                key = task.question.number, task.number
                tries[key] = tries.get(key, 0) + 1
                if tries[key] > _TRIES:
                    raise ShardsLost
                if self._homes[task.number] not in self._working() or isinstance(found, Lacking):
                    self._move(task.number)
                again.append(self._task(task.number, task.question))
                continue
            next(held for question, held in waiting if question is task.question)[task.number] = found
            while waiting and len(waiting[0][1]) == len(self._names):
                _, held = waiting.popleft()
                yield [held[number] for number in range(len(self._names))]
        if self._cancelled():
            raise Cancelled
        if waiting or next(coming, None) is not None:
            raise ShardsLost

    def _task(self, number: int, question: ShardQuestion) -> SearchTask:
        return SearchTask(self._names[number], number, question, self._homes[number])

    def _move(self, number: int) -> None:
        """Give a shard to the node that has fewest, its own if that still works."""
        nodes = self._working()
        if self._homes[number] not in nodes:
            self._homes[number] = min(nodes, key=self._homes.count)
        self._load(number)

    def _load(self, number: int) -> None:
        """Have the home of a shard build it from its parts, sent one by one and in order."""
        assert self._space is not None
        dealt = self._dealt[number]
        for at in dealt or (None,):
            parts = [] if at is None else [self._parts[at]]
            last = at is None or at == dealt[-1]
            task = LoadTask(self._names[number], self._space, parts, self._homes[number], last)
            for _, node in self._cluster.carry_out(iter([task]), self._cancelled):
                if node != self._homes[number]:
                    return  # it is asked for again by the node that lacks it
        if self._cancelled():
            raise Cancelled

    def _working(self) -> list[str]:
        """Return the nodes that work; raises ShardsLost if there is none."""
        if not self._cluster.has_nodes or not (nodes := self._cluster.working):
            raise ShardsLost
        return nodes
