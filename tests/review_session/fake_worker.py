"""A worker for reviews without a user interface, which can be made to wait with an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import fetch_library
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol.messages import Request
from tests.tui.fake_client import FakeClient

A = TypeVar("A")


class FakeWorker:
    """Asks a client; ``meanwhile`` is done once while an answer is on its way."""

    def __init__(self, client: FakeClient | None = None) -> None:
        self.client = client or FakeClient()
        self.reviewer = True
        self.hindrance = ""
        self.meanwhile: Callable[[], object] | None = None

    def obstacle(self, *, moves: bool = False) -> str:
        return self.hindrance

    async def ask(self, request: Request, kind: type[A]) -> A:
        await asyncio.sleep(0)
        answer = await self.client.request(request)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        assert isinstance(answer, kind)
        return answer


async def begun(worker: FakeWorker, config: Config | None = None) -> Review:
    """Return a review of what the worker has found."""
    review = Review(config)
    review.adopt_library(await fetch_library(worker))
    return review
