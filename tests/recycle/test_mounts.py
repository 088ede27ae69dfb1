"""Bind mounts, read-only mounts and full disks, in mount namespaces that vanish with their test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCENES = [
    "one_file_under_two_paths",
    "keeper_that_leaves_under_another_path",
    "victim_behind_a_mount",
    "victim_on_another_file_system",
    "copy_from_another_file_system",
    "no_bin_over_there",
    "keeper_on_a_read_only_mount",
    "read_only_root",
    "full_disk",
]


def can_mount() -> bool:
    if os.geteuid() or shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    trial = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/tmp"]
    return subprocess.run(trial, capture_output=True).returncode == 0


@pytest.mark.root
@pytest.mark.parametrize("scene", SCENES)
def test_mounts(tmp_path: Path, scene: str) -> None:
    if not can_mount():
        pytest.skip("may not mount")
    command = ["unshare", "-m", sys.executable, "-m", "tests.recycle.mount_driver", scene, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == 0, done.stderr
