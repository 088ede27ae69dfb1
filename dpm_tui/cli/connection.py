"""Talks to the worker on behalf of a verb."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from dpm_tui.state.layout import Layout
from dpm_tui.worker.client import WorkerClient

T = TypeVar("T")


def with_worker(
    layout: Layout, name: str, work: Callable[[WorkerClient], Awaitable[T]], *, start: bool = True
) -> T:
    """Return what ``work`` returns when called with a connection; raises DpmError."""

    async def connect_and_work() -> T:
        client = await WorkerClient.connect(layout, name, start=start)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(connect_and_work())
