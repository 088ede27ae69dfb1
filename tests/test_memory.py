"""Freed memory is kept while work lasts, and returned afterwards."""

from __future__ import annotations

import resource
import sys

import numpy as np
import pytest

from dpm_tui.memory import freed_memory_kept, return_freed_memory

BYTES = 3 << 19  # below what comes in huge pages


def pages_taken(times: int) -> int:
    """Return how many pages the system hands out while an array comes and goes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.full(BYTES, 1, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU library can be set so")
def test_memory_is_kept_while_work_lasts_and_then_returned() -> None:
    return_freed_memory()
    page = resource.getpagesize()
    assert pages_taken(20) > 10 * BYTES // page
    with freed_memory_kept():
        pages_taken(2)
        assert pages_taken(20) < BYTES // page
    assert pages_taken(20) > 10 * BYTES // page
