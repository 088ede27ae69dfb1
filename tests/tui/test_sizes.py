"""A window that changes its size: every screen keeps its place and fits, down to very few cells."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from tests.tui.app_run import calm, press, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow

STORM = ((40, 10), (200, 60), (20, 5), (80, 24), (10, 3), (120, 40), (60, 16), (80, 24))


async def resize(app: DpmApp, pilot: Pilot[None], size: tuple[int, int], *, wait: bool = True) -> None:
    app.post_message(events.Resize(Size(*size), Size(*size)))
    if wait:
        await until(lambda: app.screen.size == Size(*size))
        await calm(pilot)


@pytest.mark.parametrize("screen", ["scan", "compare", "groups", "bin", "settings"])
async def test_a_storm_of_sizes_leaves_the_screen_as_it_was(screen: str) -> None:
    client = FakeClient(entries=bin_entries())
    async with running_app(client, screen=screen) as (app, pilot):
        await press(pilot, *"jjj")
        before = screen_text(app)
        for size in STORM:
            await resize(app, pilot, size, wait=False)
        await until(lambda: app.screen.size == Size(80, 24))
        await calm(pilot)
        assert screen_text(app) == before


async def test_the_cursor_stays_on_its_file() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "end", "k")
        file = app.session.file
        for size in STORM:
            await resize(app, pilot, size)
            assert app.session.file == file
            if size[1] >= 10:
                assert "wallpaper.bmp" in screen_text(app)


@pytest.mark.slow
async def test_the_help_keeps_what_was_at_the_top() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "?", "pagedown", "pagedown", "j")

        def owner() -> str:
            return app.screen.owners[app.screen.rows.scroll_offset.y]  # type: ignore[attr-defined,no-any-return]

        top = owner()
        await resize(app, pilot, (44, 24))
        assert owner() == top
        await resize(app, pilot, (80, 24))
        assert owner() == top


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (10, 3), (1, 1)])
async def test_very_few_cells_break_nothing(size: tuple[int, int]) -> None:
    async with running_app(FakeClient(entries=bin_entries()), screen="scan") as (app, pilot):
        await resize(app, pilot, size)
        for key in ("2", "3", "4", "5", "question_mark", "escape", "3", ":", "escape", "f", "escape"):
            await press(pilot, key)
            lines = screen_text(app).splitlines()
            assert len(lines) <= size[1]
        assert app.is_running


async def test_pictures_hidden_for_want_of_groups_are_not_hidden_for_want_of_room() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "/", *"zzz", "enter")
        assert "zzz" in screen_text(app)
        await pilot.press("escape")
        for _ in range(6):
            assert "60x16" not in screen_text(app)
            await pilot.pause()
