"""Bind mounts, read-only mounts and full disks, in mount namespaces that vanish with their test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.recycle.mount_scene import can_mount, can_mount_fuse

pytestmark = pytest.mark.slow

SCENES = [
    "one_file_under_two_paths",
    "keeper_that_leaves_under_another_path",
    "victim_behind_a_mount",
    "victim_on_another_file_system",
    "bin_over_there_of_another_user",
    "copy_from_another_file_system",
    "no_bin_over_there",
    "keeper_on_a_read_only_mount",
    "read_only_root",
    "full_disk",
]

SCENES_WITH_FUSE = [
    "one_file_on_two_devices",
    "victim_leaves_by_its_other_device",
    "keeper_that_leaves_on_another_device",
    "one_file_that_nothing_tells_from_two",
    "copied_file_that_nothing_tells_from_two",
    "twin_that_is_the_companion_itself",
]


@pytest.mark.root
@pytest.mark.parametrize("scene", SCENES)
def test_mounts(tmp_path: Path, scene: str) -> None:
    if not can_mount():
        pytest.skip("may not mount")
    play(tmp_path, scene)


@pytest.mark.root
@pytest.mark.parametrize("scene", SCENES_WITH_FUSE)
def test_mounts_with_other_device_numbers(tmp_path: Path, scene: str) -> None:
    if not can_mount_fuse():
        pytest.skip("may not mount with FUSE, or bindfs is not there")
    play(tmp_path, scene)


def play(tmp_path: Path, scene: str) -> None:
    command = ["unshare", "-m", sys.executable, "-m", "tests.recycle.mount_driver", scene, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == 0, done.stderr
