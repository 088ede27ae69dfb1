"""Shown moves: under a filter a person says whether marks that it hides are moved too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from dpm_tui.review.marks.plan import Plan

Ask = Callable[[int, int, str], Awaitable[str]]
"""Asks which of so many marked files go, so many of them shown; returns one of the letters or nothing."""


async def choose_shown(plan: Plan, groups: Collection[str], ask: Ask) -> Plan | None:
    """Return the plan, or only what it moves of the shown ``groups``, as is asked; None for neither."""
    shown = plan.of_groups(groups)
    if len(shown.moves) == len(plan.moves):
        return plan
    answer = await ask(len(plan.moves), len(shown.moves), "as" if shown.moves else "a")
    return {"a": plan, "s": shown}.get(answer)
