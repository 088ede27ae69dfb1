"""The removals screen: the record of everything recycled, restored and deleted for good, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dpm_tui.locale import translate
from dpm_tui.recycle.results import Removal
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.removal_lines import DETAIL_LINES, place_of, removal_details, removal_line, says
from dpm_tui.tui.screens.base.narrowed_list import NarrowedListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.commands.file_commands import PathCommands
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.worker.protocol.messages import GetRemovals, RemovalData

_MAX_LINES = 10_000


class RemovalsScreen(PathCommands, NarrowedListScreen[Removal]):
    """Lies over the recycle bin."""

    NAME: ClassVar = "bin"
    SCOPES: ClassVar = (Scope.REMOVALS, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    LIST: ClassVar = "removals"
    DETAIL_LINES: ClassVar = DETAIL_LINES

    async def fetch(self) -> Sequence[Removal]:
        """Return the record, the newest first."""
        return (await self.app.link.ask(GetRemovals(_MAX_LINES), RemovalData)).removals

    def says(self, item: Removal, words: list[str]) -> bool:
        """Return whether path, place or deed of a removal have all of the words."""
        return says(item, words)

    def draw_item(self, item: Removal, width: int) -> list[Part]:
        """Return the line of a removal."""
        return removal_line(item, width, self.app.look)

    def details_of(self, item: Removal, width: int) -> list[list[Part]]:
        """Return what is known of a removal."""
        return removal_details(item, width, self.app.look)

    def counts(self) -> Sequence[tuple[str, str]]:
        """Return how many lines the record has."""
        if not self.shown:
            return ()
        key = "tui.removals_newest" if len(self.all) >= _MAX_LINES else "tui.removals_count"
        return ((f" {translate(key, count=len(self.shown))}", "strong"),)

    async def do_find_removal(self) -> None:
        """Ask for words; the list follows while they are typed."""
        await self.find()

    def do_copy_removal(self) -> None:
        """Copy where the file is now, or where it was."""
        if self.current is not None:
            self.copy(place_of(self.current, self.session.root))
