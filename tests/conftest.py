"""What every test runs under: no home, no language and no runtime folder of the developer's machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dpm_tui.locale import insist_on, set_language

settings.register_profile("dpm-tui", deadline=None, database=None, derandomize=True, max_examples=60)
settings.load_profile("dpm-tui")


@pytest.fixture(autouse=True)
def _own_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the test a home and a runtime folder of its own, short enough for a socket, and English."""
    base = Path(tempfile.mkdtemp(prefix="dpm"))
    for variable, name in (("HOME", "home"), ("DPM_TUI_RUNTIME_DIR", "run")):
        (base / name).mkdir(mode=0o700)
        monkeypatch.setenv(variable, str(base / name))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    insist_on("")
    set_language("en")
    yield
    insist_on("")
    set_language("en")
    shutil.rmtree(base, ignore_errors=True)
