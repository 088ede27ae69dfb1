"""A block of lines made of styled pieces; only a change repaints it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.tui.terminal.cell_text import Part, line_of


class TextLines(Widget):
    """Shows lines that a screen hands it; without a ``height`` it is as high as its lines.

    One that ``fills`` takes the height that there is.
    """

    DEFAULT_CSS = "TextLines { height: 0; width: 1fr; }"

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        height: int = 0,
        fills: bool = False,
    ) -> None:
        super().__init__(id=id)
        self._grows = not (height or fills)
        if not self._grows:
            self.styles.height = "1fr" if fills else height
        self._lines: list[list[Part]] = []

    def show(self, lines: Sequence[Sequence[Part]]) -> None:
        """Show these lines from now on."""
        fresh = [list(line) for line in lines]
        before, self._lines = self._lines, fresh
        for y, (old, new) in enumerate(zip_longest(before, fresh)):
            if old != new:
                self.refresh(Region(0, y, max(self.size.width, 1), 1))
        if self._grows and len(before) != len(fresh):
            self.styles.height = len(fresh)

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        parts = self._lines[y] if y < len(self._lines) else []
        return line_of(parts, self.size.width, Style.null())
