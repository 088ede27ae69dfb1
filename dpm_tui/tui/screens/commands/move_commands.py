"""What every screen that moves files does: say how far they are, stop them, report what became of them."""

from __future__ import annotations

from typing import TypeVar

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Skipped, split_rest
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.session.move_outcomes import Outcome
from dpm_tui.worker.protocol.messages import BatchProgress, Done, LogLine, Request, StopBatch

T = TypeVar("T")

_SECONDS_UNSAID = 0.4
"""After so long without an answer people wonder."""


class MoveCommands(DpmScreen):
    """Commands for a screen that moves files; ``back`` stops them there before it does anything else."""

    async def move_files(self, request: Request, kind: type[T], total: int = 0) -> T:
        """Have files moved, saying how far they are, and return the answer, of type ``kind``."""
        session = self.session
        session.batch, session.stopping = BatchProgress(0, total), False
        self._say_progress()
        self.keys_line.renew()
        try:
            return await self.app.link.ask(request, kind)
        finally:
            session.batch = None
            self.keys_line.renew()

    def stops_files(self) -> bool:
        """Have the files that move stop after the one at hand; tell whether any move."""
        if self.session.batch is None:
            return False
        self.session.stopping = True
        self._say_progress()
        self.run_worker(self.carry_out(self._stop_files()), group="stop")
        return True

    def show_session(self) -> None:
        """Show how far the files are that move."""
        super().show_session()
        self._say_progress()

    async def read_bin(self) -> None:
        """Fetch what is in the recycle bin; a very full one takes so long that it is said."""
        words, prompt = translate("tui.reading_bin"), self.prompt

        def say() -> None:
            if not prompt.text:
                prompt.say(words)

        timer = self.set_timer(_SECONDS_UNSAID, say)
        try:
            await self.app.link.refresh_bin()
        finally:
            timer.stop()
            if prompt.text == words:
                prompt.say("")

    def report(self, words: str, skipped: tuple[Skipped, ...]) -> None:
        """Say what was done; what was left is listed, with the first reason at hand."""
        rest, left = split_rest(skipped)
        said = [words]
        if rest:
            said.append(translate("tui.stopped_early", count=rest))
        for item in left:
            values = {"path": display_name(item.path), "reason": item.reason}
            self.session.log.append(LogLine("error", "left_where_it_was", values))
        self.session.outcomes.appendleft(Outcome(" ".join(said), left))
        endings = [" ".join([*said, ending]).rstrip() for ending in self._words_on(left)]
        self.prompt.say(self.prompt.fitting(*endings), "error" if skipped else "notice")

    def _words_on(self, left: tuple[Skipped, ...]) -> list[str]:
        """Return what is said about files that were left, the shortest wording last."""
        if not left:
            return [""]
        count, can_list = len(left), Scope.GROUPS in self.SCOPES
        full = translate("tui.left", count=count, reason=left[0].reason)
        if can_list and count > 1:
            full = f"{full} {translate('tui.left_listed')}"
        return [full, translate("tui.left_why" if can_list else "tui.left_short", count=count)]

    async def report_moved(self, words: str, skipped: tuple[Skipped, ...]) -> None:
        """Say what was done and show what the bin holds now."""
        self.report(words, skipped)
        await self.read_bin()

    async def _stop_files(self) -> None:
        await self.app.link.ask(StopBatch(), Done)

    def _say_progress(self) -> None:
        batch = self.session.batch
        if batch is None:
            return
        if self.session.stopping:
            self.prompt.say(translate("tui.stopping_files"))
        elif batch.done and batch.done == batch.total:
            self.prompt.say(translate("tui.finishing_files", count=batch.total))
        elif batch.done:
            values = {"done": batch.done, "total": batch.total}
            self.prompt.say(translate("tui.moving_files", **values))
        elif batch.total:
            self.prompt.say(translate("tui.applying", count=batch.total))
        else:
            self.prompt.say(translate("tui.looking_first"))


def counted(key: str, files: int, companions: int, /, **values: object) -> str:
    """Return the sentence ``key`` for so many files, or ``key``_with where companions went with them."""
    if not companions or not files:
        return translate(key, count=files + companions, **values)
    also = translate("tui.companions", count=companions)
    return translate(f"{key}_with", count=files, companions=also, **values)
