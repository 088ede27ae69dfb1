"""What the first screen needs is loaded before it is painted, and nothing that takes long."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

LOADS = """
import sys
import dpm_tui.tui.app, dpm_tui.tui.screens.scan
print([name for name in ("numpy", "PIL", "cv2", "torch") if name in sys.modules])
"""


def test_numpy_comes_only_with_a_library() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
