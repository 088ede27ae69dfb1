"""Files that come back from the bin are known again without a scan, and only those."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.recycle.results import Restored
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.server.moved_files import MovedFiles
from tests.support.image_files import image_file
from tests.support.workers import layout_of

CONTENT = b"a picture"


@pytest.mark.parametrize(
    ("content", "later", "is_known"),
    [(CONTENT, 0, True), (b"Another..", 1, False), (b"Another, longer", 0, False)],
)
def test_what_came_back_is_known_by_size_and_time(
    tmp_path: Path, content: bytes, later: int, is_known: bool
) -> None:
    layout = layout_of(tmp_path)
    prepare_folder(layout)
    state = RootState(layout, "judge-1")
    path = tmp_path / "a.jpg"
    path.write_bytes(CONTENT)
    os.utime(path, ns=(5, 5))
    state.files.put(image_file(1, b"a.jpg", size=len(CONTENT), mtime_ns=5))
    moved = MovedFiles(state.files)
    moved.forget([b"a.jpg"])
    assert not state.files.files
    path.write_bytes(content)
    os.utime(path, ns=(5 + later, 5 + later))
    assert (
        moved.recall(RootFolder(layout.root), [Restored(b"a.jpg", b"a.jpg")], lambda path: True)
        is not is_known
    )
    assert [file.path for file in state.files.files.values()] == ([b"a.jpg"] if is_known else [])
    state.close()
