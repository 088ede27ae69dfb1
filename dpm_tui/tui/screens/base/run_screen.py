"""What the scan and compare screens share: the log, and the commands that steer the run."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.log_lines import LogLines
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.screen import ListScreen, bindings_for
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol.messages import Done, PauseRun, StartRun, StopRun

_FRAME_LINES = 3
"""Title, prompt line and line of keys."""


class RunScreen(ListScreen):
    """A screen about the run, with the log below."""

    SCOPES: ClassVar = (Scope.RUN, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def handlers(self) -> Handlers:
        """Return the commands that steer the run and move in the log."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "start_run": self._start_run,
            "accept_missing": self._accept_missing,
            "pause_run": self._pause_run,
            "stop_run": self._stop_run,
            "only_errors": self._only_errors,
            "back": self.stay,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the facts and the log."""
        look = self.app.look
        self.log_lines = LogLines(self.session, look)
        self.facts = TextLines(id="facts")
        self.log_title = TextLines(id="log-title")
        self.rows = RowList(self.log_lines.draw, look, has_cursor=False, id="log")
        yield self.facts
        yield self.log_title
        yield self.rows

    def show_session(self) -> None:
        """Show the facts and the newest lines of the log."""
        super().show_session()
        at_end = self.rows.scroll_offset.y >= self.rows.max_scroll_y
        self.show_facts()
        title = "tui.log_errors" if self.log_lines.only_errors else "tui.log"
        self.log_title.show([[(f" {translate(title)}", self.app.look["heading"])]])
        self.rows.show(self.log_lines.collect())
        if at_end:
            self.rows.scroll_end(animate=False, immediate=True)

    @property
    def room(self) -> int:
        """How many lines there are between the title and the prompt line."""
        return self.size.height - _FRAME_LINES

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines into the new size."""
        if self.is_mounted:
            self.call_after_refresh(self.show_session)

    def show_facts(self) -> None:
        """Show what is above the log."""

    async def _start_run(self) -> None:
        """Start a run, or go on with the one that was stopped."""
        await self.link.ask(StartRun(), Done)

    async def _accept_missing(self) -> None:
        """Accept that files are gone, after a question, and scan again."""
        if await self.prompt.choose(translate("tui.ask_accept_missing"), "y") == "y":
            await self.link.ask(StartRun(accept_missing=True), Done)

    async def _pause_run(self) -> None:
        """Pause the run or let it go on."""
        await self.link.ask(PauseRun(self.session.status.phase != "paused"), Done)

    async def _stop_run(self) -> None:
        """Stop the run; what it found is kept."""
        await self.link.ask(StopRun(), Done)
        self.prompt.say(translate("tui.run_stopped"))

    def _only_errors(self) -> None:
        """Show only the errors of the log, or all of it."""
        self.log_lines.only_errors = not self.log_lines.only_errors
        self.show_session()
