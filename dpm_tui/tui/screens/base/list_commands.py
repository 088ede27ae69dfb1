"""The commands that move in a list."""

from __future__ import annotations

from typing import Protocol

from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.widgets.row_list import RowList

_ALL = 1 << 40
"""More lines than any list has."""


class ListHost(Protocol):
    """A screen with one list."""

    @property
    def rows(self) -> RowList:
        """The list of lines."""

    def move_lines(self, lines: int) -> None:
        """Move the cursor, or the list where it has none, by so many lines."""


class ListCommands:
    """Commands of the scope ``list``."""

    def __init__(self, host: ListHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "down": self._down,
            "up": self._up,
            "page_down": self._page_down,
            "page_up": self._page_up,
            "top": self._top,
            "bottom": self._bottom,
        }

    def _down(self) -> None:
        self._host.move_lines(1)

    def _up(self) -> None:
        self._host.move_lines(-1)

    def _page_down(self) -> None:
        self._host.move_lines(self._host.rows.page)

    def _page_up(self) -> None:
        self._host.move_lines(-self._host.rows.page)

    def _top(self) -> None:
        self._host.move_lines(-_ALL)

    def _bottom(self) -> None:
        self._host.move_lines(_ALL)
