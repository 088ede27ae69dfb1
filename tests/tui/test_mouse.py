"""What the mouse does: marks, opens, shows commands, flips."""

from __future__ import annotations

import pytest

from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.worker.protocol.messages import LogLine
from tests.tui.app_run import calm, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, marks
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow


def line_with(shown: str, words: str) -> int:
    return next(y for y, line in enumerate(shown.splitlines()) if words in line)


async def test_a_click_on_a_mark_sets_it_and_the_cursor_stays_there() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        left = app.screen.query_one("#groups").region.x
        y = line_with(screen_text(app), "wa_8812.jpg")
        for expected in ("..-", "..."):
            await pilot.click(offset=(left, y))
            await calm(pilot)
            assert marks(app)[:3] == expected
            assert cursor(app) == 3
        await pilot.click(offset=(left + 8, y))
        await calm(pilot)
        assert marks(app)[:3] == "...", "elsewhere a click only moves the cursor"


async def test_a_click_on_a_heading_marks_nothing() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        left = app.screen.query_one("#groups").region.x
        await pilot.click(offset=(left, line_with(screen_text(app), "3 files")))
        await calm(pilot)
        assert set(marks(app)) == {"."}


async def test_a_double_click_opens_the_full_view() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        y = line_with(screen_text(app), "wa_8812.jpg")
        await pilot.click(offset=(12, y), times=2)
        await calm(pilot)
        assert type(app.screen).__name__ == "ViewScreen"
        assert cursor(app) == 3


@pytest.mark.parametrize("on_picture", [False, True])
async def test_the_right_button_shows_what_can_be_done(on_picture: bool) -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        region = app.screen.query_one(PreviewPanes).region
        y = line_with(screen_text(app), "wa_8812.jpg")
        place = (region.x + 5, region.y + 6) if on_picture else (12, y)
        await pilot.click(offset=place, button=3)
        await calm(pilot)
        assert type(app.screen).__name__ == "PaletteScreen"
        assert "keep only this file" in screen_text(app)


async def test_a_click_on_the_picture_flips() -> None:
    async with running_app(FakeClient(), size=(80, 24), screen="groups") as (app, pilot):
        region = app.screen.query_one(PreviewPanes).region
        before = screen_text(app)
        await pilot.click(offset=(region.x + 5, region.y + 6))
        await calm(pilot)
        assert screen_text(app) != before
        await pilot.click(offset=(region.x + 5, region.y + 6))
        await calm(pilot)
        assert screen_text(app) == before


async def test_marks_in_the_bin_are_set_too() -> None:
    async with running_app(FakeClient(entries=bin_entries()), size=(120, 40), screen="bin") as (app, pilot):
        left = app.screen.query_one("#bin").region.x
        await pilot.click(offset=(left, line_with(screen_text(app), "picture 1")))
        await calm(pilot)
        assert len(app.session.bin.selected) == 1


async def test_a_double_click_on_a_folder_reviews_it_and_one_on_the_log_nothing() -> None:
    client = FakeClient()
    client.tell(LogLine("info", "surveyed", {"files": 6, "added": 0, "changed": 0, "gone": 0}))
    async with running_app(client, size=(120, 40), screen="scan") as (app, pilot):
        region = app.screen.query_one("#log").region
        await pilot.click(offset=(region.x + 2, region.y), times=2)
        await calm(pilot)
        assert app.current_mode == "scan"
        await pilot.click(offset=(12, line_with(screen_text(app), "backup/2021/")), times=2)
        await calm(pilot)
        assert app.session.filter.text == 'dir:"backup/2021/"'
        assert app.current_mode == "groups"
