"""Pair comparer: a screen that marks for a keeper first has compared what that lacks, and may stop it."""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from functools import partial
from typing import Protocol

from dpm_tui.catalog.group import Group
from dpm_tui.locale import translate
from dpm_tui.review.rules.rule import DEFAULT_KINDS
from dpm_tui.review_session.pair_completion import Lacking
from dpm_tui.tui.screens.base.command_host import WorkerHost
from dpm_tui.worker.protocol.messages import Done, StopRun


class ComparerHost(WorkerHost, Protocol):
    """A screen that marks."""

    def start(self, task: Awaitable[None], group: str) -> None:
        """Carry something out beside the keys."""


class PairComparer:
    """Has the worker compare what the rule in force, or a file kept by hand, lacks."""

    def __init__(self, host: ComparerHost) -> None:
        self._host = host

    async def compare_beside(self, file: int) -> None:
        """Have the others of its group compared with a file; raises DpmError, as the others do."""
        await self._complete(partial(self._host.session.review.lacking_beside, file))

    async def compare_apart(self, group: Group, leaving: Collection[int]) -> None:
        """Have compared what the files that leave a group with its keeper, or without it, lack to be one."""
        await self._complete(partial(self._host.session.review.lacking_apart, group, leaving))

    async def compare_group(self, file: int) -> None:
        """Have compared what the rule lacks in the group of a file."""
        session = self._host.session

        def numbers() -> list[int]:
            return session.library.numbers_of([file])

        await self._complete(lambda asked: session.review.lacking(numbers(), DEFAULT_KINDS, asked))

    async def compare_shown(self) -> None:
        """Have compared what the rule lacks in the groups shown that are not passed."""
        session = self._host.session
        lacking = session.review.lacking
        await self._complete(
            lambda asked: lacking(session.open_groups, DEFAULT_KINDS, asked), len(session.rows)
        )

    def say_progress(self) -> None:
        """Say how many pairs are being compared, if any are."""
        session, prompt = self._host.session, self._host.prompt
        if not session.comparing:
            return
        status, count = session.status, session.comparing
        if status.done < status.total:
            words = translate("tui.comparing_pairs_done", count=count, done=status.done, total=status.total)
        else:
            words = translate("tui.comparing_pairs", count=count)
        prompt.say(words)

    def stop(self) -> bool:
        """Stop comparing; tell whether anything was."""
        if not self._host.session.comparing:
            return False
        self._host.start(self._stop(), "stop")
        return True

    async def _stop(self) -> None:
        await self._host.link.ask(StopRun(), Done)

    async def _complete(self, lacking: Lacking, groups: int = 1) -> None:
        if await self._host.link.completion.complete(lacking, groups):
            self._host.prompt.say("")
