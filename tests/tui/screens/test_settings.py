"""Settings are found by what people call them, and explained beside the list where there is room."""

from __future__ import annotations

import pytest

from dpm_tui.locale import set_language
from dpm_tui.state.config import Config
from dpm_tui.tui.session.settings_table import SECTIONS, SETTINGS
from tests.tui.app_run import press, running_app, screen_text
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow


def test_every_setting_is_on_one_card() -> None:
    named = [name for names in SECTIONS.values() for name in names]
    assert named == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize(
    ("language", "typed", "label", "value"),
    [
        ("en", "protect", "Protected folders", "keep"),
        ("en", "theme", "Theme", "the terminal's own"),
        ("en", "language", "Language", "English"),
        ("en", "受保护", "Protected folders", "keep"),
        ("zh_CN", "受保护", "受保护文件夹", "keep"),
        ("zh_CN", "主题", "主题", "终端"),
        ("zh_CN", "language", "语言", "中文"),
        ("zh_CN", "语言", "语言", "中文"),
    ],
)
async def test_the_palette_finds_a_setting_and_shows_its_value(
    language: str, typed: str, label: str, value: str
) -> None:
    set_language(language)
    client = FakeClient(config=Config(protected=("keep",), language=language))
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, ":", *typed)
        lines = screen_text(app).splitlines()
        shown = [number for number, line in enumerate(lines) if label in line and value in line]
        assert shown
        assert shown[0] <= app.screen.query_one("#body").region.y + 3, "among the first"
        await press(pilot, "enter")
        assert app.screen.NAME == "settings"  # type: ignore[attr-defined]
        assert app.screen.setting.label == label  # type: ignore[attr-defined]


async def test_the_explanation_stands_beside_the_list_from_100_columns_on() -> None:
    for size, beside in (((100, 30), True), ((99, 30), False), ((40, 10), False)):
        async with running_app(FakeClient(), size=size, screen="settings") as (app, pilot):
            await press(pilot, "j")
            about = app.screen.query_one("#about")
            assert (about.region.x > 0) is beside, size
            assert "rules never remove" in " ".join(screen_text(app).split()).replace("│", "")
            if not beside:
                continue
            await press(pilot, "k")
            shown = screen_text(app)
            assert "> auto" in shown, "the value in force is marked"
            assert "illustration" in shown


async def test_what_was_changed_has_a_sign() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="settings") as (app, pilot):
        assert "* Model" not in screen_text(app)
        await press(pilot, "right")
        assert "* Model" in screen_text(app)
        assert "Default, with u: auto" in screen_text(app)
        await press(pilot, "u")
        assert "* Model" not in screen_text(app)
