"""The help: every command with its keys, those of the screen that was open first."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from dpm_tui.locale import translate
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.help_lines import help_lines
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.screen import DpmScreen, bindings_for
from dpm_tui.tui.screens.base.scrolled_list import ScrolledListScreen
from dpm_tui.tui.screens.base.side_room import SideRoom
from dpm_tui.tui.terminal.cell_text import Part, wrap


class HelpScreen(ScrolledListScreen):
    """Made from the table of commands, in lines as long as there is room for; words narrow it down."""

    SCOPES: ClassVar = (Scope.HELP, Scope.LIST)
    CLOSES: ClassVar = True
    TITLE_KEY: ClassVar = "tui.panel_help"
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, opener: DpmScreen) -> None:
        super().__init__()
        self.opener = opener
        self.side = SideRoom(self, opener)
        self.owners: list[str] = []
        self.words = ""

    def handlers(self) -> Handlers:
        """Return the commands of the help, which the same key closes."""
        return {**super().handlers(), "help": self.go_back, "find_help": self._find, "back": self._back}

    def on_mount(self) -> None:
        """Take the room that there is."""
        self.side.take()

    def on_resize(self, event: events.Resize) -> None:
        """Follow the screen below to its new size."""
        self.call_after_refresh(self.side.take)

    def lay_out(self, width: int) -> list[list[Part]]:
        """Return the commands, or that none has the words."""
        look = self.app.look
        laid_out = help_lines(self.opener.place, self.opener.SCOPES, look, width, self.words)
        if not laid_out:
            none = translate("tui.no_help_fits", words=self.words)
            laid_out = [("none", [(f" {line}", look["notice"])]) for line in wrap(none, width - 2)]
        self.owners = [of for of, _ in laid_out]
        return [parts for _, parts in laid_out]

    def show_session(self) -> None:
        """Show the commands; what stood at the top stays there at another width."""
        top = self.rows.scroll_offset.y
        owner = self.owners[top] if top < len(self.owners) else ""
        super().show_session()
        if owner and owner in self.owners and self.owners[top : top + 1] != [owner]:
            self.rows.scroll_to(y=self.owners.index(owner), animate=False, force=True)

    async def _find(self) -> None:
        """Ask for words; the help follows while they are typed."""
        before = self.words
        text = await self.prompt.read(translate("tui.ask_find"), before, self._narrow)
        if text is None:
            self._narrow(before)

    def _back(self) -> None:
        """Take the words away, or close the help."""
        if self.words:
            self._narrow("")
        else:
            self.go_back()

    def _narrow(self, text: str) -> str:
        self.words = " ".join(text.split())
        self.rows.scroll_to(y=0, animate=False, force=True)
        self.rows.refresh()
        self.show_session()
        return ""
