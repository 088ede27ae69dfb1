"""Shown cells: what the terminal has on its screen already, so that it is not sent again.

Textual paints every cell anew when a screen opens or closes, and every line of a widget that changed. Over
a slow line the pictures among them take seconds, though they are the same as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

_UNKNOWN, _SECOND_HALF = -1, -2
"""Cells as numbers: what stands there is not known, or it is the rest of a character that takes two."""
_LETTER_BITS = 21
_MAX_LOOKS = 16_000
"""More than a screen of 200x60 can have; each keeps half a kilobyte."""
_MAX_GAP = 6
"""To step over so many cells takes as many bytes as to send them again."""


class Pieces(CompositorUpdate):
    """An update of a few pieces of lines, each with the place of its first cell."""

    def __init__(self, pieces: Sequence[tuple[int, int, Strip]]) -> None:
        self.pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the pieces, each after the way to its place."""
        for x, y, strip in self.pieces:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """Return what a terminal is sent."""
        return "".join(
            f"{Control.move_to(x, y).segment.text}{strip.render(console)}" for x, y, strip in self.pieces
        )


class ShownCells:
    """Remembers every cell that was sent and leaves out of an update those that would stay the same."""

    def __init__(self) -> None:
        self._rows: dict[int, list[int]] = {}
        self._looks: dict[Style | None, tuple[int, int]] = {}
        self._grounds: dict[Color | None, int] = {}

    def forget(self) -> None:
        """Send everything again: another program, or a change of size, may have painted over it."""
        self._rows.clear()

    def forget_cells(self, region: Region) -> None:
        """Send these cells again: something that is no letter lies in them."""
        for y in range(region.y, region.bottom):
            row = self._rows.get(y, [])
            for x in range(region.x, min(region.right, len(row))):
                row[x] = _UNKNOWN

    def reduce(self, update: CompositorUpdate) -> CompositorUpdate:
        """Return an update that leaves the same on the terminal; from now on it counts as sent."""
        if len(self._looks) > _MAX_LOOKS:
            self._looks.clear()
            self._grounds.clear()
            self.forget()
        if isinstance(update, LayoutUpdate):
            lines = enumerate(update.strips, update.region.y)
            whole = ((update.region.x, y, Strip.join(line)) for y, line in lines)
            return Pieces([piece for place in whole for piece in self._changes(*place)])
        if isinstance(update, ChopsUpdate):
            return Pieces([piece for place in _places(update) for piece in self._changes(*place)])
        self.forget()
        return update

    def _changes(self, x: int, y: int, strip: Strip) -> Iterator[tuple[int, int, Strip]]:
        """Yield the parts of a strip that are not on the terminal yet."""
        fresh = self._cells(strip)
        row = self._rows.setdefault(y, [])
        if fresh is None:
            row[:] = []
            yield x, y, strip
            return
        row += [_UNKNOWN] * (x + len(fresh) - len(row))
        for start, end in _spans(row[x : x + len(fresh)], fresh):
            yield x + start, y, strip.crop(start, end)
        row[x : x + len(fresh)] = fresh

    def _cells(self, strip: Strip) -> list[int] | None:
        """Return the cells of a strip, or None where terminals do not agree on how many a letter takes.

        A number says the letter and how it looks. The colour of a letter that is not there does not count.
        """
        cells: list[int] = []
        looks = self._looks
        for text, style, _ in strip:
            look, blank = looks.get(style) or self._look_of(style)
            for letter in text:
                if letter == " ":
                    cells.append(blank)
                    continue
                cells.append(look | ord(letter))
                if not letter.isascii() and (width := get_character_cell_size(letter)) != 1:
                    if not width:
                        return None
                    cells.append(_SECOND_HALF)
        return cells

    def _look_of(self, style: Style | None) -> tuple[int, int]:
        """Return the number of a style for letters, and that of a blank in it."""
        look = blank = (len(self._looks) + 1) << _LETTER_BITS
        if style is None:
            blank = self._grounds.setdefault(None, look)
        elif not (style.reverse or style.underline or style.strike):
            ground = style.bgcolor
            # The ground of the terminal has two names.
            blank = self._grounds.setdefault(None if ground is None or ground.is_default else ground, look)
        self._looks[style] = look, blank
        return look, blank


def _places(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the pieces of lines of an update, as Textual writes them."""
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            is_whole = first <= x < last and end <= last
            yield x, y, strip if is_whole else strip.crop(0, min(end, last) - x)


def _spans(before: list[int], after: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where cells differ, as starts and ends; differences near to each other are one."""
    if before == after:
        return
    start = end = -1
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if start < 0:
            start = place
        elif place - end > _MAX_GAP:
            yield _whole(start, end, after)
            start = place
        end = place + 1
    if start >= 0:
        yield _whole(start, end, after)


def _whole(start: int, end: int, cells: list[int]) -> tuple[int, int]:
    """Return a span widened to where no character is cut in two."""
    if cells[start] == _SECOND_HALF:
        start -= 1
    if end < len(cells) and cells[end] == _SECOND_HALF:
        end += 1
    return start, end
