"""The removals screen: the record of everything recycled, restored and deleted for good, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dpm_tui.locale import translate
from dpm_tui.recycle.results import Removal
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.removal_lines import DETAIL_LINES, place_of, removal_details, removal_line, says
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.narrowed_list import NarrowedListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.commands.path_opener import PathOpener
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.worker.protocol.messages import GetRemovals, RemovalData

_MAX_LINES = 10_000


class RemovalsScreen(NarrowedListScreen[Removal]):
    """Lies over the recycle bin."""

    NAME: ClassVar = "bin"
    SCOPES: ClassVar = (Scope.REMOVALS, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    LIST: ClassVar = "removals"
    TITLE_KEY: ClassVar = "tui.scope_removals"
    DETAIL_LINES: ClassVar = DETAIL_LINES

    def __init__(self) -> None:
        super().__init__()
        self.paths = PathOpener(self)

    def handlers(self) -> Handlers:
        """Return the commands of the record."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "find_removal": self.find,
            "copy_removal": self._copy_removal,
            "back": self._back,
        }

    async def fetch(self) -> Sequence[Removal]:
        """Return the record, the newest first."""
        return (await self.link.ask(GetRemovals(_MAX_LINES), RemovalData)).removals

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

    def _copy_removal(self) -> None:
        """Copy where the file is now, or where it was."""
        if self.current is not None:
            self.paths.copy(place_of(self.current, self.session.root))

    def _back(self) -> None:
        """Take the words away, or go back to the recycle bin."""
        if not self.widen():
            self.go_back()
