"""Review backend: what the worker knows and does for a review, or what can be looked at without one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, TypeVar

from dpm_tui.cli.folder import read_results
from dpm_tui.errors import DpmError
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.plan import Plan, join_plans
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import (
    Answer,
    ApplyPlan,
    BatchDone,
    Decide,
    Decided,
    Done,
    FindCompanions,
    GetLibrary,
    GetReview,
    LibraryData,
    PlanData,
    RedoBatch,
    Request,
    RestoreDone,
    ReviewData,
    SaveReview,
    StopBatch,
    UndoBatch,
)

A = TypeVar("A")


class ReviewBackend:
    """The worker of a folder; without one its state is only read. ``view_only`` says why nothing may change.

    It is the key of a sentence, or empty. Every method raises DpmError.
    """

    def __init__(self, config: Config, view_only: str, client: WorkerClient | None, found: Library) -> None:
        self.config = config
        self.view_only = view_only
        self._client = client
        self._found = found

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
            return cls(scanned.config, "tui.view_only_read_only", None, library)
        welcome = client.welcome
        return cls(welcome.config, welcome.view_only, client, Library())

    async def close(self) -> None:
        """End the connection; a batch that is under way stops after the file at hand."""
        if self._client is not None:
            await self._client.close()

    async def library(self) -> Library:
        """Return the groups as they are now."""
        if self._client is None:
            return self._found
        data = await self._ask(GetLibrary(), LibraryData)
        return await asyncio.to_thread(unpack_library, data)

    async def decide(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Make decisions; return those that take them back."""
        return (await self._ask(Decide(tuple(decisions)), Decided)).before

    async def find_companions(self, plan: Plan) -> Plan:
        """Return the plan with the companions of its files, if the settings want them."""
        if self.config.companions == "never" or self._client is None:
            return plan
        found = [(await self._ask(FindCompanions(part), PlanData)).plan for part in plan.parts()]
        return join_plans(found)

    async def apply(self, plan: Plan) -> BatchDone:
        """Move the files of a plan to the recycle bin."""
        return await self._ask(ApplyPlan(plan), BatchDone)

    async def stop_batch(self) -> None:
        """End the batch under way after the file at hand; ``apply`` returns how far it came."""
        await self._ask(StopBatch(), Done)

    async def review(self) -> ReviewData | None:
        """Return how far the review is, None where nobody knows."""
        return await self._ask(GetReview(), ReviewData) if self._client is not None else None

    async def save_review(self, record: dict[str, Any], *, whole: bool) -> None:
        """Remember what was done in the review."""
        await self._ask(SaveReview(record, whole), Done)

    async def undo_batch(self) -> RestoreDone:
        """Bring the last batch back."""
        return await self._ask(UndoBatch(), RestoreDone)

    async def redo_batch(self) -> BatchDone:
        """Move the files of the batch again that was brought back last."""
        return await self._ask(RedoBatch(), BatchDone)

    async def _ask(self, request: Request, kind: type[A]) -> A:
        assert self._client is not None
        answer: Answer = await self._client.request(request)
        assert isinstance(answer, kind)
        return answer
