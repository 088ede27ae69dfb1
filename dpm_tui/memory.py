"""What the C library does with memory that is freed: give it back, or keep it for what comes next."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MAX_ARENAS = -1, -3, -8
"""Names of settings in ``malloc.h`` of the GNU library."""
_KEPT, _KEPT_BLOCK = 128 << 20, 32 << 20
"""Bytes of the heap's end, and of one block, that are kept for the next ones."""


def return_freed_memory() -> None:
    """Have the C library, where it can be set so, return large blocks as soon as they are freed.

    By itself the GNU library learns from the first large block that is freed to keep up to 64 MB for the next
    ones, and each thread has a share of its own. Over a large library the columns that a filter or an order
    takes for a moment would stay with the app for as long as it is open, and the moves of a batch with the
    worker.
    """
    _set(_MMAP_THRESHOLD, 1 << 20)
    _set(_TRIM_THRESHOLD, 1 << 20)
    _set(_MAX_ARENAS, 2)


def keep_freed_memory(most: int = _KEPT) -> None:
    """Have the C library keep what is freed, up to ``most`` bytes, for the next block of its size.

    Arrays of some hundred kilobytes come and go thousands of times a second where pictures are compared, and
    of some megabytes with each picture that is decoded: to get each anew, page by page, takes longer than to
    fill it.
    """
    _set(_MMAP_THRESHOLD, _KEPT_BLOCK)
    _set(_TRIM_THRESHOLD, most)


@contextlib.contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep freed memory for as long as work lasts, then return it all."""
    keep_freed_memory()
    try:
        yield
    finally:
        return_freed_memory()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _set(name: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(name, value)
