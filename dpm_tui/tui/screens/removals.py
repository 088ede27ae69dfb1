"""The removals screen: the record of everything recycled, restored and deleted for good, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.recycle.results import Removal
from dpm_tui.tui.cells import Part
from dpm_tui.tui.commands import Scope
from dpm_tui.tui.removal_lines import DETAIL_LINES, place_of, removal_details, removal_line, says
from dpm_tui.tui.screens.base import ListScreen, bindings_for
from dpm_tui.tui.screens.file_commands import FileCommands
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol import GetRemovals, RemovalData

_LINES_AT_MOST = 10_000


class RemovalsScreen(FileCommands, ListScreen):
    """Lies over the recycle bin."""

    NAME: ClassVar = "bin"
    SCOPES: ClassVar = (Scope.REMOVALS, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self) -> None:
        super().__init__()
        self.known = False
        self.all: Sequence[Removal] = ()
        self.removals: Sequence[Removal] = ()
        self.words = ""
        self.cursor = 0

    def compose_body(self) -> ComposeResult:
        """Lay out the list and the details of the line."""
        self.rows = RowList(self._draw, self.app.look["cursor"], id="removals")
        self.details = TextLines(id="removal-details", height=DETAIL_LINES)
        self.empty = TextLines(id="empty")
        yield self.empty
        yield self.rows
        yield self.details

    def on_screen_resume(self) -> None:
        """Ask for the record anew."""
        super().on_screen_resume()
        self.run_worker(self.carry_out(self._fetch()), group="removals", exclusive=True)

    def show_session(self) -> None:
        """Show the record, or say that there is none."""
        super().show_session()
        self.set_class(not self.removals, "-empty")
        if self.words:
            reason = translate("tui.removals_hidden", words=self.words)
        else:
            reason = translate("tui.removals_empty" if self.known else "tui.removals_loading")
        self.empty.show([[], [(f" {reason}", self.app.look["notice"])]])
        self.rows.show(len(self.removals), self.cursor)
        self._show_details()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how many lines the record has and the words that it is narrowed down to."""
        state = [*super().title_state()]
        if self.removals:
            many = len(self.all) >= _LINES_AT_MOST
            words = translate(
                "tui.removals_newest" if many else "tui.removals_count", count=len(self.removals)
            )
            state.append((f" {words}", "strong"))
        if self.words:
            state.append((f"  /{self.words}", "notice"))
        return state

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + lines, 0), max(len(self.removals) - 1, 0))
        self.rows.move_to(self.cursor)
        self._show_details()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.move_lines(line - self.cursor)

    async def do_find_removal(self) -> None:
        """Ask for words; the list follows while they are typed."""
        before = self.words
        text = await self.prompt.read(translate("tui.ask_find"), before, self._narrow)
        if text is None:
            self._narrow(before)

    def do_copy_removal(self) -> None:
        """Copy where the file is now, or where it was."""
        if self.removals:
            self.copy(place_of(self.removals[self.cursor], self.session.root))

    def do_back(self) -> None:
        """Take the words away, or go back to the bin."""
        if self.words:
            self._narrow("")
        else:
            self.dismiss()

    async def _fetch(self) -> None:
        data = await self.app.link.ask(GetRemovals(_LINES_AT_MOST), RemovalData)
        self.all, self.known = data.removals, True
        self._narrow(self.words)

    def _narrow(self, text: str) -> str:
        self.words = " ".join(text.split())
        words = self.words.casefold().split()
        self.removals = [removal for removal in self.all if says(removal, words)] if words else self.all
        self.cursor = min(self.cursor, max(len(self.removals) - 1, 0))
        self.rows.refresh()
        self.show_session()
        return ""

    def _show_details(self) -> None:
        lines: list[list[Part]] = []
        if self.removals:
            lines = removal_details(self.removals[self.cursor], self.size.width, self.app.look)
        self.details.show(lines)

    def _draw(self, line: int, width: int) -> list[Part]:
        if line >= len(self.removals):
            return []
        return removal_line(self.removals[line], width, self.app.look)

    @property
    def file_id(self) -> int:
        """The record names no file of the library."""
        raise LookupError
