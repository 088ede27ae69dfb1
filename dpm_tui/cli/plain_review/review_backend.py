"""Review backend: what the worker knows and does for a review, or what can be looked at without one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeVar

from dpm_tui.cli.folder import read_results
from dpm_tui.errors import DpmError
from dpm_tui.review.library.library import Library
from dpm_tui.review_session.review_worker import fetch_library
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import Client, WorkerClient
from dpm_tui.worker.protocol.messages import Answer, LibraryChanged, Request, ReviewerChanged, Welcome

A = TypeVar("A")


class ReviewBackend:
    """The worker of a folder; without one its state, of which the results are ``found``, is only read.

    ``stale`` tells that there are newer groups, ``appointed`` that another app has left the review to this
    one.
    """

    def __init__(self, client: Client | None, config: Config, found: Library | None = None) -> None:
        self.config = config
        self.stale = self.appointed = False
        self._client = client
        self._welcome: Welcome | None = client.welcome if client is not None else None
        self._found = found or Library()
        self._following = asyncio.ensure_future(self._follow(client)) if client is not None else None

    @classmethod
    async def open(cls, layout: Layout) -> ReviewBackend:
        """Connect to the worker; where the state cannot be written there is none, and it is only read."""
        try:
            client = await WorkerClient.connect(layout, "app")
        except DpmError as error:
            if error.key != "state_unwritable":
                raise
            scanned = read_results(layout)
            results = scanned.results
            library = Library(results.files, results.groups, results.index)
            # Nobody is there to look for companions.
            return cls(None, replace(scanned.config, companions="never"), library)
        return cls(client, client.welcome.config)

    async def close(self) -> None:
        """End the connection; a batch that is under way stops after the file at hand."""
        if self._client is not None and self._following is not None:
            self._following.cancel()
            await self._client.close()

    @property
    def offline(self) -> bool:
        """Whether there is no worker."""
        return self._client is None

    @property
    def view_only(self) -> str:
        """Why nothing may change: the key of a sentence, or empty."""
        return "tui.view_only_read_only" if self._welcome is None else self._welcome.view_only

    @property
    def reviewer(self) -> bool:
        """Whether what is marked here is written down."""
        return self._welcome is not None and self._welcome.reviewer

    def obstacle(self, *, moves: bool = False) -> str:
        """Return why nothing can be decided or moved now: the key of a sentence, or empty."""
        return self.view_only

    async def library(self) -> Library:
        """Return the groups as they are now; raises DpmError."""
        if self._client is None:
            return self._found
        await asyncio.sleep(0)  # What this connection has changed itself is heard of first.
        self.stale = False
        return await fetch_library(self)

    async def ask(self, request: Request, kind: type[A]) -> A:
        """Return the answer to a request, of type ``kind``; raises DpmError."""
        assert self._client is not None
        answer: Answer = await self._client.request(request)
        assert isinstance(answer, kind)
        return answer

    async def _follow(self, client: Client) -> None:
        async for event in client.events():
            match event:
                case LibraryChanged():
                    self.stale = True
                case ReviewerChanged(reviewer) if self._welcome is not None:
                    self._welcome = replace(self._welcome, reviewer=reviewer)
                    self.stale = self.appointed = True
