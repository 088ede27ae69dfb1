"""An album that was scanned once, copied for each test: a scan loads torch, which takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.root_state import RootState
from tests.support.album import make_album
from tests.support.workers import layout_of


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
    target = tmp_path / "album"
    shutil.copytree(scanned_once, target)
    layout = layout_of(target)
    state = RootState(layout, AlignedJudge.version)
    for file in list(state.files.files.values()):
        found = os.lstat(os.path.join(layout.root, file.path))
        state.files.put(replace(file, stamp=read_stamp(found)))
    state.save_checkpoint(replace(state.checkpoint, inode=os.stat(layout.root).st_ino))
    state.close()
    return target
