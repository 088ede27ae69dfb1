"""Programs outside the app: which one is chosen, and when the app waits for a key afterwards."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from dpm_tui.tui.terminal import external_programs


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The programs that are there."""
    programs: set[str] = set()
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    return programs


def test_own_choice_comes_first(installed: set[str]) -> None:
    installed.add("chafa")
    assert external_programs.find_viewer({"DPM_VIEWER": "feh -F"}) == ["feh", "-F"]
    assert external_programs.find_viewer({"DPM_VIEWER": "broken 'quote"}) == ["broken 'quote"]
    assert external_programs.find_viewer({}) == ["chafa"]


def test_desktop_programs_need_a_desktop(installed: set[str]) -> None:
    installed.add("xdg-open")
    assert external_programs.find_viewer({}) is None
    assert external_programs.find_file_manager({}) is None
    assert external_programs.find_viewer({"DISPLAY": ":0"}) == ["xdg-open"]
    assert external_programs.find_file_manager({"WAYLAND_DISPLAY": "w"}) == ["xdg-open"]


@pytest.mark.slow
def test_a_viewer_gets_the_name_as_one_argument(tmp_path: Path) -> None:
    seen = str(tmp_path / "seen")
    script = f"import os, sys; open({seen!r}, 'wb').write(os.fsencode(sys.argv[1]))"
    assert external_programs.run_viewer([sys.executable, "-c", script], b"/x/-rf $(id)\n\xff.jpg")
    assert (tmp_path / "seen").read_bytes() == b"/x/-rf $(id)\n\xff.jpg"


def test_a_viewer_that_cannot_start_raises() -> None:
    with pytest.raises(OSError, match="no-such-viewer"):
        external_programs.run_viewer(["/no-such-viewer"], b"/x.jpg")
