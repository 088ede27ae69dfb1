"""What ``-o`` may name besides a file."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

from dpm_tui.cli.output import write_output


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_output(str(pipe), "長い")
    reader.join(10)
    assert read == ["長い"]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_link_to_a_device_leaves_both_as_they_are(tmp_path: Path) -> None:
    link = tmp_path / "nowhere"
    link.symlink_to(os.devnull)
    write_output(str(link), "text")
    assert link.is_symlink()
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("the one before", encoding="utf-8")
    before = file.stat().st_ino
    write_output(str(file), "new")
    assert file.read_text(encoding="utf-8") == "new"
    assert file.stat().st_ino != before
