"""Caption: the words on a picture, in a frame around it or in lines above it."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.strip import Strip

from dpm_tui.tui.previews.pane_layout import CAPTION_LINES
from dpm_tui.tui.previews.subject import Subject
from dpm_tui.tui.terminal.cell_text import line_of
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.frame import Frame


class Caption:
    """Draws the words on a subject; ``framed`` in a frame around its picture, or else above it."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.framed = False

    def around(self, picture: Strip, subject: Subject, y: int, size: Size) -> Strip:
        """Return a line of a pane of this size: one of the picture, or of what surrounds it."""
        width, text = size.width, self._look["text"]
        if not self.framed:
            line = line_of(subject.caption[y], width - 1, text) if y < CAPTION_LINES else picture
            return line.adjust_cell_length(width, text)
        frame = Frame.of(self._look, subject.frame)
        if y in (0, size.height - 1):
            return frame.edge(subject.caption[1 if y else 0], width, top=not y)
        return frame.sides(picture)

    def regions(self, size: Size) -> list[Region]:
        """Return where the words stand in a pane of this size."""
        width, height = size
        if not self.framed:
            return [Region(0, 0, width, CAPTION_LINES)]
        return [Region(0, 0, width, 1), Region(0, height - 1, width, 1)]
