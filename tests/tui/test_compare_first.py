"""What a keeper lacks is compared before anything is marked for it; it says how far it is, and stops."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.state.config import Config
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import (
    Answer,
    CompareWith,
    Decide,
    Failed,
    Request,
    SaveConfig,
    StopRun,
)
from tests.review_session.comparing_client import Comparer
from tests.support.album import dpm
from tests.support.family import NEWEST, leave_out, write_family
from tests.support.workers import layout_of
from tests.tui.app_run import NO_DELAYS, calm, press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.runs import FINISHED

NEWER = Config(keeper=("newest",))


@pytest.mark.parametrize("keys", ["a", "Ay"])
async def test_the_rule_marks_all_that_its_keeper_lacked(keys: str) -> None:
    client = Comparer(NEWER)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, *keys)
        assert client.sent(CompareWith) == [CompareWith(((5, 2, 3, 4),))]
        assert set(app.session.marks.removed) == {1, 2, 3, 4}
        assert "more pairs" not in screen_text(app)
        await press(pilot, "u", *keys)
        assert len(client.sent(CompareWith)) == 1


async def test_a_file_kept_by_hand_takes_all_others() -> None:
    client = Comparer()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "j", "j", "enter")
        assert client.sent(CompareWith) == [CompareWith(((3, 2, 4, 5),))]
        assert set(app.session.marks.removed) == {1, 2, 4, 5}


async def test_it_says_how_far_it_is_and_escape_stops_it() -> None:
    client = Comparer(NEWER, held=True)
    async with running_app(client, screen="groups", size=(100, 24)) as (app, pilot):
        await press(pilot, "a")
        await until(lambda: "Comparing 3 more pairs" in prompt_text(app))
        client.tell(replace(FINISHED, stage="verify", done=1, total=3))
        await until(lambda: "1 of 3" in prompt_text(app))
        await press(pilot, "escape")
        assert client.sent(StopRun)
        await until(lambda: "not every pair was compared" in prompt_text(app))
        assert not app.session.marks.removed


async def test_whoever_may_only_look_asks_for_nothing() -> None:
    client = Comparer(NEWER)
    client.welcome = replace(client.welcome, writable=False)
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "a", "A")
        assert not client.sent(CompareWith)


async def test_during_a_run_what_is_known_counts() -> None:
    client = Comparer(NEWER)
    client.refusals[CompareWith] = Failed("compare_during_run")
    client.stopped = False

    async def refuse(message: Request) -> Answer:
        return await FakeClient.request(client, message)

    client.request = refuse  # type: ignore[method-assign]
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a")
        assert set(app.session.marks.removed) == {2, 3, 4, 5}


@pytest.mark.slow
async def test_a_real_worker_compares_what_the_newest_lacks(tmp_path: Path) -> None:
    folder = write_family(tmp_path / "pictures")
    assert await asyncio.to_thread(lambda: dpm("scan", folder).returncode) == 0
    leave_out(folder)
    layout = layout_of(folder)

    async def connect() -> WorkerClient:
        return await WorkerClient.connect(layout, "app", stays=False)

    app = DpmApp(connect, layout.root, Palette.C256, NO_DELAYS)
    async with app.run_test() as pilot:
        await until(lambda: app.session.review.known and app.session.status.run == 1, 60)
        await until(lambda: not app.session.running, 60)
        app.open_screen("groups")
        config = replace(app.session.config, keeper=("newest",))
        app.session.adopt_config(config)
        await app.link.ask(SaveConfig(config), object)
        await calm(pilot)
        await press(pilot, "A")
        await until(lambda: app.screen.prompt.busy, 60)  # type: ignore[attr-defined]
        await press(pilot, "y")
        newest = app.session.library.file_at(NEWEST.encode())
        (group,) = app.session.library.groups
        assert group.keeper == newest
        assert set(app.session.marks.removed) == {*group.members} - {newest}
        await app.link.close()


async def test_what_a_decision_leaves_is_compared_so_that_it_stays_a_group() -> None:
    client = Comparer()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "i", "f")
        assert client.sent(CompareWith) == [CompareWith(((2, 3, 4, 5),))]
        assert len(client.sent(Decide)) == 1
        kinds = [type(request) for request in client.requests]
        assert kinds.index(CompareWith) < kinds.index(Decide)
