"""Faults and power cuts while links are made and put away, on file systems that have reflinks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.recycle.conftest import INJECTED
from tests.recycle.crash_scene import can_trace
from tests.recycle.linking.disks import lacking

pytestmark = [pytest.mark.soak, pytest.mark.root, pytest.mark.timeout(300)]


def let_fail(base: Path, scenario: str, file_system: str, error: str) -> int:
    """Let every call of ``scenario`` fail in its turn, or kill there, and return how many there are."""
    if not can_trace() or (why := lacking(file_system)):
        pytest.skip(why if can_trace() else "strace is missing or may not trace")
    driver = [sys.executable, "-m", "tests.recycle.linking.disk_driver"]
    command = ["unshare", "-m", *driver, scenario, file_system, str(base), *filter(None, [error])]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=280)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("error", ["", "ENOSPC", "EIO", "EACCES"])
@pytest.mark.parametrize("scenario", ["apply-reflink", "undo-reflink", "redo-reflink"])
@pytest.mark.parametrize("file_system", ["btrfs", "xfs"])
def test_a_fault_anywhere_leaves_every_name_with_its_content(
    base: Path, file_system: str, scenario: str, error: str
) -> None:
    points = let_fail(base, scenario, file_system, error)
    INJECTED["errors" if error else "kills"] += points
    assert points > 20


@pytest.mark.parametrize(
    ("file_system", "scenario"),
    [
        ("ext4", "apply-hard"), ("ext4", "undo-hard"), ("ext4", "redo-hard"), ("btrfs", "apply-hard"),
        ("btrfs", "undo-hard"), ("btrfs", "apply-reflink"), ("btrfs", "undo-reflink"),
    ],
)  # fmt: skip
def test_a_power_cut_anywhere_leaves_every_name_with_its_content(
    base: Path, file_system: str, scenario: str
) -> None:
    points = let_fail(base, scenario, file_system, "power")
    INJECTED["power cuts"] += points
    assert points > 20
