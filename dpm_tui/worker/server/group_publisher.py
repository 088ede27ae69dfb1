"""Group publisher: while a run verifies, it makes groups of what is settled already."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Callable

from dpm_tui.pipeline.reporter import Stage
from dpm_tui.worker.protocol.messages import RunStatus
from dpm_tui.worker.server.result_service import ResultService

_STAGES = (Stage.VERIFY, Stage.INSPECT)
_MIN_SECONDS = 4.0
_SHARE = 40
"""Times as long as the groups took is the time to the next ones: a fortieth of a run is spent on them."""
_AFTER_FAILURE = 60.0


class GroupPublisher:
    """Has groups made now and then; ``published`` is called with how many there are, if they are more.

    ``threshold`` says from which similarity on pairs count.
    """

    def __init__(
        self, results: ResultService, threshold: Callable[[], float], published: Callable[[int], None]
    ) -> None:
        self._results = results
        self._threshold = threshold
        self._published = published
        self._task: asyncio.Task[None] | None = None
        self._due = 0.0
        self._seen: tuple[object, ...] = ()

    def follow(self, status: RunStatus) -> None:
        """Begin to make groups if a run has settled more since the last time; a clock calls this."""
        state = (status.run, status.stage, status.done, status.pairs)
        if status.phase != "running" or status.stage not in _STAGES or state == self._seen:
            return
        if time.monotonic() >= self._due and (self._task is None or self._task.done()):
            self._seen = state
            self._task = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        began = time.monotonic()
        wait = _MIN_SECONDS
        try:
            if await self._results.preview(self._threshold()):
                self._published(len(self._results.results.groups))
        except Exception as error:
            # The groups at the end of the run are what counts; these are only early.
            traceback.print_exception(error, file=sys.stderr)
            wait = _AFTER_FAILURE
        now = time.monotonic()
        self._due = now + max(wait, _SHARE * (now - began))
