"""The help: two columns where there is room, words to search for, pictures that stay beside it."""

from __future__ import annotations

import pytest

from dpm_tui.tui.command_table import COMMANDS
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from tests.tui.app_run import press, running_app, screen_text
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow


async def test_two_columns_where_there_is_room_and_one_where_not() -> None:
    for size, beside in (((120, 40), True), ((80, 24), False)):
        async with running_app(FakeClient(), size=size, screen="settings") as (app, pilot):
            await press(pilot, "?")
            shown = screen_text(app)
            assert "Settings are saved as you change them" in shown, "it begins at its beginning"
            assert ("Recycle bin" in shown) is beside, "what comes later stands in the second column"


async def test_words_narrow_the_help_down_and_esc_takes_them_away() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="settings") as (app, pilot):
        await press(pilot, "?", "/", *"undo", "enter")
        shown = screen_text(app)
        assert "Undo" in shown
        assert "next group" not in shown
        await press(pilot, "/", *"zzz", "enter")
        assert "zzz" in screen_text(app)
        await press(pilot, "escape")
        assert len(app.screen_stack) == 2
        assert screen_text(app).count("\n") == 40
        await press(pilot, "escape")
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
@pytest.mark.parametrize("key", ["?", ":"])
async def test_the_pictures_stay_where_they_are(size: tuple[int, int], key: str) -> None:
    async with running_app(FakeClient(), size=size, screen="groups") as (app, pilot):
        region = app.screen.query_one(PreviewPanes).region
        assert region.area

        def pictures() -> list[str]:
            strips = app.screen._compositor.render_strips()[region.y : region.bottom]
            return [strip.crop(region.x, region.right).text for strip in strips]

        before = pictures()
        assert any("▀" in line for line in before)
        await press(pilot, key)
        assert pictures() == before
        await press(pilot, "escape")
        assert pictures() == before


async def test_on_one_small_screen_the_help_takes_all_of_it() -> None:
    async with running_app(FakeClient(), size=(40, 10), screen="groups") as (app, pilot):
        await press(pilot, "?")
        assert app.screen.query_one("#body").size.width == 40


async def test_every_command_is_in_the_help() -> None:
    async with running_app(FakeClient(), size=(80, 24), screen="groups") as (app, pilot):
        await press(pilot, "?")
        owners = app.screen.owners  # type: ignore[attr-defined]
        assert {command.id for command in COMMANDS} <= set(owners)


async def test_it_begins_with_the_commands_of_the_screen() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="settings") as (app, pilot):
        await press(pilot, "?")
        assert "Settings" in "\n".join(screen_text(app).splitlines()[1:6])
