"""The help: every command with its keys, those of the screen that was open first."""

from __future__ import annotations

from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len

from dpm_tui.locale import translate
from dpm_tui.text_format import sentence
from dpm_tui.tui.command_table import COMMANDS, Scope
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.screen import DpmScreen, bindings_for
from dpm_tui.tui.screens.base.scrolled_list import ScrolledListScreen
from dpm_tui.tui.terminal.cell_text import Part, pad, wrap
from dpm_tui.tui.theme import Look

_MIN_TEXT = 20


class HelpScreen(ScrolledListScreen):
    """Made from the table of commands, in lines as long as the screen is wide."""

    SCOPES: ClassVar = (Scope.LIST,)
    CLOSES: ClassVar = True
    TITLE_KEY: ClassVar = "tui.panel_help"
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.opener = opener
        self.owners: list[str] = []

    def handlers(self) -> Handlers:
        """Return the commands of the help, which the same key closes."""
        return {**super().handlers(), "help": self.go_back}

    def lay_out(self, width: int) -> list[list[Part]]:
        """Return the commands."""
        laid_out = help_lines(self.opener, self.app.look, width)
        self.owners = [of for of, _ in laid_out]
        return [parts for _, parts in laid_out]

    def show_session(self) -> None:
        """Show the commands; what stood at the top stays there at another width."""
        top = self.rows.scroll_offset.y
        owner = self.owners[top] if top < len(self.owners) else ""
        super().show_session()
        if owner in self.owners and self.owners[top : top + 1] != [owner]:
            self.rows.scroll_to(y=self.owners.index(owner), animate=False, force=True)


def help_lines(opener: DpmScreen, look: Look, width: int) -> list[tuple[str, list[Part]]]:
    """Return lines of at most ``width`` cells, each with the name of what it belongs to.

    The scopes of the screen that asked come first, with a sentence on what it is for.
    """
    lines: list[tuple[str, list[Part]]] = []
    key = f"tui.about_{opener.place}"
    if (about := sentence(key)) != key:
        lines += [("about", [(f" {line}", look["text"])]) for line in wrap(about, width - 2)]
        lines.append(("about", []))
    key_width = min(max(cell_len(command.shown_keys) for command in COMMANDS) + 2, max(width // 3, 8))
    for scope in dict.fromkeys((*opener.SCOPES, Scope.EVERYWHERE, *Scope)):
        lines.append((scope.value, [(f" {translate(f'tui.scope_{scope.value}')}", look["heading_on"])]))
        for command in COMMANDS:
            if command.scope is scope:
                texts = wrap(command.help, max(width - key_width - 4, _MIN_TEXT))
                entry = _entry(wrap(command.shown_keys, key_width - 1), texts, key_width, look)
                lines += [(command.id, line) for line in entry]
        lines.append((f"after {scope.value}", []))
    lines += [
        ("mouse", [(f" {line}", look["dim"])]) for line in wrap(translate("tui.about_mouse"), width - 2)
    ]
    return lines


def _entry(keys: list[str], texts: list[str], key_width: int, look: Look) -> list[list[Part]]:
    """Return a command's keys with its words beside them, on as many lines as these need."""
    return [
        [(f"   {pad(names, key_width)}", look["key"]), (text, look["text"])]
        for names, text in zip_longest(keys, texts, fillvalue="")
    ]
