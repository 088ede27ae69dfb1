"""Freed memory is kept while work lasts, and returned afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from dpm_tui.memory import freed_memory_kept, return_freed_memory

def pages_taken(times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.full(3 << 19, 1, np.uint8)  # below what comes in huge pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

return_freed_memory()
before = pages_taken(20)
with freed_memory_kept():
    pages_taken(2)
    kept = pages_taken(20)
print(before, kept, pages_taken(20))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU library can be set so")
def test_memory_is_kept_while_work_lasts_and_then_returned() -> None:
    # In a process of its own: in a large one some freed block nearly always fits.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    before, kept, after = map(int, done.stdout.split())
    assert kept < before / 10
    assert kept < after / 10
