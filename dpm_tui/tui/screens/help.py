"""The help: every command with its keys, those of the screen that was open first."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.tui.cells import Part, pad, wrap
from dpm_tui.tui.commands import COMMANDS, Scope
from dpm_tui.tui.look import Look
from dpm_tui.tui.screens.base import DpmScreen, ListScreen, bindings_for
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.wording import sentence

_TEXT_AT_LEAST = 20


class HelpScreen(ListScreen):
    """Made from the table of commands, in lines as long as the screen is wide."""

    SCOPES: ClassVar = (Scope.LIST,)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.opener = opener
        self.lines: list[list[Part]] = []
        self.owners: list[str] = []

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        self.rows = RowList(self._draw, self.app.look, has_cursor=False, id="help")
        yield self.rows

    def show_session(self) -> None:
        """Show the commands; what stood at the top stays there at another width."""
        super().show_session()
        top = self.rows.scroll_offset.y
        owner = self.owners[top] if top < len(self.owners) else ""
        laid_out = lay_out(self.opener, self.app.look, self.size.width)
        self.owners = [of for of, _ in laid_out]
        self.lines = [parts for _, parts in laid_out]
        self.rows.show(len(self.lines))
        if owner in self.owners and self.owners[top : top + 1] != [owner]:
            self.rows.scroll_to(y=self.owners.index(owner), animate=False, force=True)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        if self.is_mounted:
            self.call_after_refresh(self.show_session)

    def do_back(self) -> None:
        """Back to the screen below."""
        self.dismiss()

    def do_help(self) -> None:
        """The same key closes the help."""
        self.dismiss()

    def _draw(self, number: int, width: int) -> list[Part]:
        return self.lines[number] if number < len(self.lines) else []


def lay_out(opener: DpmScreen, look: Look, width: int) -> list[tuple[str, list[Part]]]:
    """Return lines of at most ``width`` cells, each with the name of what it belongs to.

    The scopes of the screen that asked come first, with a sentence on what it is for.
    """
    lines: list[tuple[str, list[Part]]] = []
    key = f"tui.about_{opener.place}"
    if (about := sentence(key)) != key:
        lines += [("about", [(f" {line}", look["text"])]) for line in wrap(about, width - 2)]
        lines.append(("about", []))
    for scope in dict.fromkeys((*opener.SCOPES, Scope.EVERYWHERE, *Scope)):
        lines.append((scope.value, [(f" {translate(f'tui.scope_{scope.value}')}", look["heading_on"])]))
        for command in COMMANDS:
            if command.scope is scope:
                lines += [
                    (command.id, line) for line in _entry(command.shown_keys, command.help, look, width)
                ]
        lines.append((f"after {scope.value}", []))
    lines += [
        ("mouse", [(f" {line}", look["dim"])]) for line in wrap(translate("tui.about_mouse"), width - 2)
    ]
    return lines


def _entry(keys: str, words: str, look: Look, width: int) -> list[list[Part]]:
    """Return a command's keys with its words beside them, on as many lines as these need."""
    key_width = min(max(cell_len(command.shown_keys) for command in COMMANDS) + 2, max(width // 3, 8))
    texts = wrap(words, max(width - key_width - 4, _TEXT_AT_LEAST))
    names = wrap(keys, key_width - 1)
    return [
        [
            (f"   {pad(names[row] if row < len(names) else '', key_width)}", look["key"]),
            (texts[row] if row < len(texts) else "", look["text"]),
        ]
        for row in range(max(len(names), len(texts)))
    ]
