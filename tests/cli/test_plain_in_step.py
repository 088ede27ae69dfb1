"""The plain review in step with its worker: what goes wrong there, and what others change meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from dpm_tui.cli.plain_review.console import Interrupted
from dpm_tui.cli.plain_review.dialogue import Dialogue
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.errors import DpmError
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import Failed, LibraryChanged, ReviewerChanged
from tests.tui.fake_client import FakeClient
from tests.tui.samples.decisions import decided
from tests.tui.samples.recycle_bin import sample_companions

T = TypeVar("T")
BY_FOLDER = Sorting(Order.FOLDER)
REMOVE = Marking(Mark.REMOVE)
FULL = Failed("cannot_write", {"path": "x", "reason": "full"})


class Script:
    """A console that answers from a list; what is no text in it is done before the answer that follows."""

    def __init__(self, *answers: str | Callable[[], object]) -> None:
        self.said: list[str] = []
        self._answers = list(answers)

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    def say(self, *lines: str) -> None:
        self.said += lines

    async def ask(self, question: str) -> str:
        self.said.append(question)
        while self._answers:
            answer = self._answers.pop(0)
            if isinstance(answer, str):
                return answer
            answer()
            await asyncio.sleep(0.01)
        raise EOFError

    async def choose(self, question: str, letters: str) -> str:
        answer = (await self.ask(question))[:1]
        return answer if answer in letters else ""

    async def unless_stopped(self, work: Awaitable[T]) -> T:
        return await work


async def talk(client: FakeClient, *answers: str | Callable[[], object]) -> Script:
    """Walk through the groups of a client and return what was said."""
    console = Script(*answers)
    backend = ReviewBackend(client, client.config)
    await Dialogue(console, backend, PlainSession(sorting=BY_FOLDER)).run()
    return console


def marked(client: FakeClient) -> set[bytes]:
    """Return the paths whose mark for removal the worker knows."""
    return {path for (path, _), marking in client.record.history.markings.items() if marking == REMOVE}


async def test_a_decision_that_fails_is_said_and_the_walk_goes_on() -> None:
    client = FakeClient()
    client.refusals[messages.Decide] = FULL
    console = await talk(client, "n", client.refusals.clear, "v", "q")
    assert "full" in console.text
    assert set(decided(client).values()) == {"variants"}


async def test_marks_that_cannot_be_written_are_said_and_written_later() -> None:
    client = FakeClient()
    client.refusals[messages.SaveReview] = FULL
    console = await talk(client, "k 2", "q", "", client.refusals.clear, "s", "q")
    assert "full" in console.text
    assert "will be lost" in console.text
    assert len(marked(client)) == 2
    assert "2 marks are kept" in console.said[-1]


async def test_a_damaged_record_says_so() -> None:
    client = FakeClient()
    client.damaged = True
    assert "A part of what was marked could not be read" in (await talk(client, "q")).text


async def test_whoever_is_left_alone_may_review() -> None:
    client = FakeClient(reviewer=False)
    console = await talk(client, "n", lambda: client.tell(ReviewerChanged(True)), "s", "r 2", "n", "q")
    assert "View only" in console.text
    assert len(decided(client)) == 1
    assert marked(client)
    assert "other app has left" in console.text


async def test_what_others_changed_is_shown_before_the_next_answer_and_lost_marks_are_named() -> None:
    client = FakeClient()

    def change() -> None:
        file = client.sample.files[2]
        client.sample.files[2] = replace(file, facts=replace(file.facts, digest="e" * 64))
        client.tell(LibraryChanged(6))

    console = await talk(client, "r 2", change, "b", "q")
    assert "1 marked file has changed and lost its mark." in console.text
    assert not marked(client)


async def test_a_move_in_the_middle_leaves_the_walk_where_it_was() -> None:
    console = await talk(FakeClient(), "a", "a", "a", "d", "y", "q")
    *_, last = (line for line in console.said if line.startswith("Group "))
    assert last.startswith("Group 2 of 4"), "the group of which nothing went comes next"


async def test_companions_that_came_back_hide_no_picture_that_did_not() -> None:
    client = FakeClient()
    client.companions = sample_companions()

    def lose_one() -> None:
        client.entries = tuple(each for each in client.entries if each.path != b"phone/wa_8812.jpg")

    console = await talk(client, "k 1", "d", "t", "y", lose_one, "z", "q", "q")
    assert "1 had left the bin before." in console.text


async def test_where_only_the_pictures_cannot_be_written_marks_are_kept() -> None:
    client = FakeClient(writable=False)
    console = await talk(client, "k 1", "q")
    assert len(marked(client)) == 2
    assert "2 marks are kept" in console.said[-1]


async def test_a_review_that_only_looks_loses_no_marks_and_does_not_say_so() -> None:
    client = FakeClient()
    await talk(client, "k 1", "q")
    other = FakeClient(reviewer=False)
    other.record = client.record
    assert "lost" not in (await talk(other, "q")).text


async def test_a_library_that_makes_no_sense_is_an_error_with_a_sentence() -> None:
    client = FakeClient()
    library = client.sample.pack()
    client.sample.pack = lambda: replace(library, sizes=(1, 2))  # type: ignore[method-assign]
    with pytest.raises(DpmError):
        await talk(client, "q")


async def test_a_batch_that_left_the_bin_is_passed_over() -> None:
    client = FakeClient()
    client.refusals[messages.UndoBatch] = Failed("undo_nothing")
    console = await talk(client, "k 1", "d", "y", "z", "z", "q", "q")
    assert "Passed over" in console.text
    assert "Undone: 3 marks." in console.text


async def test_files_that_stay_are_named() -> None:
    client = FakeClient()
    client.left = (Skipped(b"x.jpg", "changed"),)
    assert "x.jpg" in (await talk(client, "k 1", "d", "y", "q", "q")).text


async def test_newer_groups_that_cannot_be_had_are_said_and_the_walk_goes_on() -> None:
    client = FakeClient()

    def fail() -> None:
        client.refusals[messages.GetLibrary] = Failed("results_failed", {"reason": "x"})
        client.tell(LibraryChanged(6))

    console = await talk(client, fail, "r 2", client.refusals.clear, "q")
    assert "Interrupted" not in console.text
    assert console.text.count("Answer (? for help):") == 2
    assert len(marked(client)) == 1


async def test_a_batch_that_comes_back_while_somebody_leaves_is_told() -> None:
    client = FakeClient()
    console = Script("k 1", "d", "y", "z")
    whole = console.unless_stopped

    async def leave(work: Awaitable[T]) -> T:
        if client.batches and not client.sent(messages.UndoBatch) and not console._answers:
            raise Interrupted
        return await whole(work)

    console.unless_stopped = leave  # type: ignore[method-assign]
    backend = ReviewBackend(client, client.config)
    assert await Dialogue(console, backend, PlainSession(sorting=BY_FOLDER)).run() == 3  # type: ignore[arg-type]
    assert "Batch undone: 2 files are back" in console.text
    assert console.said[-1].endswith("Nothing was moved.")
    assert len(marked(client)) == 2
