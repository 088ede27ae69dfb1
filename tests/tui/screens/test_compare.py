"""The run in detail: the newest pair as pictures, where there is room and nothing speaks against them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.state.config import Config
from dpm_tui.tui.previews.subject import Delays
from dpm_tui.worker.protocol.messages import FoundPair, GetThumbnail
from tests.tui.app_run import calm, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.runs import FINISHED, RUNNING


def asked(client: FakeClient) -> list[int]:
    return [request.file for request in client.sent(GetThumbnail)]


async def test_the_newest_pair_is_shown_as_pictures_with_what_it_is() -> None:
    async with running_app(client := FakeClient(status=RUNNING), size=(120, 40), screen="compare") as (
        app,
        _,
    ):
        await until(lambda: asked(client) == [9, 11])
        shown = screen_text(app)
        assert "turned  .970" in shown
        assert "1.tif" in shown


@pytest.mark.parametrize(
    ("size", "config"), [((80, 24), Config()), ((120, 24), Config()), ((120, 40), Config(finds=False))]
)
async def test_no_pictures_without_room_or_where_they_are_not_wanted(
    size: tuple[int, int], config: Config
) -> None:
    client = FakeClient(status=RUNNING, config=config)
    async with running_app(client, size=size, screen="compare") as (app, pilot):
        client.tell(replace(RUNNING, done=600))
        await until(lambda: "600/1,234" in screen_text(app))
        await calm(pilot)
        assert asked(client) == []


async def test_a_slow_terminal_gets_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dpm_tui.tui.screens.base.host_app.HostApp.is_slow", True)
    client = FakeClient(status=RUNNING)
    async with running_app(client, size=(120, 40), screen="compare"):
        assert asked(client) == []


async def test_another_pair_comes_only_after_a_while_and_none_is_left_at_the_end() -> None:
    client = FakeClient(status=RUNNING)
    async with running_app(client, size=(120, 40), screen="compare") as (app, pilot):
        await until(lambda: asked(client) == [9, 11])
        app.delays = Delays(run=0.0, find=3600.0)
        newer = (*RUNNING.latest, FoundPair("a.jpg", "b.jpg", "copy", 0.99, 7, 8))
        client.tell(replace(RUNNING, latest=newer))
        await until(lambda: "a.jpg" in screen_text(app))
        await calm(pilot)
        assert asked(client) == [9, 11]
        app.delays = Delays(run=0.0, find=0.0)
        client.tell(replace(RUNNING, latest=newer, done=700))
        await until(lambda: asked(client)[2:] == [7, 8])
        client.tell(replace(FINISHED, run=RUNNING.run))
        await until(lambda: "a.jpg" not in screen_text(app))
