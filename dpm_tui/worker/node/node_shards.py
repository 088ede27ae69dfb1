"""Node shards: the pieces of vectors that a node has, and how it searches them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from dpm_tui.neural.quick_screen import load_screen
from dpm_tui.pipeline.candidates.shards import ShardPart
from dpm_tui.pipeline.sharding.shard import Shard
from dpm_tui.pipeline.sharding.shard_codec import (
    decode_part,
    decode_question,
    decode_space,
    encode_answer,
)


class NodeShards:
    """The shards of one search; those of the search before go when the first part of the next one comes.

    Several threads may ask. A shard is called ``SEARCH-NUMBER``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, dict[int, ShardPart]] = {}
        self._shards: dict[str, Shard] = {}

    def load(self, name: str, space: bytes, parts: Sequence[bytes], folder: str, *, last: bool) -> None:
        """Take parts of a shard, as often as they come, and build it with the ``last`` in a folder."""
        with self._lock:
            search = name.rpartition("-")[0]
            for table in (self._parts, self._shards):
                for other in [each for each in table if each.rpartition("-")[0] != search]:
                    del table[other]
            held = self._parts.setdefault(name, {})
            held.update((part.number, part) for part in map(decode_part, parts))
            if last:
                every = self._parts.pop(name).values()
                self._shards[name] = Shard(decode_space(space), every, load_screen(), folder)

    def answer(self, name: str, question: bytes) -> bytes | None:
        """Return what a shard answers, None where it is not here."""
        with self._lock:
            shard = self._shards.get(name)
        if shard is None:
            return None
        with threadpool_limits(1, "blas"):
            return encode_answer(shard.answer(decode_question(question)))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._parts.clear()
            self._shards.clear()
