"""The settings."""

from __future__ import annotations

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import flow


@flow("settings")
async def change(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter")
    await until(lambda: client.config.model == "photo")
    await press(pilot, "j", "j", "enter", "end", *" xyz", "enter")
    await until(lambda: client.config.extensions[-1] == "xyz")
    await press(pilot, "j", "j", "enter", *"s", "enter")
    await until(lambda: client.config.protected == ("keeps",))
    await until(lambda: "no folder keeps here: it protects nothing" in prompt_text(app))


@flow("settings")
async def increase(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "right", "right")
    await until(lambda: client.config.threshold == 0.62)
    assert "balanced" in screen_text(app)


@flow("settings")
async def decrease(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "left")
    await until(lambda: client.config.model == "illustration")


@flow("settings")
async def default(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "j", "j", "j")
    assert "keep" in screen_text(app)
    await press(pilot, "u")
    await until(lambda: client.config.protected == ())


@flow("settings")
async def reset_state(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", *"no", "enter")
    assert not client.sent(messages.ResetState)
    await press(pilot, "R", *"reset", "enter")
    assert client.sent(messages.ResetState)
