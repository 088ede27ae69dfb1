"""Settings that a person edits while a worker runs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.errors import UsageError
from dpm_tui.state.config import load_settings
from dpm_tui.worker.server.live_settings import LiveSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_saving_one_setting_leaves_what_was_written_meanwhile(file: Path) -> None:
    live = LiveSettings(os.fsencode(file))
    file.write_text('protected = ["safe"]\nfuture = 1\nbell = false\n')
    live.save(replace(live.config, keeper=("-bytes",)))
    saved = load_settings(os.fsencode(file))
    assert (saved.config.protected, saved.config.bell, saved.config.keeper) == (("safe",), False, ("-bytes",))
    assert saved.unknown == {"future": 1}
    assert live.config == saved.config


def test_a_file_that_cannot_be_is_named_and_not_replaced(file: Path) -> None:
    live = LiveSettings(os.fsencode(file))
    file.write_text('keeper = ["pixles"]\n')
    with pytest.raises(UsageError, match="pixles"):
        live.save(replace(live.config, bell=False))
    assert file.read_text() == 'keeper = ["pixles"]\n'
    live.refresh()
    assert live.config.keeper == ("best",)


def test_a_folder_is_protected_from_the_moment_it_is_written_down(file: Path) -> None:
    live = LiveSettings(os.fsencode(file))
    file.write_text('protected = ["safe"]\n')
    assert live.protected() == ("safe",)
    live.refresh()
    file.write_text("protected = [")
    assert live.protected() == ("safe",)
