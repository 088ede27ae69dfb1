"""Panels show as much of a frame as there is room for, and titles that cannot break it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from dpm_tui.locale import set_language
from dpm_tui.state.config import Config
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.widgets.panel import Panel
from tests.tui.app_run import calm, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_with_companions


async def bin_screen(size: tuple[int, int], palette: Palette = Palette.C256, language: str = "en") -> str:
    set_language(language)
    client = FakeClient(config=Config(language=language), entries=bin_with_companions())
    async with running_app(client, size=size, palette=palette, screen="bin") as (app, _):
        return screen_text(app)


async def test_a_frame_all_around_where_there_is_room() -> None:
    shown = (await bin_screen((100, 30))).splitlines()
    assert shown[1].startswith("╭─ Recycle bin ─")
    assert shown[1].endswith("─╮")
    assert sum(line.startswith("╰") and line.endswith("╯") for line in shown) == 2
    assert "─ Details ─" in "\n".join(shown)


@pytest.mark.parametrize("size", [(99, 40), (120, 29), (60, 16)])
async def test_a_rule_with_the_title_where_there_is_less(size: tuple[int, int]) -> None:
    shown = (await bin_screen(size)).splitlines()
    assert shown[1].startswith("── Recycle bin ─")
    assert "╭" not in "\n".join(shown)


@pytest.mark.parametrize("size", [(59, 30), (100, 15), (40, 10)])
async def test_no_line_is_given_away_where_there_are_few(size: tuple[int, int]) -> None:
    shown = await bin_screen(size)
    assert "─" not in shown
    assert "Recycle bin" not in shown


@pytest.mark.parametrize("palette", [Palette.MONO, Palette.ASCII])
async def test_frames_of_letters_where_the_terminal_has_no_lines(palette: Palette) -> None:
    shown = await bin_screen((100, 30), palette)
    assert shown.splitlines()[1].startswith("+- Recycle bin -")
    assert shown.replace("\n", "").isascii()


async def test_corners_that_every_console_has_where_there_are_16_colours() -> None:
    shown = await bin_screen((100, 30), Palette.C16)
    assert shown.splitlines()[1].startswith("┌─ Recycle bin ─")
    assert "╭" not in shown


async def test_the_counts_stand_in_the_frame_and_only_there() -> None:
    for size, line in (((120, 40), 1), ((80, 24), 1), ((40, 10), 0)):
        shown = (await bin_screen(size)).splitlines()
        assert [number for number, text in enumerate(shown) if "files, " in text and "MB" in text][:1] == [
            line
        ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(100, 30), (60, 16)])
async def test_every_line_has_the_width_of_the_screen(size: tuple[int, int], language: str) -> None:
    for line in (await bin_screen(size, language=language)).splitlines():
        assert cell_len(line) <= size[0]


async def test_a_title_that_is_too_long_loses_its_middle_not_the_frame() -> None:
    client = FakeClient()
    async with running_app(client, size=(100, 30), screen="bin") as (app, pilot):
        panel = app.screen.panel  # type: ignore[attr-defined]
        panel.retitle("tui.need_place", place="[bold]" + "x" * 300)
        panel.tell([("[/red]\x1b[2J" + "y" * 300, "strong")])
        await calm(pilot)
        top = screen_text(app).splitlines()[1]
        assert "[bold]" in top or "~" in top
        assert cell_len(top) == 100
        assert "\x1b" not in top
        assert top.startswith("╭─ ")
        assert top.endswith("─╮")


@pytest.mark.parametrize("size", [(100, 30), (80, 24)])
async def test_a_count_that_changes_is_painted_anew(size: tuple[int, int]) -> None:
    client = FakeClient(entries=bin_with_companions())
    async with running_app(client, size=size, screen="bin") as (app, _):
        panel = app.screen.query(Panel).first()
        panel.tell([("changed", "strong")])
        dirty = panel._repaint_regions
        assert [(region.x, region.y, region.width) for region in dirty] == [(0, 0, size[0])]
