"""A list with a cursor, and below it what is known of the line that the cursor is on."""

from __future__ import annotations

from dpm_tui.tui.screens.base.screen import ListScreen


class CursorListScreen(ListScreen):
    """``cursor`` is one of ``line_count`` lines."""

    def __init__(self) -> None:
        super().__init__()
        self.cursor = 0

    @property
    def line_count(self) -> int:
        """How many lines the list has."""
        raise NotImplementedError

    def show_line(self) -> None:
        """Show what is known of the line under the cursor."""
        raise NotImplementedError

    def show_list(self) -> None:
        """Show the list as it is now, with the cursor on one of its lines."""
        self.cursor = self._line_near(self.cursor)
        self.rows.show(self.line_count, self.cursor)
        self.show_line()

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor = self._line_near(self.cursor + lines)
        self.rows.move_to(self.cursor)
        self.show_line()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.move_lines(line - self.cursor)

    def _line_near(self, line: int) -> int:
        return min(max(line, 0), max(self.line_count - 1, 0))
