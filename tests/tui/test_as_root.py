"""Root at work in a folder of somebody else: the app says so once, and its log keeps it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.state.config import Config
from tests.support.canary import NOBODY, as_root
from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow


@as_root
@pytest.mark.parametrize(("language", "words"), [("en", "Running as root"), ("zh_CN", "root 身份")])
@pytest.mark.parametrize("width", [80, 200])
async def test_root_reads_once_whose_folder_it_is(
    tmp_path: Path, language: str, words: str, width: int
) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    client = FakeClient(root=os.fsencode(tmp_path), config=Config(language=language))
    async with running_app(client, size=(width, 24)) as (app, pilot):
        await until(lambda: words in prompt_text(app))
        assert "nobody" in screen_text(app)
        await press(pilot, "3", "j", "1", "j", "5", "j", "4")
        assert words not in prompt_text(app)
        assert [line.key for line in app.session.log].count("as_root") == 1


@as_root
async def test_root_hears_nothing_in_a_folder_of_its_own(tmp_path: Path) -> None:
    async with running_app(FakeClient(root=os.fsencode(tmp_path))) as (app, pilot):
        await press(pilot, "3", "j")
        assert "root" not in prompt_text(app)
        assert not app.session.log
