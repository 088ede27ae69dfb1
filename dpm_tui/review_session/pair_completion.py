"""Pair completion: what a keeper lacks is compared when somebody wants that keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from dpm_tui.catalog.group import pair_key
from dpm_tui.errors import DpmError
from dpm_tui.review_session.review_worker import ReviewWorker
from dpm_tui.worker.protocol.messages import CompareWith, Done

Lacking = Callable[[Collection[tuple[int, int]]], Sequence[tuple[int, ...]]]
"""Returns which file must be compared with which others, but for pairs that were asked for before."""

_ROUNDS = 4
"""Where a file could not be compared, a rule wants another one; more would only look for one that can."""
_AT_ONCE = 3000


class PairCompletion:
    """Has the worker compare pairs, one request after the other.

    ``renew`` waits for the groups that follow from it. ``tell`` hears how many pairs are being compared, and
    0 at the end.
    """

    def __init__(
        self, worker: ReviewWorker, renew: Callable[[], Awaitable[None]], tell: Callable[[int], None]
    ) -> None:
        self._worker = worker
        self._renew = renew
        self._tell = tell
        self._asked: set[tuple[int, int]] = set()
        self._one_by_one = asyncio.Lock()

    async def complete(self, lacking: Lacking, groups: int = 1) -> bool:
        """Have everything compared that lacks in so many groups; return whether anything was.

        Nothing is where nothing may change, or while a run is under way. Raises DpmError, Stopped among them.
        """
        async with self._one_by_one:
            compared = False
            for _ in range(_ROUNDS):
                large = groups > _AT_ONCE
                wanted = await asyncio.to_thread(lacking, self._asked) if large else lacking(self._asked)
                if not wanted or self._worker.obstacle() or not await self._compare(wanted):
                    break
                compared = True
            return compared

    async def _compare(self, wanted: Sequence[tuple[int, ...]]) -> bool:
        self._tell(sum(len(ids) - 1 for ids in wanted))
        try:
            await self._worker.ask(CompareWith(tuple(wanted)), Done)
        except DpmError as error:
            if error.key != "compare_during_run":
                raise
            return False
        finally:
            self._tell(0)
        self._asked.update(pair_key(ids[0], id_) for ids in wanted for id_ in ids[1:])
        await self._renew()
        return True
