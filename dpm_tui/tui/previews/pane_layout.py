"""Pane layout: where the panes of several pictures stand, all of one size, so that pictures are largest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement

if TYPE_CHECKING:
    from textual.widget import Widget

Shape = tuple[int, int]
"""Width and height of a picture in pixels."""

CAPTION_LINES = 2
_SIDE_BY_SIDE = 1.1
"""How much more area pictures must get to be stacked: side by side they are easier to compare."""
_USUAL: Shape = (4, 3)
_NO_MARGIN = Spacing()


def picture_area(width: int, height: int, *, framed: bool) -> Region:
    """Return the cells of a pane of ``width`` x ``height`` cells that its picture may take.

    Captions stand in the frame, or else in two lines above the picture.
    """
    if framed:
        return Region(1, 1, max(width - 2, 0), max(height - 2, 0))
    return Region(0, CAPTION_LINES, max(width - 1, 0), max(height - CAPTION_LINES, 0))


def count_columns(shapes: Sequence[Shape], width: int, height: int, *, framed: bool) -> int:
    """Return the number of columns in which pictures of these shapes become largest in so many cells."""
    count = len(shapes)

    def shown(columns: int) -> float:
        rows = -(-count // columns)
        room = picture_area(width // columns, height // rows, framed=framed)
        area = 0.0
        for wide, high in (shape if min(shape) > 0 else _USUAL for shape in shapes):
            scale = min(room.width / wide, room.height * 2 / high)
            area += scale * scale * wide * high
        return area * (_SIDE_BY_SIDE if columns == count else 1.0)

    return max(range(1, count + 1), key=shown, default=1)


def tile(count: int, columns: int, width: int, height: int) -> list[Region]:
    """Return the regions of ``count`` panes in rows of ``columns``; all have the same size."""
    rows = max(-(-count // columns), 1)
    wide, high = width // columns, height // rows
    return [Region(wide * (i % columns), high * (i // columns), wide, high) for i in range(count)]


class PaneLayout(Layout):
    """Places the children of a container in so many columns."""

    name: ClassVar[str] = "panes"

    def __init__(self) -> None:
        self.columns = 1

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where each child stands."""
        regions = tile(len(children), self.columns, size.width, size.height)
        return [
            WidgetPlacement(region, NULL_OFFSET, _NO_MARGIN, child)
            for region, child in zip(regions, children, strict=True)
        ]
