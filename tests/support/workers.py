"""Workers as processes of their own, for tests that talk to one."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from dpm_tui.errors import DpmError
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import Shutdown


def layout_of(folder: Path) -> Layout:
    """Return the layout of a root that keeps its own state."""
    return Layout(os.fsencode(folder), os.fsencode(folder))


@asynccontextmanager
async def worker_of(folder: Path, name: str = "app") -> AsyncIterator[WorkerClient]:
    """Connect, and shut the worker down at the end."""
    client = await WorkerClient.connect(layout_of(folder), name)
    try:
        yield client
    finally:
        with suppress(DpmError):
            await client.request(Shutdown())
        await client.close()


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until a condition holds; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Return whether a process is no more, or only waits for somebody to take note of it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
