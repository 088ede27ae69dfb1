"""An album that was scanned once, copied for each test: a scan loads torch, which takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.album import make_album
from tests.support.family import copy_scanned


@pytest.fixture(scope="session")
def scanned_once() -> Iterator[Path]:
    """Yield an album with the state of a finished scan; tests copy it."""
    base = Path(tempfile.mkdtemp(prefix="dpm"))
    (base / "run").mkdir(mode=0o700)
    album = make_album(base / "album")
    environment = {**os.environ, "DPM_TUI_RUNTIME_DIR": str(base / "run"), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "dpm_tui", "scan", str(album)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=110)
    yield album
    shutil.rmtree(base)


@pytest.fixture
def album(tmp_path: Path, scanned_once: Path) -> Path:
    """Return a copy of the scanned album that a scan would find nothing new in."""
    return copy_scanned(scanned_once, tmp_path / "album")
