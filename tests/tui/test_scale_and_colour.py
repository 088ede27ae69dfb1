"""Very many groups, and terminals without colour."""

from __future__ import annotations

import pytest

from dpm_tui.tui.previews.preview_panes import panes_for
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.tui.app_run import calm, press, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import large_library
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow


@pytest.mark.slow
async def test_only_lines_on_the_screen_are_drawn() -> None:
    client = FakeClient(large_library(100_000))
    async with running_app(client, screen="groups") as (app, pilot):
        rows = app.screen.query_one("#groups", RowList)
        drawn: list[int] = []
        draw = rows._draw
        rows._draw = lambda line, width: drawn.append(line) or draw(line, width)  # type: ignore[func-returns-value]
        await press(pilot, "end")
        await calm(pilot)
        assert app.session.cursor.position == 99_999
        assert "100000" in screen_text(app)
        assert len(set(drawn)) <= 2 * rows.size.height
        assert max(drawn) == 299_999
        drawn.clear()
        await press(pilot, "k")
        await calm(pilot)
        assert len(set(drawn)) <= 4
        await press(pilot, "g")
        await calm(pilot)
        assert app.session.cursor.position == 0


async def test_a_line_is_drawn_again_only_where_it_changed() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        rows = app.screen.query_one("#groups", RowList)
        drawn: list[int] = []
        draw = rows._draw
        rows._draw = lambda line, width: drawn.append(line) or draw(line, width)  # type: ignore[func-returns-value]
        await press(pilot, "j")
        await calm(pilot)
        assert set(drawn) <= {0, 1, 2}


def test_large_library_keeps_its_cursor_over_a_change() -> None:
    session = Session()
    sample = large_library(20_000)
    session.adopt_library(unpack_library(sample.pack()))
    session.go_to_file(30_001)
    session.adopt_library(unpack_library(sample.pack()))
    assert session.file is not None
    assert session.file.id == 30_001


@pytest.mark.slow
@pytest.mark.parametrize("palette", [Palette.MONO, Palette.ASCII, Palette.C16])
async def test_without_colour_every_screen_works(monkeypatch: pytest.MonkeyPatch, palette: Palette) -> None:
    if palette is Palette.MONO:
        monkeypatch.setenv("NO_COLOR", "1")
    client = FakeClient(entries=bin_entries())
    async with running_app(client, palette=palette, screen="groups") as (app, pilot):
        for keys in (
            "a",
            "space",
            "p",
            "tab",
            ".",
            "=",
            "f",
            "escape",
            "1",
            "2",
            "3",
            "D",
            "x",
            "escape",
            "4",
            "L",
            "escape",
            "5",
            "?",
            "escape",
            ":",
        ):
            await press(pilot, *keys.split())
            await calm(pilot)
            assert screen_text(app).strip()


async def test_without_colour_marks_are_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running_app(FakeClient(), palette=Palette.MONO, screen="groups") as (app, pilot):
        await press(pilot, "a")
        await calm(pilot)
        lines = screen_text(app).splitlines()
        assert lines[4].startswith("K A IMG_4411.jpg")
        assert lines[5].startswith("- B IMG_4411 (1).jpg")
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                style = segment.style
                assert style is None or all(
                    colour is None or colour.is_default for colour in (style.color, style.bgcolor)
                )


@pytest.mark.parametrize(
    ("width", "members", "toggled", "panes"),
    [(80, 3, False, 1), (80, 3, True, 2), (120, 3, False, 2), (120, 3, True, 1), (200, 3, False, 3),
     (200, 9, False, 8), (200, 2, False, 2)],
)  # fmt: skip
def test_number_of_pictures(width: int, members: int, toggled: bool, panes: int) -> None:
    assert panes_for(width, members, toggled=toggled) == panes
