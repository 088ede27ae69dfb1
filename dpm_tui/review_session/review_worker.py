"""What a review needs of its worker."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

from dpm_tui.errors import DpmError
from dpm_tui.review.library.library import Library
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import GetLibrary, LibraryData, Request

A = TypeVar("A")


class Asks(Protocol):
    """Carries requests."""

    async def ask(self, request: Request, kind: type[A], /) -> A:
        """Return the answer to a request, of type ``kind``; raises DpmError."""


class ReviewWorker(Asks, Protocol):
    """The worker as the review sees it."""

    @property
    def reviewer(self) -> bool:
        """Whether this review is the one that is written down."""

    def obstacle(self, *, moves: bool = False) -> str:
        """Return why nothing can be decided, or moved, now: the key of a sentence, or empty."""


async def fetch_library(worker: Asks) -> Library:
    """Return the groups as they are now; raises DpmError."""
    data = await worker.ask(GetLibrary(), LibraryData)
    try:
        return await asyncio.to_thread(unpack_library, data)
    except (ValueError, KeyError, TypeError) as error:
        raise DpmError("protocol_nonsense") from error
