"""Reflinks on file systems that have them, and what is said where there are none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recycle.linking.disks import lacking

pytestmark = [pytest.mark.slow, pytest.mark.root]

SCENES = [
    "all_metadata_stay",
    "not_twice",
    "not_twice_where_nothing_tells_what_is_shared",
    "a_tiny_file_has_nothing_to_share",
    "an_edit_of_the_link_keeps_both",
    "the_kept_file_may_be_edited",
    "an_inherited_list_of_access_is_taken_away",
    "another_disk_is_out_of_reach",
]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("file_system", ["btrfs", "xfs"])
def test_reflinks(base: Path, file_system: str, scene: str) -> None:
    play(base, file_system, scene)


@pytest.mark.parametrize("file_system", ["ext4", "tmpfs"])
def test_file_systems_without_reflinks(base: Path, file_system: str) -> None:
    play(base, file_system, "no_reflinks_here")


def play(base: Path, file_system: str, scene: str) -> None:
    if why := lacking(file_system):
        pytest.skip(why)
    if shutil.which("setfacl") is None:
        pytest.skip("setfacl is missing")
    driver = [sys.executable, "-m", "tests.recycle.linking.reflink_driver"]
    command = ["unshare", "-m", *driver, scene, file_system, str(base)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=100)
    assert done.returncode == 0, done.stderr
