"""Shards as a fleet has them: everything travels as bytes, and machines are lost now and then."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import numpy as np

from dpm_tui.pipeline.candidates.shards import ShardAnswer, ShardPart, ShardQuestion, ShardSpace
from dpm_tui.pipeline.sharding.answer_merge import merge_answers
from dpm_tui.pipeline.sharding.shard import Shard
from dpm_tui.pipeline.sharding.shard_codec import (
    decode_answer,
    decode_part,
    decode_question,
    decode_space,
    encode_answer,
    encode_part,
    encode_question,
    encode_space,
)


class TravellingShards:
    """Shards that get their parts by turns, are lost every few answers, and are asked the same again then."""

    def __init__(self, count: int, lifetime: int = 5) -> None:
        self._count, self._lifetime = count, lifetime
        self.lost = 0

    def build(self, space: ShardSpace, parts: Sequence[ShardPart]) -> None:
        self._space, self._parts = encode_space(space), parts
        self._shards = [self._built(number) for number in range(self._count)]
        self._answers = 0

    def search(self, questions: Iterable[ShardQuestion]) -> Generator[Sequence[ShardAnswer], None, None]:
        waiting: list[bytes] = []
        for question in questions:
            waiting.append(encode_question(question))
            if len(waiting) > 2:  # some questions are under way always, and know nothing of each other
                yield self._answered(waiting.pop(0))
        yield from map(self._answered, waiting)

    def _answered(self, question: bytes) -> list[ShardAnswer]:
        answers = [decode_answer(self._asked(number, question)) for number in range(self._count)]
        near, far = answers[:-1], answers[-1:]  # all but the last are on one machine
        return [*([merge_answers(decode_space(self._space).searched, near)] if near else ()), *far]

    def _asked(self, number: int, question: bytes) -> bytes:
        self._answers += 1
        answer = encode_answer(self._shards[number].answer(decode_question(question)))
        if self._answers % self._lifetime == 0:
            self._shards[number] = self._built(number)
            self.lost += 1
            again = encode_answer(self._shards[number].answer(decode_question(question)))
            assert again == answer
        return answer

    def _built(self, number: int) -> Shard:
        own = range(number, len(self._parts), self._count)
        messages = [encode_part(self._parts[at]) for at in own]
        np.random.default_rng(number).shuffle(messages)
        return Shard(decode_space(self._space), map(decode_part, messages))
