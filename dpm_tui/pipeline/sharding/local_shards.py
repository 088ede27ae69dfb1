"""Local shards: all shards in this process, searched by threads."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from threading import Event

from dpm_tui.pipeline.candidates.block_search import in_order
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.shards import ShardAnswer, ShardPart, ShardQuestion, ShardSpace
from dpm_tui.pipeline.sharding.shard import Shard


class LocalShards:
    """So many shards of about equal size, with their vectors in a ``folder`` where one is given."""

    def __init__(
        self, count: int, *, threads: int = 1, screen: Screen | None = None, folder: str | None = None
    ) -> None:
        self._count, self._threads, self._folder = count, threads, folder
        self._screen = screen or NumpyScreen()
        self.shards: list[Shard] = []

    def build(self, space: ShardSpace, parts: Sequence[ShardPart]) -> None:
        """Build the shards of a space, each of parts that follow each other; raises OSError."""
        self.shards = []

        def dealt() -> Iterator[list[ShardPart]]:
            for number in range(self._count):
                first, end = (at * len(parts) // self._count for at in (number, number + 1))
                yield [parts[at] for at in range(first, end)]

        def work(some: list[ShardPart], stopped: Event) -> Shard:
            return Shard(space, some, self._screen, self._folder)

        self.shards = list(in_order(dealt(), work, self._threads))

    def search(self, questions: Iterable[ShardQuestion]) -> Generator[Sequence[ShardAnswer], None, None]:
        """Yield the answers of all shards to each question, in order."""

        def work(task: tuple[Shard, ShardQuestion], stopped: Event) -> ShardAnswer:
            shard, question = task
            return shard.answer(question, stopped)

        tasks = ((shard, question) for question in questions for shard in self.shards)
        answers = in_order(tasks, work, self._threads)
        while some := list(islice(answers, self._count)):
            yield some
