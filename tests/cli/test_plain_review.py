"""The plain review where nothing may change, and where it is stopped in the middle of a move."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import pytest

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.plain_review.console import Interrupted
from dpm_tui.cli.plain_review.dialogue import Dialogue
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.recycle.results import BatchResult, Skipped
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import Answer, ApplyPlan, BatchDone, CompareWith, Request, StopBatch
from tests.review_session.comparing_client import Comparer
from tests.support.image_files import image_file
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample

T = TypeVar("T")


class Script:
    """A console that answers from a list; ``^C`` in it interrupts, with ``in_move`` the move itself is."""

    def __init__(self, *answers: str, in_move: bool = False) -> None:
        self.said: list[str] = []
        self._answers = list(answers)
        self._in_move = in_move
        self.moving = False
        self.leave = asyncio.Event()

    def say(self, *lines: str) -> None:
        self.said += lines

    async def ask(self, question: str) -> str:
        self.said.append(question)
        if not self._answers:
            raise EOFError
        answer = self._answers.pop(0)
        if answer == "^C":
            raise Interrupted
        return answer

    async def choose(self, question: str, letters: str) -> str:
        answer = (await self.ask(question))[:1]
        self.moving = answer == "y"
        return answer if answer in letters else ""

    async def unless_stopped(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        if self.moving and self._in_move:
            self.moving = False
            await asyncio.sleep(0)
            raise Interrupted
        leaving = asyncio.ensure_future(self.leave.wait())
        await asyncio.wait((task, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not task.done():
            task.cancel()
            raise Interrupted
        return await task


def sample() -> Sample:
    files = {id_: image_file(id_, b"%d.jpg" % id_) for id_ in range(1, 7)}
    pairs = [Pair(id_, id_ + 1, Kind.COPY, 0.99) for id_ in (1, 3, 5)]
    return Sample(files, [Group(str(id_), id_, (id_, id_ + 1), 0.99, 1000) for id_ in (1, 3, 5)], pairs)


class StoppedClient(FakeClient):
    """Moves one file and is told to stop."""

    def __init__(self) -> None:
        super().__init__(sample())
        self.stopped = asyncio.Event()

    async def request(self, message: Request) -> Answer:
        if isinstance(message, StopBatch):
            self.stopped.set()
        if not isinstance(message, ApplyPlan):
            return await super().request(message)
        await self.stopped.wait()
        first, *rest = (move.victim.path for move in message.plan.moves)
        left = tuple(Skipped(path, "cancelled") for path in rest)
        return BatchDone(BatchResult("b1", (first,), left, 1000))


async def walk(client: FakeClient | None, console: Script) -> int:
    """Walk through the groups of a client, or of a state that is only read."""
    config = client.config if client is not None else Config(companions="never")
    backend = ReviewBackend(client, config, unpack_library(sample().pack()))
    return await Dialogue(console, backend, PlainSession(config)).run()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "client", [FakeClient(sample(), writable=False), FakeClient(sample(), reviewer=False), None]
)
async def test_where_nothing_may_change_everything_can_be_looked_at(client: FakeClient | None) -> None:
    console = Script("a", "p", "n", "d", "z", "q")
    code = await walk(client, console)
    text = "\n".join(console.said)
    assert code == 0
    assert text.count("View only: ") == 3
    assert "1. goes: 2.jpg; stays: 1.jpg" in text
    assert "Undone: 2 marks." in text
    assert console.said[-1] == "Nothing was moved."


async def test_a_move_that_is_interrupted_says_how_far_it_came() -> None:
    console = Script("a", "a", "a", "y", in_move=True)
    code = await walk(StoppedClient(), console)
    assert code == 3
    assert "Moved 1 file (1.0 KB) to the recycle bin, batch b1. z brings it back." in console.said
    assert "2 files were not reached and stay where they are." in console.said
    assert console.said[-1].startswith("2 marks are kept")


async def test_an_interrupt_at_a_question_keeps_what_is_marked() -> None:
    console = Script("a", "^C")
    code = await walk(StoppedClient(), console)
    assert code == 3
    assert console.said[-2:] == [
        "Interrupted.",
        "1 mark is kept for the next review, here or in the app. Nothing was moved.",
    ]


@pytest.mark.parametrize(("answer", "wanted"), [("a", (5, 2, 3, 4)), ("k3", (3, 2, 4, 5))])
async def test_what_a_keeper_lacks_is_compared_first(answer: str, wanted: tuple[int, ...]) -> None:
    client = Comparer(Config(keeper=("newest",)) if answer == "a" else None)
    console = Script(answer, "q")
    await walk(client, console)
    assert client.sent(CompareWith) == [CompareWith((wanted,))]
    assert "Comparing 3 more pairs for this..." in console.said
    assert any(line.startswith("4 marks are kept") for line in console.said), console.said


async def test_whoever_leaves_stops_comparing() -> None:
    client = Comparer(Config(keeper=("newest",)), held=True)
    console = Script("a")
    walking = asyncio.ensure_future(walk(client, console))
    while not client.sent(CompareWith):
        await asyncio.sleep(0)
    console.leave.set()
    assert await walking == 3
    assert client.stopped
