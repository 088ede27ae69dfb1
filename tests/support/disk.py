"""A disk that is full or takes little at a time, by way of ``os.write``."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, room: int) -> Iterator[None]:
    """Let ``room`` more bytes onto the disk, then none: the last write may take only a part."""
    real = os.write
    left = [room]

    def write(descriptor: int, content: bytes | memoryview) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = real(descriptor, bytes(content)[: left[0]])
        left[0] -= taken
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        yield


@contextmanager
def short_writes(monkeypatch: pytest.MonkeyPatch, at_most: int) -> Iterator[None]:
    """Let every write take at most some bytes, as pipes and network file systems do."""
    real = os.write

    def write(descriptor: int, content: bytes | memoryview) -> int:
        return real(descriptor, bytes(content)[:at_most])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        yield
