"""The prompt line shows every key that a question takes, and puts nothing of its own colour on a field."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.style import Style

from dpm_tui.locale import set_language
from dpm_tui.state.config import Config
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import GROUNDS, theme_styles
from tests.tui.app_run import NO_DELAYS, press, running_app, screen_text, until
from tests.tui.fake_client import FakeClient


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_key_of_a_question_is_seen_on_the_smallest_terminal(language: str) -> None:
    set_language(language)
    client = FakeClient(config=Config(language=language))
    async with running_app(client, size=(40, 10), screen="groups") as (app, pilot):
        for key, answers in (("s", "fnscgd"), ("i", "pfg"), ("v", "pfg")):
            await press(pilot, key)
            shown = screen_text(app).replace("\n", " ")
            assert all(f" {answer} " in shown or f"{answer} " in shown for answer in answers), shown
            body = app.screen.query_one("#body").size.height
            assert body >= 4
            await press(pilot, "escape")
            assert app.screen.query_one("#body").size.height == 7


async def test_a_question_that_fits_takes_one_line() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "s")
        assert app.screen.query_one("#body").size.height == 37


@pytest.mark.parametrize("theme", GROUNDS)
async def test_a_field_has_no_colour_that_is_not_the_themes(theme: str) -> None:
    async def connect() -> FakeClient:
        return FakeClient()

    app = DpmApp(connect, b"/pictures", Palette.C256, NO_DELAYS, theme=theme)  # type: ignore[arg-type]
    styles = [Style.parse(words) for words in theme_styles(theme, Palette.C256).values()]  # type: ignore[arg-type]
    known = {colour.name for style in styles for colour in (style.color, style.bgcolor) if colour}
    known.add(GROUNDS[theme])  # type: ignore[index]
    async with app.run_test(size=(120, 40)) as pilot:
        for key in ("5", "?", "escape", ":", "a", "tab", "escape", "1", "4", "L", "/", "a", "tab"):
            await press(pilot, key)
            shown = {
                colour.name
                for strip in app.screen._compositor.render_strips()
                for _, style, _ in strip
                if style is not None
                for colour in (style.color, style.bgcolor)
                if colour is not None
            }
            assert shown <= known, key


async def test_filters_come_back_by_the_arrow_keys() -> None:
    async with running_app(FakeClient(), size=(80, 24), screen="groups") as (app, pilot):
        for words in ("kind:variant", "dir:art"):
            await press(pilot, "/", *["backspace"] * 20, *words, "enter")
        await press(pilot, "escape", "/", "up")
        assert "dir:art" in screen_text(app).splitlines()[-2]
        await press(pilot, "up")
        assert "kind:variant" in screen_text(app).splitlines()[-2]
        await press(pilot, "enter")
        assert app.session.filter.text == "kind:variant"
        await press(pilot, "/", "up", "down")
        assert "kind:variant" in screen_text(app).splitlines()[-2]


async def test_tab_completes_a_folder(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    client = FakeClient(config=Config(protected=()))
    async with running_app(client, size=(80, 24), screen="settings") as (app, pilot):
        app.session.root = os.fsencode(tmp_path)
        await press(pilot, "j", "j", "j", "j", "enter", *"ho", "tab")
        await until(lambda: "holiday" in screen_text(app).splitlines()[-2])
        await press(pilot, "enter")
        await until(lambda: client.config.protected == ("holiday",))


@pytest.mark.parametrize("key", ["up", "home", "delete", "f5", "ctrl+t", "tab", "enter", "space", "x"])
async def test_a_question_waits_for_one_of_its_keys(key: str) -> None:
    async with running_app(FakeClient(), size=(80, 24), screen="groups") as (app, pilot):
        await press(pilot, "s", "w", key)
        assert app.screen.prompt.busy
        await press(pilot, key, "escape")
        assert not app.screen.prompt.busy
