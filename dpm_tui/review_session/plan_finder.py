"""Finds the moves that the marks amount to, with the companions that go where they go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dpm_tui.review.marks.plan import Plan, join_plans
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import Asks
from dpm_tui.worker.protocol.messages import FindCompanions, PlanData

_AT_ONCE = 3000


class PlanFinder:
    """Asks ``worker`` for companions, if the settings want them."""

    def __init__(self, review: Review, worker: Asks) -> None:
        self._review = review
        self._worker = worker

    async def find(self, tell: Callable[[int, int], None] = lambda done, total: None) -> Plan:
        """Return the plan; ``tell`` hears for how many moves of all companions were looked for.

        Raises DpmError.
        """
        review = self._review
        large = len(review.marks.removed) > _AT_ONCE
        plan, _ = await asyncio.to_thread(review.plan) if large else review.plan()
        if review.config.companions != "never" or review.config.keep_metadata:
            found: list[Plan] = []
            for part in plan.parts():
                tell(sum(len(each.moves) for each in found), len(plan.moves))
                found.append((await self._worker.ask(FindCompanions(part), PlanData)).plan)
            plan = join_plans(found)
        # Marks may have changed meanwhile.
        return plan.justified(review.removed_paths)
