"""A list of any length: only the lines that are on the screen are ever made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dpm_tui.tui.terminal.cell_text import Part, line_of
from dpm_tui.tui.theme import Look

_GUTTER = 3
"""So many cells at the beginning of a line belong to its mark."""
_RIGHT = 3
"""The right button of a mouse."""
DrawRow = Callable[[int, int], Sequence[Part]]
"""Returns the pieces of a line for a width; none for one that went since the list was shown."""


class RowList(ScrollView, can_focus=False):
    """Draws the lines that ``draw`` returns; the line under the cursor is reversed."""

    DEFAULT_CSS = """
    RowList { scrollbar-size: 0 0; overflow-x: hidden; overflow-y: scroll; height: 1fr; width: 1fr; }
    """

    class Picked(Message):
        """A line was clicked: where its mark is, twice, or with the right button, if so."""

        def __init__(self, line: int, *, on_mark: bool, is_double: bool, is_right: bool) -> None:
            super().__init__()
            self.line = line
            self.on_mark = on_mark
            self.is_double = is_double
            self.is_right = is_right

    def __init__(
        self,
        draw: DrawRow,
        look: Look,
        *,
        id: str | None = None,  # noqa: A002
        has_cursor: bool = True,
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._look = look
        self._has_cursor = has_cursor
        self._count = 0
        self._painted: dict[int, list[Part]] = {}
        self.cursor = 0

    @property
    def page(self) -> int:
        """How many lines a page key moves by."""
        return max(self.size.height - 2, 1)

    def show(self, count: int, cursor: int = 0, *, steady: bool = False) -> None:
        """Show ``count`` lines with the cursor on one of them, repainting what is not as it was.

        With ``steady`` the cursor stays where it is on the screen, as far as that can be.
        """
        place = self.cursor - self.scroll_offset.y
        if count == self._count:
            for line in {self.cursor, cursor} if cursor != self.cursor else set():
                self.refresh_line(line)
            self.renew()
        else:
            self.refresh()
        self._count = count
        self.cursor = cursor
        self.virtual_size = Size(self.size.width, count)
        if steady and 0 <= place < self.size.height:
            self.scroll_to(y=max(cursor - place, 0), animate=False, force=True)
        self._follow_cursor(0)

    def renew(self) -> None:
        """Repaint the lines on the screen whose words or styles have changed."""
        top, width = self.scroll_offset.y, self.size.width
        shown = range(top, min(top + self.size.height, self._count))
        for line in shown:
            if self._painted.get(line) != list(self._draw(line, width)):
                self.refresh_line(line)
        self._painted = {line: parts for line, parts in self._painted.items() if line in shown}

    def move_to(self, cursor: int, *, lead: int = 0, tail: int = 0, also: Sequence[int] = ()) -> None:
        """Move the cursor and repaint only the lines that change.

        ``lead`` lines above it are scrolled into view too, and ``tail`` lines below it where there is room
        for all; ``also`` names further changed lines.
        """
        for line in {self.cursor, cursor, *also}:
            self.refresh_line(line)
        self.cursor = cursor
        self._follow_cursor(lead, tail)

    def scroll_lines(self, lines: int) -> None:
        """Scroll without a cursor."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def render_line(self, y: int) -> Strip:
        """Return the line at ``y`` of the part that is on the screen."""
        line = y + self.scroll_offset.y
        width = self.size.width
        if line >= self._count:
            return Strip.blank(width, Style.null())
        parts = self._painted[line] = list(self._draw(line, width))
        if self._has_cursor and line == self.cursor:
            return line_of([(text, Style.null()) for text, _ in parts], width, self._look["cursor"])
        return line_of(parts, width, Style.null())

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor visible."""
        self.virtual_size = Size(event.size.width, self._count)
        self._follow_cursor(0)

    def on_click(self, event: events.Click) -> None:
        """Tell which line was clicked."""
        line = event.y + self.scroll_offset.y
        if self._has_cursor and line < self._count:
            right = event.button == _RIGHT
            double = event.chain == 2 and not right
            self.post_message(self.Picked(line, on_mark=event.x < _GUTTER, is_double=double, is_right=right))

    def _follow_cursor(self, lead: int, tail: int = 0) -> None:
        if not self._has_cursor or not self.size.height:
            return
        top, height = self.scroll_offset.y, self.size.height
        if self.cursor - lead < top:
            self.scroll_to(y=max(self.cursor - lead, 0), animate=False, force=True)
        elif (last := min(self.cursor + tail, self.cursor - lead + height - 1)) >= top + height:
            self.scroll_to(y=last - height + 1, animate=False, force=True)
