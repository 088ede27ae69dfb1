"""Talks to the worker on behalf of a verb."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import Answer, Request

A = TypeVar("A", bound=Answer)


def ask_worker(
    layout: Layout, name: str, request: Request, kind: type[A], *, start: bool = True, stays: bool = True
) -> A:
    """Return the answer to ``request``, which is of type ``kind``; raises DpmError.

    ``name`` is the verb that asks. Without ``start`` there must be a worker already; without ``stays`` it
    ends with the verb.
    """

    async def ask() -> A:
        client = await WorkerClient.connect(layout, name, start=start, stays=stays)
        try:
            answer = await client.request(request)
            assert isinstance(answer, kind)
            return answer
        finally:
            await client.close()

    return asyncio.run(ask())
