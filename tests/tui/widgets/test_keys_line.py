"""The line of keys: the ways out are there at any width, and a click carries a command out."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from tests.tui.app_run import press, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries


async def footer(app: DpmApp) -> str:
    return screen_text(app).splitlines()[-1]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("screen", ["scan", "compare", "groups", "bin", "settings"])
async def test_quit_and_help_are_always_shown(screen: str, width: int) -> None:
    async with running_app(FakeClient(entries=bin_entries()), size=(width, 10), screen=screen) as (app, _):
        assert (await footer(app)).endswith("  q quit  ? help")


async def test_a_click_on_a_command_carries_it_out() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await _click(app, pilot, "a accept")
        assert app.session.marks.removed
        await _click(app, pilot, "? help")
        assert app.screen.place == "help"  # type: ignore[attr-defined]


async def test_a_click_on_a_screen_opens_it_where_only_numbers_fit() -> None:
    async with running_app(FakeClient(), size=(40, 10), screen="groups") as (app, pilot):
        assert screen_text(app).startswith(" 1  2  3 Groups  4  5 ")
        await pilot.click(offset=(18, 0))
        await press(pilot)
        await pilot.pause()
        assert "Bin" in screen_text(app).splitlines()[0]


async def _click(app: DpmApp, pilot: Pilot[None], words: str) -> None:
    line = await footer(app)
    await pilot.click(offset=(line.index(words) + 1, app.size.height - 1))
    await pilot.pause()
