"""Root at work in a folder of somebody else: said once, never refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.cli import main
from tests.support.canary import NOBODY, as_root


@as_root
def test_root_hears_whose_folder_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for owner, times in ((NOBODY, 1), (0, 0)):
        os.chown(tmp_path, owner, owner)
        assert main(["status", os.fsdecode(tmp_path)]) == 0
        said = capsys.readouterr()
        assert said.err.count("Running as root") == times
        assert "root" not in said.out.splitlines()[0].split()[:2]
