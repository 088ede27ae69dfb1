"""What every screen that moves files does: say how far they are, stop them, report what became of them."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Skipped, split_rest
from dpm_tui.review.marks.plan import Plan
from dpm_tui.review_session.batch_mover import BatchMover
from dpm_tui.tui.screens.base.command_host import CommandHost, TimerHost, WorkerHost
from dpm_tui.tui.session.move_outcomes import Outcome
from dpm_tui.tui.widgets.keys_line import KeysLine
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import (
    ApplyPlan,
    BatchProgress,
    Done,
    LogLine,
    Request,
    StopBatch,
)

T = TypeVar("T")

_SECONDS_UNSAID = 0.4
"""After so long without an answer people wonder."""


class MoverHost(WorkerHost, TimerHost, Protocol):
    """A screen that moves files."""

    @property
    def keys_line(self) -> KeysLine:
        """The line of keys, on which few commands work while files move."""

    def start(self, task: Awaitable[None], group: str) -> None:
        """Carry something out beside the keys."""

    def refresh_soon(self) -> None:
        """Show the session again shortly."""


class FileMover:
    """Moves files, until they are stopped; ``lists_left`` where those that were left can be listed."""

    def __init__(self, host: MoverHost, *, lists_left: bool = False) -> None:
        self._host = host
        self._lists_left = lists_left

    async def ask(self, request: Request, kind: type[T], total: int = 0) -> T:
        """Have files moved, saying how far they are, and return the answer, of type ``kind``."""
        host, session = self._host, self._host.session
        if isinstance(request, ApplyPlan):
            total = len(request.plan.moves)
        session.batch, session.stopping = BatchProgress(0, total), False
        say_progress(host)
        host.keys_line.renew()
        try:
            return await host.link.ask(request, kind)
        finally:
            session.batch = None
            host.keys_line.renew()

    async def move_to_bin(self, plan: Plan) -> None:
        """Have a plan applied and say what became of it."""
        session = self._host.session
        result = await BatchMover(session.review, self._host.link, self).apply(plan)
        session.tally.add(result)
        words = counted("tui.moved", len(result.moved), len(result.companions), size=long_size(result.size))
        if result.noted:
            words = f"{words} {translate('tui.notes_kept', count=result.noted)}"
        if result.linked:
            words = f"{words} {translate('tui.links_left', count=len(result.linked))}"
        self._report(words, result.skipped)
        self._host.refresh_soon()
        await self.read_bin()

    def stop(self) -> bool:
        """Have the files that move stop after the one at hand; tell whether any move."""
        session = self._host.session
        if session.batch is None:
            return False
        session.stopping = True
        say_progress(self._host)
        self._host.start(self._stop_batch(), "stop")
        return True

    async def read_bin(self) -> None:
        """Fetch what is in the recycle bin; a very full one takes so long that it is said."""
        words, prompt = translate("tui.reading_bin"), self._host.prompt

        def say() -> None:
            if not prompt.text:
                prompt.say(words)

        timer = self._host.set_timer(_SECONDS_UNSAID, say)
        try:
            await self._host.link.refresh_bin()
        finally:
            timer.stop()
            if prompt.text == words:
                prompt.say("")

    async def report(self, words: str, skipped: tuple[Skipped, ...]) -> None:
        """Say what was done and show what the bin holds now."""
        self._report(words, skipped)
        await self.read_bin()

    async def _stop_batch(self) -> None:
        await self._host.link.ask(StopBatch(), Done)

    def _report(self, words: str, skipped: tuple[Skipped, ...]) -> None:
        """Say what was done; what was left is listed, with the first reason at hand."""
        session, prompt = self._host.session, self._host.prompt
        rest, left = split_rest(skipped)
        said = [words]
        if rest:
            said.append(translate("tui.stopped_early", count=rest))
        for item in left:
            values = {"path": display_name(item.path), "reason": item.reason}
            session.log.append(LogLine("error", "left_where_it_was", values))
        session.outcomes.appendleft(Outcome(" ".join(said), left))
        endings = [" ".join([*said, ending]).rstrip() for ending in self._words_on(left)]
        prompt.say(prompt.fitting(*endings), "error" if skipped else "notice")

    def _words_on(self, left: tuple[Skipped, ...]) -> list[str]:
        """Return what is said about files that were left, the shortest wording last."""
        if not left:
            return [""]
        count, can_list = len(left), self._lists_left
        full = translate("tui.left", count=count, reason=left[0].reason)
        if can_list and count > 1:
            full = f"{full} {translate('tui.left_listed')}"
        return [full, translate("tui.left_why" if can_list else "tui.left_short", count=count)]


def say_progress(host: CommandHost) -> None:
    """Say how far the files are that move, if any do."""
    batch, prompt = host.session.batch, host.prompt
    if batch is None:
        return
    if host.session.stopping:
        prompt.say(translate("tui.stopping_files"))
    elif batch.done and batch.done == batch.total:
        prompt.say(translate("tui.finishing_files", count=batch.total))
    elif batch.done:
        values = {"done": batch.done, "total": batch.total}
        prompt.say(translate("tui.moving_files", **values))
    elif batch.total:
        prompt.say(translate("tui.applying", count=batch.total))
    else:
        prompt.say(translate("tui.looking_first"))


def counted(key: str, files: int, companions: int, /, **values: object) -> str:
    """Return the sentence ``key`` for so many files, or ``key``_with where companions went with them."""
    if not companions or not files:
        return translate(key, count=files + companions, **values)
    also = translate("tui.companions", count=companions)
    return translate(f"{key}_with", count=files, companions=also, **values)
