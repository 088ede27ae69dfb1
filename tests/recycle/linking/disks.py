"""Small file systems of their own for tests with links, made in files and mounted."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.recycle.mount_scene import can_mount

MAKERS = {
    "btrfs": (48 << 20, ["mkfs.btrfs", "-q", "--mixed"]),
    "xfs": (300 << 20, ["mkfs.xfs", "-q", "-m", "reflink=1"]),
}
"""Bytes of a small disk, and what makes each file system."""


def make_disk(file_system: str, image: Path) -> None:
    """Make an empty file system in the file ``image``."""
    size, maker = MAKERS[file_system]
    with image.open("wb") as file:
        file.truncate(size)
    subprocess.run([*maker, image], check=True, stdout=subprocess.DEVNULL)


def mount_disk(file_system: str, image: Path, place: Path) -> None:
    """Make a file system and mount it at the new folder ``place``."""
    make_disk(file_system, image)
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", image, place], check=True)


@cache
def lacking(file_system: str) -> str:
    """Return why a file system cannot be tried here, empty where it can."""
    if not can_mount():
        return "may not mount"
    if file_system not in MAKERS:
        return ""
    if shutil.which(MAKERS[file_system][1][0]) is None:
        return f"{MAKERS[file_system][1][0]} is missing"
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "disk"
        make_disk(file_system, image)
        (Path(folder) / "place").mkdir()
        trial = ["unshare", "-m", "mount", "-o", "loop", image, Path(folder) / "place"]
        done = subprocess.run(trial, capture_output=True)
    return "" if done.returncode == 0 else f"the kernel mounts no {file_system}"
