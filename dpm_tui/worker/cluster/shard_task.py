"""Shard tasks: parts of vectors that a node is given, and questions that it answers with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dpm_tui.pipeline.candidates.shards import ShardAnswer, ShardPart, ShardQuestion, ShardSpace
from dpm_tui.pipeline.sharding.shard_codec import (
    MessageError,
    decode_answer,
    encode_part,
    encode_question,
    encode_space,
)
from dpm_tui.worker.node.job import Answer, Job
from dpm_tui.worker.node.record import RecordError


@dataclass(frozen=True, slots=True)
class LoadTask:
    """Some parts of a shard for the node that will have it; ``last`` says that it has all of them then."""

    shard: str
    space: ShardSpace
    parts: Sequence[ShardPart]
    home: str
    last: bool

    @property
    def orders(self) -> Sequence[ShardPart]:
        """The parts."""
        return self.parts

    @property
    def size(self) -> int:
        """Nothing of it is a picture or a pair."""
        return 0

    def job(self) -> Job:
        """Return the job."""
        header = {"shard": self.shard, "last": self.last}
        return Job("load", header, [encode_space(self.space), *map(encode_part, self.parts)])

    def read(self, answer: Answer) -> str:
        """Return the address of the node that has the parts now."""
        return answer.node


@dataclass(frozen=True, slots=True)
class Lacking:
    """Says that a node does not have a shard, so that it must be given to it."""

    node: str


@dataclass(frozen=True, slots=True)
class SearchTask:
    """A question to one shard."""

    shard: str
    number: int
    question: ShardQuestion
    home: str

    @property
    def orders(self) -> Sequence[ShardQuestion]:
        """The question."""
        return [self.question]

    @property
    def size(self) -> int:
        """The number of rows that ask."""
        return len(self.question.numbers)

    def job(self) -> Job:
        """Return the job."""
        return Job("search", {"shard": self.shard}, [encode_question(self.question)])

    def read(self, answer: Answer) -> ShardAnswer | Lacking:
        """Return what the shard has near, or who lacks it; raises RecordError."""
        if answer.header.get("lacking"):
            return Lacking(answer.node)
        try:
            (message,) = answer.blobs
            found = decode_answer(message)
        except (MessageError, ValueError) as error:
            raise RecordError("not an answer of a shard") from error
        if found.number != self.question.number:
            raise RecordError("an answer to another question")
        return found
