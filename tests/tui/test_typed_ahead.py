"""Keys that are typed ahead of a question answer it; a worker that takes its time holds up no keys."""

from __future__ import annotations

import asyncio

import pytest

from dpm_tui.tui.screens.base import screen
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, running_app, type_ahead, until
from tests.tui.fake_client import FakeClient

_TURNS = 20
"""A worker in another process answers after more turns of the loop than anybody would count."""


class DistantClient(FakeClient):
    """Finds companions after some turns of the loop, or once it may ``go_on``."""

    def __init__(self, *, waits: bool = False) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        if not waits:
            self.go_on.set()

    async def request(self, message: messages.Request) -> messages.Answer:
        """Answer after a while."""
        if isinstance(message, messages.FindCompanions):
            self.requests.append(message)
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            await self.go_on.wait()
        return await super().request(message)


@pytest.mark.parametrize("answer", ["y", "l"])
async def test_a_key_typed_right_after_a_command_answers_its_question(answer: str) -> None:
    client = DistantClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "g")
        type_ahead(app, "d", answer)
        if answer == "y":
            await until(lambda: client.sent(messages.ApplyPlan))
        else:
            await until(lambda: app.screen.place == "plan")  # type: ignore[attr-defined]


async def test_esc_stops_a_search_that_takes_long_before_it_has_asked_anything() -> None:
    client = DistantClient(waits=True)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "g")
        type_ahead(app, "d", "escape")
        await until(lambda: prompt_text(app) == "Stopped. Nothing was moved; every mark stays.")
        client.go_on.set()
        await press(pilot, "j")
        assert not client.sent(messages.ApplyPlan)


async def test_keys_wait_for_no_question_once_a_command_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "_SECONDS_TO_A_QUESTION", 60)
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "x", "j", "x")
        assert len(app.session.marks.removed) == 2
