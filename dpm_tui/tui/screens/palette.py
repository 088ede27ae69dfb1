"""The palette: type a few letters of what is wanted, choose, and it is done on the screen below."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from dpm_tui.tui.cells import Part, pad
from dpm_tui.tui.commands import Command, commands_of
from dpm_tui.tui.screens.base import DpmScreen, ListScreen, bindings_for
from dpm_tui.tui.widgets.row_list import RowList


class PaletteScreen(ListScreen):
    """The commands of the screen below, narrowed down as the user types."""

    SCOPES: ClassVar = ()
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = [
        binding
        for binding in bindings_for()
        if isinstance(binding, Binding) and binding.key in ("escape", "ctrl+c")
    ]

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.opener = opener
        self.commands = commands_of(opener.SCOPES)
        self.cursor = 0

    def compose_body(self) -> ComposeResult:
        """Lay out the field and the list."""
        self.field = Input(compact=True, id="palette-field")
        self.field.cursor_blink = False
        self.rows = RowList(self._draw, self.app.look["cursor"], id="palette")
        yield self.field
        yield self.rows

    def on_mount(self) -> None:
        """Begin to type."""
        self.field.focus()

    def show_session(self) -> None:
        """Show the commands that fit."""
        super().show_session()
        self.rows.show(len(self.commands), self.cursor)

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + lines, 0), max(len(self.commands) - 1, 0))
        self.rows.move_to(self.cursor)

    def pick(self, line: int) -> None:
        """Carry out the command that was clicked."""
        self.cursor = line
        self._choose()

    def on_key(self, event: events.Key) -> None:
        """Move in the list while the field has the letters."""
        steps = {"down": 1, "up": -1, "pagedown": self.rows.page, "pageup": -self.rows.page}
        if event.key in steps:
            self.move_lines(steps[event.key])
            event.stop()

    def do_back(self) -> None:
        """Back to the screen below."""
        self.dismiss()

    async def do_quit(self) -> None:
        """Back to the screen below: this key cancels here."""
        self.dismiss()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.commands = [command for command in commands_of(self.opener.SCOPES) if fits(command, event.value)]
        self.cursor = 0
        self.rows.show(len(self.commands), 0)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._choose()

    def _choose(self) -> None:
        chosen = self.commands[self.cursor] if self.commands else None
        self.dismiss()
        if chosen is not None:
            self.opener.call_after_refresh(self.opener.action_command, chosen.id)

    def _draw(self, line: int, width: int) -> list[Part]:
        command, look = self.commands[line], self.app.look
        key_width = max((cell_len(each.shown_keys) for each in self.commands), default=0) + 2
        role = "dim" if self.opener.why_not(command) else "text"
        return [(f" {pad(command.shown_keys, key_width)}", look["key"]), (command.help, look[role])]


def fits(command: Command, typed: str) -> bool:
    """Tell whether every typed word occurs in what a command is called."""
    words = f"{command.id} {command.label} {command.help}".casefold()
    return all(word in words for word in typed.casefold().split())
