"""The commands that lead from marks to moved files: apply, its plan, and what became of it."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from dpm_tui.locale import translate
from dpm_tui.review.marks.plan import Plan
from dpm_tui.review.marks.shown_moves import choose_shown
from dpm_tui.tui.screens.base.command_host import Handlers, OpenerHost, WorkerHost
from dpm_tui.tui.screens.commands.file_mover import FileMover
from dpm_tui.tui.screens.commands.plan_maker import PlanMaker


class ApplyHost(WorkerHost, OpenerHost, Protocol):
    """A screen that shows all marks."""


class ApplyCommands:
    """Commands that find a plan with ``plans`` and carry it out with ``mover``."""

    def __init__(self, host: ApplyHost, plans: PlanMaker, mover: FileMover) -> None:
        self._host = host
        self._plans = plans
        self._mover = mover

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "apply": self._apply,
            "show_plan": self._show_plan,
            "show_result": partial(self._host.push_named, "result"),
        }

    async def _apply(self) -> None:
        """Move every marked file to the recycle bin, after one question with the numbers."""
        chosen = await self._choose_shown(await self._plans.find())
        plan = None if chosen is None else await self._plans.settle_orphans(chosen)
        if plan is None:
            return
        match await self._plans.confirm(plan, "yl"):
            case "y":
                await self._mover.move_to_bin(plan)
            case "l":
                self._open_plan(plan, arranged=True)

    async def _show_plan(self) -> None:
        """Open the list of every move that the marks amount to."""
        plan = await self._plans.find()
        if plan.moves:
            self._open_plan(plan, arranged=False)

    async def _choose_shown(self, plan: Plan) -> Plan | None:
        if not self._host.session.filter.words:
            return plan
        return await choose_shown(plan, self._host.session.filtered, self._ask_shown)

    async def _ask_shown(self, count: int, shown: int, letters: str) -> str:
        key = "tui.ask_shown" if shown else "tui.ask_none_shown"
        return await self._host.prompt.choose(translate(key, count=count, shown=shown), letters)

    def _open_plan(self, plan: Plan, *, arranged: bool) -> None:
        """Open the plan screen; ``arranged`` if it was asked what becomes of unique companions."""
        self._host.push_named("plan", plan, self._host, self._mover.move_to_bin, arranged=arranged)
