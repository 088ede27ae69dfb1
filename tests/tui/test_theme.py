"""Themes can be read: every text stands out from its ground, with 256 colours as with 16 million."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from dpm_tui.state.config import CHOICES, Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.settings import SettingsScreen
from dpm_tui.tui.session.settings_table import SETTINGS
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import GROUNDS, Look, Theme, theme_styles
from tests.tui.app_run import NO_DELAYS, press
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow

FIXED = tuple(GROUNDS)
LEAST = {Theme.DARK: 4.5, Theme.LIGHT: 4.5, Theme.CONTRAST: 7.0}
"""Contrast as WCAG asks for it: AA for text, AAA for high contrast."""


def luminance(color: Color) -> float:
    channels = [value / 255 for value in color.get_truecolor()]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style, ground: Color, system: ColorSystem) -> float:
    """Return the contrast of a style's text as a terminal with so many colours shows it."""
    assert style.color is not None
    colors = (style.color, style.bgcolor or ground)
    low, high = sorted(luminance(color.downgrade(system)) for color in colors)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("theme", FIXED)
def test_every_role_can_be_read(theme: Theme, system: ColorSystem) -> None:
    ground = Color.parse(GROUNDS[theme])
    for role, words in theme_styles(theme, Palette.TRUECOLOR).items():
        assert contrast(Style.parse(words), ground, system) >= LEAST[theme], role


@pytest.mark.parametrize("theme", Theme)
def test_without_colour_no_theme_has_any(theme: Theme) -> None:
    assert all(Style.parse(words).color is None for words in theme_styles(theme, Palette.MONO).values())


@pytest.mark.parametrize("theme", Theme)
def test_with_16_colours_only_those_of_the_terminal_are_used(theme: Theme) -> None:
    assert "#" not in " ".join(theme_styles(theme, Palette.C16).values())


def test_all_themes_have_the_same_roles() -> None:
    roles = {frozenset(theme_styles(theme, Palette.TRUECOLOR)) for theme in Theme}
    assert roles == {frozenset(theme_styles(Theme.ANSI, Palette.MONO))}


def test_the_setting_offers_every_theme() -> None:
    assert set(CHOICES["theme"]) == set(Theme)


@pytest.mark.parametrize("theme", FIXED)
async def test_the_ground_is_painted_everywhere(theme: Theme) -> None:
    """A light theme on a dark terminal must not leave a hole through which the terminal shows."""

    async def connect() -> FakeClient:
        return FakeClient()

    app = DpmApp(connect, b"/pictures", Palette.TRUECOLOR, NO_DELAYS, theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("1", "3", "5", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    assert segment.style is not None
                    assert segment.style.bgcolor is not None, (key, segment)
                    assert not segment.style.bgcolor.is_default, (key, segment)
    assert app.look["text"] == Look(Palette.TRUECOLOR, theme)["text"]


async def test_a_theme_that_is_chosen_is_worn_at_once_on_every_screen() -> None:
    """What was painted before must not show through either."""

    async def connect() -> FakeClient:
        return FakeClient()

    app = DpmApp(connect, b"/pictures", Palette.TRUECOLOR, NO_DELAYS)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "1", "3", "4", "5")
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        screen.move_lines([setting.name for setting in SETTINGS].index("theme"))
        await press(pilot, "right")
        assert app.session.config.theme == "dark"
        for key in ("5", "1", "3", "4"):
            await press(pilot, key)
            grounds = {
                segment.style.bgcolor.name
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style is not None and segment.style.bgcolor is not None
            }
            assert "default" not in grounds, key
            assert GROUNDS[Theme.DARK] in grounds, key
        await press(pilot, "5", "left", "1")
        assert app.look["text"] == Look(Palette.TRUECOLOR, Theme.ANSI)["text"]
        assert app.theme == "ansi-dark"


def test_the_app_takes_theme_and_mouse_from_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dpm_tui.state.config import Settings, save_settings
    from dpm_tui.tui import launch
    from dpm_tui.tui.terminal import colour_depth

    layout = Layout(os.fsencode(tmp_path), os.fsencode(tmp_path))
    os.makedirs(os.path.dirname(layout.config), exist_ok=True)
    save_settings(layout.config, Settings(Config(theme="light", mouse=False)))
    seen: list[tuple[str, object]] = []

    async def run_async(app: DpmApp, *, mouse: bool) -> None:
        seen.append((app.theme, mouse))

    monkeypatch.setattr(DpmApp, "run_async", run_async)
    monkeypatch.setattr(launch, "prepare_terminal", lambda _: colour_depth.Colours(Palette.C256, "test"))
    monkeypatch.setattr(launch, "ask_terminal", lambda **_: launch.Answer())
    launch.run_app(layout)
    launch.run_app(layout, mouse=True)
    assert seen == [("dpm-light", False), ("dpm-light", True)]
