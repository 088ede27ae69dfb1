"""Frame: lines around a picture, with words in the upper and in the lower one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from dpm_tui.tui.terminal.cell_text import Part, line_of
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import Look

_ROUND = "\u256d\u2500\u256e\u2502\u2570\u256f"
_SQUARE = "\u250c\u2500\u2510\u2502\u2514\u2518"
"""Consoles with 16 colours may have no round corners in their font."""
_ASCII = "+-+|++"


def frame_letters(look: Look) -> str:
    """Return what a frame is drawn with: upper left, line, upper right, side, lower left, lower right."""
    if not look.palette.has_blocks or look.whole_cells:
        return _ASCII
    return _SQUARE if look.palette is Palette.C16 else _ROUND


@dataclass(frozen=True, slots=True)
class Frame:
    """The letters of a frame: upper left, line, upper right, side, lower left, lower right; their styles.

    Only the upper and the lower line have a ``style`` of their own: the sides are in every line of a picture,
    and would make a change of it dear over a slow line.
    """

    letters: str
    style: Style
    sides_style: Style
    plain: Style

    @classmethod
    def of(cls, look: Look, style: Style) -> Frame:
        """Return a rounded frame, of plain letters where a terminal has no others of one cell."""
        plain = look["text"]
        return cls(frame_letters(look), plain + style, plain + look["frame"], plain)

    def edge(self, words: Sequence[Part], width: int, *, top: bool) -> Strip:
        """Return the upper or the lower line with words in it."""
        left, line, right, _, low_left, low_right = tuple(self.letters)
        ends = (left, right) if top else (low_left, low_right)
        inside = max(width - 4, 0)
        parts = list(words)
        taken = min(sum(cell_len(text) for text, _ in parts), inside)
        middle = line_of(parts, taken, self.plain)
        gap = " " if taken else line
        return Strip(
            [
                Segment(f"{ends[0]}{gap}", self.style),
                *middle,
                Segment(f"{gap}{line * (inside - taken)}{ends[1]}", self.style),
            ]
        ).adjust_cell_length(width, self.plain)

    def sides(self, line: Strip) -> Strip:
        """Return a line between the sides."""
        side = Segment(self.letters[3], self.sides_style)
        return Strip([side, *line, side])
