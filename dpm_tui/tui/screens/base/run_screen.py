"""What scan and compare screens share: what can be freed, the log, and the commands that steer the run."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget

from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import translate
from dpm_tui.review.rules.reclaimable_parts import ReclaimablePart
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.log_lines import LogLines
from dpm_tui.tui.lines.reclaimable_lines import ReclaimableLines, words_on_freeable
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.part_commands import PartCommands
from dpm_tui.tui.screens.base.root_commands import RootCommands
from dpm_tui.tui.screens.base.screen import ListScreen, bindings_for
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol.messages import Done, PauseRun, StartRun, StopRun

_FRAME_LINES = 3
"""Title, prompt line and line of keys."""
_MIN_LOG = 3
_SIDE_BY_SIDE = 110
"""Cells from which on the log stands beside the rest."""
_FEWEST_PARTS, _PARTS = 2, 6


class RunScreen(ListScreen):
    """A screen about the run; of the two lists one is active, in which the keys move."""

    SCOPES: ClassVar = (Scope.RUN, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    OPENS: ClassVar = "review_part"
    FACTS: ClassVar[str] = ""
    """The title of the panel at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.part_commands = PartCommands(self)
        self.root_commands = RootCommands(self)
        self.cursor = 0
        self._on: tuple[Kind | None, bytes] | None = None
        self._in_log = False
        self._shown_at = 0.0
        self._shown_phase = ""
        self._due: Timer | None = None

    def handlers(self) -> Handlers:
        """Return the commands that steer the run, and those on what can be freed."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            **self.part_commands.handlers(),
            **self.root_commands.handlers(),
            "start_run": self._start_run,
            "accept_missing": self._accept_missing,
            "pause_run": self._pause_run,
            "stop_run": self._stop_run,
            "only_errors": self._only_errors,
            "switch_panel": self._switch_panel,
            "back": self.stay,
        }

    def compose_body(self) -> ComposeResult:
        """Yield the facts, what can be freed, and the log."""
        look = self.app.look
        self.log_lines = LogLines(self.session, look)
        self.facts = TextLines(id="facts")
        self.parts = RowList(ReclaimableLines(self.session, look).draw, look, id="parts")
        self.log_rows = RowList(self.log_lines.draw, look, has_cursor=False, id="log")
        self.rows = self.parts
        self.facts_panel = Panel(look, self.FACTS, self.facts, fits=True)
        self.parts_panel = Panel(look, "tui.panel_parts", self.parts, id="parts-panel", active=True)
        self.log_panel = Panel(look, "tui.log", self.log_rows, id="log-panel")
        with Container(id="run"):
            with Container(id="run-left"):
                yield self.facts_panel
                yield self.parts_panel
            with Container(id="run-right"):
                yield from self.extra_panels()
                yield self.log_panel

    def extra_panels(self) -> Iterable[Widget]:
        """Return what else a screen shows over the log."""
        return ()

    def follow_session(self) -> None:
        """Show the session, while a run goes on no more than once in a while: it changes all the time."""
        wait = self._shown_at + self.app.delays.run - time.monotonic()
        if self.session.running and self.session.status.phase == self._shown_phase and wait > 0:
            if self._due is None:
                self._due = self.set_timer(wait, self.show_session)
        else:
            self.show_session()

    def show_session(self) -> None:
        """Show the facts, what can be freed, and the newest lines of the log."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        self._shown_at, self._shown_phase = time.monotonic(), self.session.status.phase
        super().show_session()
        at_end = self.log_rows.scroll_offset.y >= self.log_rows.max_scroll_y
        lines = self.show_facts()
        self._show_parts()
        self._arrange(lines)
        self.log_panel.retitle("tui.log_errors" if self.log_lines.only_errors else "tui.log")
        self.log_rows.show(self.log_lines.collect())
        if at_end:
            self.log_rows.scroll_end(animate=False, immediate=True)

    @property
    def part(self) -> ReclaimablePart | None:
        """The kind or folder under the cursor."""
        parts = self.session.parts
        return parts[self.cursor] if parts else None

    @property
    def beside(self) -> bool:
        """Whether the log stands beside the rest."""
        return self.size.width >= _SIDE_BY_SIDE and self.facts_panel.titled

    @property
    def width(self) -> int:
        """How many cells a line of the facts has."""
        return self.facts.size.width or self.size.width

    @property
    def room(self) -> int:
        """How many lines the facts may have beside the lists, with what frames them."""
        panels = 1 if self.beside else 2
        rest = self.size.height - _FRAME_LINES - self._frame
        if not self.facts_panel.titled:
            return rest - 1
        parts = min(max(len(self.session.parts), _FEWEST_PARTS), _PARTS)
        return rest - (parts + self._frame) - (panels - 1) * (_MIN_LOG + self._frame)

    def move_lines(self, lines: int) -> None:
        """Move the cursor in what can be freed, or scroll the log."""
        if self._in_log:
            self.log_rows.scroll_lines(lines)
            return
        self.cursor = self._part_near(self.cursor + lines)
        self._note_part()
        self.parts.move_to(self.cursor)

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        if self._in_log:
            self._switch_panel()
        self.move_lines(line - self.cursor)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines into the new size."""
        if self.is_mounted:
            self.call_after_refresh(self.show_session)

    def show_facts(self) -> int:
        """Show what is above the lists and return how many lines it takes."""
        return 0

    @property
    def _frame(self) -> int:
        """How many lines the frame of a panel takes."""
        padding = self.facts_panel.styles.padding
        return padding.top + padding.bottom

    def _show_parts(self) -> None:
        parts = self.session.parts
        # While a run goes on others overtake it: the cursor stays on its kind or folder.
        same = (number for number, each in enumerate(parts) if (each.kind, each.folder) == self._on)
        self.cursor = self._part_near(next(same, self.cursor))
        self._note_part()
        self.parts.show(len(parts), self.cursor)
        words = words_on_freeable(self.session) or ("" if parts else translate("tui.nothing_to_free"))
        self.parts_panel.tell([(words, "strong" if parts else "dim")] if words else [])

    def _arrange(self, facts: int) -> None:
        """Give the lists the room that the facts leave."""
        titled = self.facts_panel.titled
        in_log = self._in_log or (not titled and not self.session.parts)
        self.parts_panel.display = titled or not in_log
        self.log_panel.display = titled or in_log
        room = self.size.height - _FRAME_LINES - facts - self._frame
        least = _MIN_LOG + self._frame
        wanted = max(len(self.session.parts), 1) + self._frame
        if self.beside:
            self.parts_panel.styles.height = "1fr"
        elif not titled:
            self.parts_panel.styles.height = max(room, 1)
        else:
            self.parts_panel.styles.height = max(min(wanted, room - least), _FEWEST_PARTS + self._frame)

    def _part_near(self, line: int) -> int:
        return min(max(line, 0), max(len(self.session.parts) - 1, 0))

    def _note_part(self) -> None:
        part = self.part
        self._on = (part.kind, part.folder) if part is not None else None

    def _switch_panel(self) -> None:
        """Let the keys move in the other list."""
        self._in_log = not self._in_log
        self.rows = self.log_rows if self._in_log else self.parts
        self.parts_panel.activate(not self._in_log)
        self.log_panel.activate(self._in_log)
        self.show_session()

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
