"""Review layout: where list, pictures and reasons stand, as the terminal is wide and high."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.containers import Container
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement

if TYPE_CHECKING:
    from textual.widget import Widget

_LIST_WIDTH = 42
_REASON_LINES = 6
"""Reasons and the title above them."""
_LEAST = Size(60, 13)
"""Below this there is room for the list alone."""
_LARGE = Size(100, 26)
"""From this on pictures stand above the list and take the whole width."""
_LEAST_LIST, _LIST_SHARE = 11, 0.3
"""Lines that the list keeps below the pictures, at least and of all."""
_LIST_COLUMNS = 0.56
_NOWHERE = Region()
_NO_MARGIN = Spacing()


class ReviewRegions(NamedTuple):
    """Where the parts of the review stand."""

    rows: Region
    pictures: Region
    reasons: Region


def review_regions(width: int, height: int) -> ReviewRegions:
    """Return where the parts stand in so many cells: pictures get what list and reasons can spare."""
    if width < _LEAST.width or height < _LEAST.height:
        return ReviewRegions(Region(0, 0, width, height), _NOWHERE, _NOWHERE)
    if width >= _LARGE.width and height >= _LARGE.height:
        low = max(_LEAST_LIST, round(height * _LIST_SHARE))
        high, left = height - low, round(width * _LIST_COLUMNS)
        return ReviewRegions(
            Region(0, high, left, low),
            Region(0, 0, width, high),
            Region(left, high, width - left, low),
        )
    left, low = _LIST_WIDTH, height - _REASON_LINES
    return ReviewRegions(
        Region(0, 0, left, low),
        Region(left + 1, 0, width - left - 1, height),
        Region(0, low, left, _REASON_LINES),
    )


class ReviewLayout(Layout):
    """Places a list, pictures and reasons, in this order."""

    name: ClassVar[str] = "review"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where each child stands."""
        regions = review_regions(size.width, size.height)
        return [
            WidgetPlacement(region, NULL_OFFSET, _NO_MARGIN, child)
            for region, child in zip(regions, children, strict=False)
        ]


class ReviewContainer(Container):
    """Holds a list, pictures and reasons."""

    DEFAULT_CSS = "ReviewContainer { height: 1fr; width: 1fr; }"

    def __init__(self, rows: Widget, pictures: Widget, reasons: Widget) -> None:
        super().__init__(rows, pictures, reasons, id="review")
        self._review_layout = ReviewLayout()

    @property
    def layout(self) -> Layout:
        """How the parts are placed."""
        return self._review_layout
