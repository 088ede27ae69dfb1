"""The help: every command with its keys, those of the screen that was open first."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.tui.cells import Part, pad
from dpm_tui.tui.commands import COMMANDS, Command, Scope
from dpm_tui.tui.screens.base import DpmScreen, ListScreen, bindings_for
from dpm_tui.tui.widgets.row_list import RowList


class HelpScreen(ListScreen):
    """Made from the table of commands."""

    SCOPES: ClassVar = (Scope.LIST,)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.lines = lay_out(opener.SCOPES)
        self.opener = opener

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        self.rows = RowList(self._draw, self.app.look["cursor"], has_cursor=False, id="help")
        yield self.rows

    def show_session(self) -> None:
        """Show the commands."""
        super().show_session()
        self.rows.show(len(self.lines))

    def do_back(self) -> None:
        """Back to the screen below."""
        self.dismiss()

    def do_help(self) -> None:
        """The same key closes the help."""
        self.dismiss()

    def _draw(self, number: int, width: int) -> list[Part]:
        line, look = self.lines[number], self.app.look
        if isinstance(line, Scope):
            return [(f" {translate(f'tui.scope_{line.value}')}", look["heading_on"])]
        if line is None:
            return []
        key_width = max(cell_len(command.shown_keys) for command in COMMANDS) + 2
        return [(f"   {pad(line.shown_keys, key_width)}", look["key"]), (line.help, look["text"])]


def lay_out(first: tuple[Scope, ...]) -> list[Command | Scope | None]:
    """Return headings, commands and empty lines, the scopes of ``first`` before the others."""
    lines: list[Command | Scope | None] = []
    for scope in dict.fromkeys((*first, Scope.EVERYWHERE, *Scope)):
        lines += [scope, *(command for command in COMMANDS if command.scope is scope), None]
    return lines[:-1]
