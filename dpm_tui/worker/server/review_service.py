"""Review service: answers with the record of the review and saves what the reviewer does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from dpm_tui.errors import DpmError, Stopped
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.review.review_journal import ReviewStore
from dpm_tui.worker.protocol import messages

_SYNC_SECONDS = 2.0
"""How much of a review a power cut may cost."""


class ReviewService:
    """Opens the record when it is first asked for; one request at a time, each in a thread."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._ended = False
        self._store: ReviewStore | None = None
        self._lock = asyncio.Lock()
        self._syncing: asyncio.Task[None] | None = None

    async def get(self, request: messages.GetReview) -> messages.ReviewData:
        """Return the record; raises DpmError if it cannot be read."""
        data: messages.ReviewData = await self._work(
            lambda store: messages.ReviewData(store.text(), store.damaged)
        )
        return data

    async def save(self, request: messages.SaveReview) -> messages.Done:
        """Save events or a whole record and return the answer; raises DpmError if that fails."""

        def write(store: ReviewStore) -> None:
            (store.replace if request.whole else store.hear)(request.record)

        await self._work(write)
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.create_task(self._sync_soon())
        return messages.Done()

    async def close(self) -> None:
        """Make all that was written survive a power cut."""
        async with self._lock:
            self._ended = True
            if self._store is not None:
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(self._store.close)
        # Only now: a thread that is syncing still needs the journal open.
        if self._syncing is not None:
            self._syncing.cancel()

    async def _sync_soon(self) -> None:
        await asyncio.sleep(_SYNC_SECONDS)
        with contextlib.suppress(DpmError):
            await self._work(lambda store: store.sync())

    async def _work(self, task: Callable[[ReviewStore], Any]) -> Any:
        async with self._lock:
            if self._ended:
                raise Stopped("worker_ending")
            return await asyncio.to_thread(self._try, task)

    def _try(self, task: Callable[[ReviewStore], Any]) -> Any:
        try:
            if self._store is None:
                self._store = ReviewStore(self._layout.review)
            return task(self._store)
        except OSError as error:
            path = display_name(self._layout.review.path)
            raise DpmError("cannot_write", path=path, reason=error.strerror or "") from error
        except ValueError as error:
            raise DpmError("protocol_nonsense") from error
