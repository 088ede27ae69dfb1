"""A list to be read: no cursor, but the number of lines below the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.screen import ListScreen
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList


class ScrolledListScreen(ListScreen):
    """Shows ``lines``; ``back`` leads to the screen below. ``TITLE_KEY`` is the title of its panel."""

    TITLE_KEY: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[Part]] = []

    def handlers(self) -> Handlers:
        """Return the commands that scroll, and the one that leads back."""
        return {**super().handlers(), **self.list_commands.handlers(), "back": self.go_back}

    def lay_out(self, width: int) -> list[list[Part]]:
        """Return the lines for a width."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """Yield the list."""
        self.rows = RowList(self._draw, self.app.look, has_cursor=False, id="scrolled")
        self.panel = Panel(self.app.look, self.TITLE_KEY, self.rows, active=True)
        yield self.panel

    def on_mount(self) -> None:
        """Follow what is scrolled, by keys or by the mouse."""
        self.watch(self.rows, "scroll_y", self.show_title, init=False)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        if self.is_mounted:
            self.call_after_refresh(self.show_session)

    def show_session(self) -> None:
        """Lay the lines out and show them."""
        self.lines = self.lay_out(self.rows.size.width)
        self.rows.show(len(self.lines))
        super().show_session()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how many lines there are below those on the screen."""
        below = len(self.lines) - self.rows.scroll_offset.y - self.rows.size.height
        more = [(f" {translate('tui.more_below', count=below)}", "notice")] if below > 0 else []
        return [*super().title_state(), *self.panel.told(more)]

    def _draw(self, line: int, width: int) -> list[Part]:
        return self.lines[line] if line < len(self.lines) else []
