"""The app in tests: English, no waiting between refreshes, nothing read from the developer's machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dpm_tui.locale import set_language
from dpm_tui.tui.screens import settings as settings_module
from dpm_tui.tui.screens.base import host_app
from tests.tui.parsed_styles import parse_styles_once

pytest.register_assert_rewrite("tests.tui.flows")
parse_styles_once()


@pytest.fixture(autouse=True)
def _quick_and_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "DPM_VIEWER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(host_app, "_REFRESH_SECONDS", 0.002)
    monkeypatch.setattr(settings_module, "_SAVE_SECONDS", 0.002)
    set_language("en")
    yield
    set_language("auto")
