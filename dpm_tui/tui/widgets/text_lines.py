"""A block of lines made of styled pieces; only a change repaints it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.tui.cells import Part, line_of


class TextLines(Widget):
    """Shows lines that a screen hands it."""

    DEFAULT_CSS = "TextLines { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, base: Style | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._base = base or Style.null()
        self._lines: list[list[Part]] = []

    def show(self, lines: Sequence[Sequence[Part]]) -> None:
        """Show these lines from now on."""
        fresh = [list(line) for line in lines]
        if fresh != self._lines:
            taller = len(fresh) != len(self._lines)
            self._lines = fresh
            self.refresh(layout=taller and self.styles.height is not None and self.styles.height.is_auto)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return one row for each line."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        parts = self._lines[y] if y < len(self._lines) else []
        return line_of(parts, self.size.width, self._base)
