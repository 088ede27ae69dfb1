"""Commands that every screen has."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import flow


@flow("groups")
async def show_scan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "1")
    assert "1,234" in screen_text(app)


@flow("groups")
async def show_compare(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "2")
    assert "Verifying pairs" in screen_text(app)


@flow("scan")
async def show_groups(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "3")
    assert "wa_8812.jpg" in screen_text(app)


@flow("scan")
async def show_bin(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "4")
    assert "old/picture 4.jpg" in screen_text(app)


@flow("scan")
async def show_settings(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "5")
    assert "Strictness" in screen_text(app)


@flow("groups")
async def palette(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, ":", *"accept all")
    assert "every group shown" in screen_text(app)
    await press(pilot, "enter", "y")
    assert len(app.session.marks.removed) == 6
    await press(pilot, "ctrl+p", "escape")
    assert "wa_8812.jpg" in screen_text(app)


@flow("scan")
async def choose(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, ":", *"not called that")
    assert prompt_text(app) == "No command has that name."
    await press(pilot, "enter", "escape", ":", *"not dup", "enter")
    await until(lambda: "different pictures" in prompt_text(app))
    assert "wa_8812.jpg" in screen_text(app)
    assert not client.sent(messages.Decide)


@flow("groups")
async def back(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "?", "escape", "escape", "escape")
    assert app.is_running
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def reconnect(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "ctrl+r")
    assert prompt_text(app) == "The worker is connected."
    client.lose()
    await until(lambda: "^r connect again" in prompt_text(app))
    await press(pilot, "escape", "i")
    assert prompt_text(app) == "The worker is not connected."
    client.lost = False
    await press(pilot, "ctrl+r")
    await until(lambda: app.reachable)


@flow("groups")
async def redraw(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "ctrl+l")
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def suspend(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    called = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "action_suspend_process", lambda: called.append(True))
        await press(pilot, "ctrl+z")
    assert called


@flow("groups")
async def quit(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    client.refusals[messages.SaveReview] = messages.Failed("cannot_write", {"path": "x", "reason": "full"})
    await press(pilot, "a", "q")
    assert "will be lost" in prompt_text(app)
    await press(pilot, "escape", "z", "ctrl+c")
    assert not app.is_running


@flow("groups")
async def help(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    await press(pilot, "?")
    lines = screen_text(app).splitlines()
    assert "nothing moves before d" in " ".join("".join(lines[2:4]).split())
    assert lines[5].strip() == "Marks"
    assert "keep only this file" in lines[6]
    await press(pilot, "f1")
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def find_help(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "?", "/", *"purge", "enter")
    assert "for good" in screen_text(app)
    assert "keep only this file" not in screen_text(app)
    await press(pilot, "escape", "escape")
    assert "wa_8812.jpg" in screen_text(app)
