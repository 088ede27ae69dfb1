"""Descriptors: what a killed process has open is closed by the system, and by the test that plays it."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator

from dpm_tui.state.disk.held_folder import HeldFolder


@contextlib.contextmanager
def closed_afterwards() -> Iterator[None]:
    """Close every descriptor that is opened within and still open at the end."""
    before = _open()
    gc.freeze()  # only what is made within is looked through: the heap of a whole test run takes seconds
    try:
        yield
    finally:
        gc.collect()
        for each in gc.get_objects():
            if type(each) is HeldFolder:
                each.close()
        gc.unfreeze()
        for descriptor in _open() - before:
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _open() -> set[int]:
    return {int(name) for name in os.listdir("/dev/fd")}
