"""Hints for whoever reviews a library for the first time, and for nobody else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.locale import set_language
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.app import DpmApp
from tests.tui.app_run import calm, press, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_three_hints_are_dismissed_one_by_one(language: str) -> None:
    set_language(language)
    client = FakeClient(config=Config(language=language))
    async with running_app(client, size=(80, 24), screen="groups") as (app, pilot):
        app.session.recent.hints = 3
        await press(pilot, "j")
        app.refresh_now()
        await calm(pilot)
        for number in (1, 2, 3):
            lines = screen_text(app).splitlines()
            hint = next(line for line in lines if line.startswith((f" Hint {number}", f" 提示 {number}")))
            assert lines.index(hint) >= 18, "below the list"
            await press(pilot, "escape")
        assert "Hint" not in screen_text(app)
        assert "提示 " not in screen_text(app)
        assert app.screen.query_one("#body").size.height == 21


async def test_they_take_no_line_of_a_small_terminal() -> None:
    async with running_app(FakeClient(), size=(80, 15), screen="groups") as (app, pilot):
        app.session.recent.hints = 3
        app.refresh_now()
        await press(pilot, "/", *"zzz", "enter")
        assert "Hint" not in screen_text(app)
        await press(pilot, "escape")
        assert not app.session.filter.words, "esc is about the filter"


async def test_who_has_moved_files_gets_none() -> None:
    async with running_app(FakeClient(entries=bin_entries()), size=(80, 24), screen="scan") as (app, pilot):
        app.session.recent.hints = 3
        await press(pilot, "3", "j")
        assert "Hint" not in screen_text(app)


def test_the_app_begins_with_hints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dpm_tui.tui import launch
    from dpm_tui.tui.terminal import colour_depth

    seen: list[int] = []

    async def run_async(app: DpmApp, *, mouse: bool) -> None:
        seen.append(app.session.recent.hints)

    colours = colour_depth.Colours(colour_depth.Palette.C256, "test")
    monkeypatch.setattr(DpmApp, "run_async", run_async)
    monkeypatch.setattr(launch, "prepare_terminal", lambda _: colours)
    monkeypatch.setattr(launch, "ask_terminal", lambda **_: launch.Answer())
    launch.run_app(Layout(os.fsencode(tmp_path), os.fsencode(tmp_path)))
    assert seen == [3]
