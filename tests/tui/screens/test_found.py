"""Found pictures are shown as they come, whole and at once."""

from __future__ import annotations

import asyncio

import pytest

from dpm_tui.worker.protocol.messages import Answer, FindPictures, Request
from tests.tui.app_run import calm, press, running_app, screen_text, until
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow


class SlowClient(FakeClient):
    """A worker that looks for pictures only once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Semaphore(0)

    async def request(self, message: Request) -> Answer:
        if isinstance(message, FindPictures):
            await self.may.acquire()
        return await super().request(message)


async def test_what_comes_late_has_its_details_whole() -> None:
    client = SlowClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "F", *"/media/card", "enter")
        await calm(pilot)
        assert "Looking..." in screen_text(app)
        assert "0 of 5" in screen_text(app)
        client.may.release()
        await until(lambda: "4 of 5" in screen_text(app))
        await calm(pilot)
        assert screen_text(app).count("/media/card/100CANON/IMG_0007.JPG") == 2, "in the list and its details"
        client.may.release()
        await until(lambda: "found 2 of 5" in screen_text(app))


async def test_another_screen_over_it_starts_no_second_search() -> None:
    client = SlowClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "F", *"/media/card", "enter", "?", "escape")
        client.may.release()
        client.may.release()
        await until(lambda: "found 2 of 5" in screen_text(app))
        await press(pilot, "?", "escape")
        assert len(client.sent(FindPictures)) == 2
        assert screen_text(app).count("alone.png") == 2
