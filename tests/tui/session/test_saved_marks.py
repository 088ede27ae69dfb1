"""What was marked is there again after the app, the worker or the terminal has gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.history.record_codec import read_record, write_record
from dpm_tui.review.history.review_record import ReviewRecord
from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.library.sort import Order
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import calm, press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample, sample_library

pytestmark = pytest.mark.slow

REMOVE = Marking(Mark.REMOVE)


def marked(client: FakeClient) -> set[bytes]:
    """Return the paths whose mark for removal the worker knows."""
    known = read_record(write_record(client.record)).history.markings
    return {path for (path, _), marking in known.items() if marking.mark is Mark.REMOVE}


def again(client: FakeClient, sample: Sample | None = None, **changes: object) -> FakeClient:
    """Return a worker that was started anew and has read its record."""
    fresh = FakeClient(sample or client.sample, entries=client.entries, **changes)  # type: ignore[arg-type]
    fresh.record = read_record(write_record(client.record))
    fresh.batches, fresh.before = client.batches, client.before
    return fresh


async def test_a_mark_is_with_the_worker_at_once_and_comes_back_with_its_place() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "a", "l", "x")
        await until(lambda: len(marked(client)) == 3)
    async with running_app(again(client), screen="groups") as (app, pilot):
        assert prompt_text(app) == "3 files marked last time, 15 MB: D shows them."
        assert app.session.file is not None
        await press(pilot, "z")
        assert len(app.session.marks.removed) == 2
        await press(pilot, "z", "Z", "Z")
        assert len(app.session.marks.removed) == 3


async def test_filter_order_and_cursor_come_back() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "s", "s", "/", *"kind:copy", "enter", "j")
        here = app.session.file
        await until(lambda: client.record.view.filter == "kind:copy" and here is not None)
        await until(lambda: here is not None and client.record.view.place[0] == here.path)
    async with running_app(again(client), screen="groups") as (app, _):
        assert app.session.filter.text == parse_filter("kind:copy").text
        assert app.session.sorting.order is Order.SIZE
        assert app.session.file == here


async def test_leaving_asks_nothing_where_marks_are_written_down() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "q")
        await until(lambda: app._exit)
    assert len(marked(client)) == 2


async def test_leaving_asks_where_marks_cannot_be_written() -> None:
    client = FakeClient()
    client.refusals[messages.SaveReview] = messages.Failed("cannot_write", {"path": "x", "reason": "full"})
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "q")
        assert "2 marks were not applied and will be lost" in prompt_text(app)
        del client.refusals[messages.SaveReview]
        await press(pilot, "escape")
        await until(lambda: len(marked(client)) == 2)


async def test_a_lost_worker_gets_the_whole_review_when_it_is_there_again() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a")
        await until(lambda: len(marked(client)) == 2)
        client.lose()
        await calm(pilot)
        await press(pilot, "escape", "l", "a")
        client.record, client.lost = ReviewRecord(), False
        app.connect()
        await until(lambda: len(marked(client)) == 3)


async def test_a_changed_file_loses_its_mark_with_a_word_and_a_moved_one_keeps_it() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "a", "l", "a")
        await until(lambda: len(marked(client)) == 3)
    sample = sample_library()
    moved, changed = sample.files.pop(2), sample.files[3]
    sample.files[77] = replace(moved, id=77, path=b"elsewhere/IMG.jpg")
    sample.files[3] = replace(changed, facts=replace(changed.facts, digest="9" * 64))
    sample.groups[0] = replace(sample.groups[0], members=(1, 77, 3))
    sample.pairs[:] = [replace(pair, b=77) if (pair.a, pair.b) == (1, 2) else pair for pair in sample.pairs]
    sample.pairs[:] = [pair for pair in sample.pairs if 2 not in (pair.a, pair.b)]
    fresh = again(client, sample)
    async with running_app(fresh, screen="groups") as (app, _):
        assert app.session.marks.removed == {77, 8}
        assert "1 marked file has changed and lost its mark." in prompt_text(app)
        await until(lambda: b"elsewhere/IMG.jpg" in marked(fresh))


async def test_a_moved_file_keeps_its_mark_while_the_app_is_open() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "j", "x")
        sample = sample_library()
        sample.files[80] = replace(sample.files.pop(2), id=80, path=b"elsewhere/IMG_4411 (1).jpg")
        sample.groups[0] = replace(sample.groups[0], members=(1, 80, 3))
        sample.pairs[:] = [pair for pair in sample.pairs if (pair.a, pair.b) != (2, 3)]
        sample.pairs[:] = [replace(pair, b=80) if pair.b == 2 else pair for pair in sample.pairs]
        client.sample = sample
        client.tell(messages.LibraryChanged(len(sample.groups)))
        await until(lambda: app.session.marks.removed == {80})
        await until(lambda: marked(client) == {b"elsewhere/IMG_4411 (1).jpg"})


async def test_batches_are_steps_after_a_restart() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await until(lambda: len(app.session.library.groups) == 5)
        await until(lambda: len(client.record.history.done) == 2)
    fresh = again(client)
    async with running_app(fresh, screen="groups") as (app, pilot):
        await press(pilot, "z")
        assert fresh.sent(messages.UndoBatch)
        await until(lambda: len(app.session.marks.removed) == 2)
        await press(pilot, "z")
        assert not app.session.marks.removed


async def test_only_the_reviewer_writes_and_takes_over_when_it_is_appointed() -> None:
    first = FakeClient()
    async with running_app(first, screen="groups") as (_, pilot):
        await press(pilot, "a")
        await until(lambda: len(marked(first)) == 2)
        second = again(first, reviewer=False)
        async with running_app(second, screen="groups") as (app, other):
            await press(other, "g", "l", "l", "a")
            assert len(app.session.marks.removed) == 3
            assert not second.sent(messages.SaveReview)
            await press(pilot, "g", "u")
            await until(lambda: not marked(first))
            second.record = read_record(write_record(first.record))
            second.tell(messages.ReviewerChanged(True))
            await until(lambda: marked(second) == {b"backup/2021/DSC00017.JPG"})
            assert len(app.session.marks.removed) == 1


async def test_a_damaged_record_says_so() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "a")
        await until(lambda: len(marked(client)) == 2)
    fresh = again(client)
    fresh.damaged = True
    async with running_app(fresh, screen="groups") as (app, _):
        assert "A part of what was marked could not be read" in screen_text(app)


@pytest.mark.parametrize("screen", ["scan", "groups"])
async def test_what_is_marked_before_the_record_has_come_stays(screen: str) -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "a")
        await until(lambda: len(marked(client)) == 2)
    fresh = again(client)
    async with running_app(fresh, screen=screen) as (app, _):
        app.link.memory.forget()
        app.session.marks.toggle(8)
        await app.link.memory.restore()
        assert app.session.marks.removed == {2, 3, 8}


async def test_a_record_of_which_nothing_is_left_says_so() -> None:
    client = FakeClient()
    client.damaged = True
    async with running_app(client, screen="groups") as (app, _):
        assert "A part of what was marked could not be read" in screen_text(app)
