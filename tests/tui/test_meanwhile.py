"""What changes while a question is open or an answer is on its way: nothing crashes or means another file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from dpm_tui.review.history.mark_history import StepKind
from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import Answer, LibraryChanged, Request
from tests.tui.app_run import calm, press, prompt_text, running_app, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.decisions import decided

pytestmark = pytest.mark.slow


class SlowClient(FakeClient):
    """Answers requests of the types in ``gates`` once their gate is open."""

    def __init__(self, *held: type[Any], **options: Any) -> None:
        super().__init__(**options)
        self.gates = {kind: asyncio.Event() for kind in held}
        self.waiting = 0
        self.closed = 0

    async def request(self, message: Request) -> Answer:
        gate = self.gates.get(type(message))
        if gate is not None and not gate.is_set():
            self.waiting += 1
            await gate.wait()
        return await super().request(message)

    async def close(self) -> None:
        self.closed += 1

    def lessen(self, *paths: bytes) -> None:
        """Take files away and say so."""
        self.sample = self.sample.without(paths)
        self.tell(LibraryChanged(len(self.sample.groups)))


async def test_a_difference_that_arrives_when_its_file_is_gone_is_nobodys() -> None:
    client = SlowClient(messages.GetDifference)
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "l", ".")
        await until(lambda: client.waiting)
        client.lessen(b"art/dragon_final.webp", b"art/dragon_smile.png")
        await until(lambda: len(app.session.rows) == 5)
        client.gates[messages.GetDifference].set()
        await calm(pilot)
        assert app.is_running


async def test_backing_out_of_go_to_in_a_list_that_has_become_shorter_stays_in_it() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "G")
        await press(pilot, "#", "1")
        client.sample = client.sample.without([b"keep/wallpaper.bmp"])
        client.tell(LibraryChanged(5))
        await until(lambda: len(app.session.rows) == 5)
        await press(pilot, "escape")
        assert app.session.group is not None


async def test_backing_out_of_go_to_leads_back_to_the_file() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "l", "l", "j")
        here = app.session.file
        await press(pilot, "#", "1", "escape")
        assert app.session.file == here


async def test_the_pair_that_was_asked_about_is_decided_wherever_the_cursor_went() -> None:
    client = FakeClient()
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "j", "i")
        app.screen.pick(8)  # type: ignore[attr-defined]
        await press(pilot, "p")
        assert decided(client) == {(1, 2): "not_duplicates"}


@contextlib.asynccontextmanager
async def deciding(*keys: str) -> AsyncIterator[tuple[SlowClient, DpmApp, Pilot[None]]]:
    """Press keys in an app whose worker takes its time with the decision that the last one asks for."""
    client = SlowClient(messages.Decide)
    client.gates[messages.Decide].set()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, *keys[:-1])
        client.gates[messages.Decide].clear()
        await press(pilot, keys[-1])
        await until(lambda: client.waiting)
        yield client, app, pilot


async def test_a_mark_set_while_a_decision_is_taken_back_is_not_taken_back() -> None:
    async with deciding("i", "g", "l", "z") as (client, app, pilot):
        await press(pilot, "l", "j", "x")
        marked = set(app.session.marks.removed)
        assert marked
        client.gates[messages.Decide].set()
        await until(lambda: not decided(client))
        await calm(pilot)
        assert app.session.marks.removed == marked
        await press(pilot, "z")
        assert not app.session.marks.removed
        assert app.session.marks.history.last is not None
        assert app.session.marks.history.last.deed is StepKind.DECIDE


async def test_a_mark_set_while_a_decision_is_made_again_stays() -> None:
    async with deciding("i", "g", "z", "Z") as (client, app, pilot):
        await press(pilot, "l", "j", "x")
        client.gates[messages.Decide].set()
        await until(lambda: decided(client))
        await calm(pilot)
        assert len(app.session.marks.removed) == 1
        assert prompt_text(app) == "Decided again: 3 files."


async def test_a_picture_that_was_lost_on_its_way_is_asked_for_again() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        client.refusals[messages.GetThumbnail] = messages.Failed("worker_bug", {"reason": "x"})
        assert not (await app.link.thumbnail(9)).size
        del client.refusals[messages.GetThumbnail]
        assert (await app.link.thumbnail(9)).size
        await calm(pilot)


@pytest.mark.parametrize("looks_on", [True, False])
async def test_a_picture_that_was_changed_and_read_again_is_shown_as_it_is_now(looks_on: bool) -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
        await until(lambda: preview._strips)
        before = preview._strips
        await press(pilot, *("" if looks_on else "l"))
        client.thumbnail_size = (64, 96)
        file = client.sample.files[1]
        client.sample.files[1] = replace(file, facts=replace(file.facts, digest="e" * 64))
        client.tell(LibraryChanged(6))
        await until(lambda: app.session.library.files[1] != file)
        await press(pilot, *("" if looks_on else "h"))
        await until(lambda: preview.file == 1 and preview._strips and preview._strips != before)


async def test_a_worker_that_cannot_begin_is_left_so_that_another_connection_may_move_files() -> None:
    client = SlowClient()
    client.refusals[messages.StartRun] = messages.Failed("worker_bug", {"reason": "x"})
    async with running_app(client, screen="groups") as (app, _):
        await until(lambda: not app.reachable)
        assert client.closed
