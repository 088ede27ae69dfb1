"""Returns freed memory to the system."""

from __future__ import annotations

import contextlib
import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MAX_ARENAS = -1, -3, -8
"""Names of settings in ``malloc.h`` of the GNU library."""


def return_freed_memory() -> None:
    """Have the C library, where it can be set so, return large blocks as soon as they are freed.

    By itself the GNU library learns from the first large block that is freed to keep up to 64 MB for the next
    ones, and each thread has a share of its own. Over a large library the columns that a filter or an order
    takes for a moment would stay with the app for as long as it is open, and the moves of a batch with the
    worker.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 1 << 20)
        mallopt(_TRIM_THRESHOLD, 1 << 20)
        mallopt(_MAX_ARENAS, 2)
