"""The power goes before any system call: afterwards each picture is in one right place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.recycle.conftest import INJECTED
from tests.recycle.crash_scene import can_trace
from tests.recycle.mount_scene import can_mount

pytestmark = pytest.mark.soak
CUT = ["apply-companions", "apply-copy", "undo-companions", "redo", "restore-copy", "purge-companions"]


def cut_power(scenario: str, base: Path, who: str) -> subprocess.CompletedProcess[str]:
    """Cut the power everywhere in ``scenario``, in a mount namespace of its own."""
    command = ["unshare", "-m", sys.executable, "-m", "tests.recycle.power_driver", scenario, str(base), who]
    root = Path(__file__).parents[2]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=300)


@pytest.mark.root
@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["alone", "foreign"])
@pytest.mark.parametrize("scenario", CUT)
def test_a_power_cut_anywhere_loses_nothing(base: Path, scenario: str, who: str) -> None:
    if not (can_trace() and can_mount()):
        pytest.skip("may not trace or mount")
    done = cut_power(scenario, base, who)
    assert done.returncode == 0, done.stderr
    INJECTED["power cuts"] += int(done.stdout)
    assert int(done.stdout) > 10


@pytest.mark.root
@pytest.mark.timeout(300)
def test_the_check_notices_a_missing_sync(base: Path) -> None:
    if not (can_trace() and can_mount()):
        pytest.skip("may not trace or mount")
    assert "AssertionError" in cut_power("apply-unsynced", base, "foreign").stderr
