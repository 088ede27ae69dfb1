"""The room beside or below the pictures: they are not sent again when a screen that keeps to it closes."""

from __future__ import annotations

from textual.geometry import Region

from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.screens.base.screen import SEEN_THROUGH, DpmScreen

_LEAST = 46
"""In fewer columns sentences cannot be read."""
_LEAST_LINES = 9
"""So many lines are enough to read and scroll in."""
_BELOW = 2
"""Lines of prompt and keys."""


class SideRoom:
    """Keeps the body of a screen off the pictures of the one below, ``opener``, if there is room enough."""

    def __init__(self, screen: DpmScreen, opener: DpmScreen) -> None:
        self._screen = screen
        self._opener = opener
        screen.set_class(self._region != opener.size.region, SEEN_THROUGH)

    def take(self) -> None:
        """Give the body its room; to be called again in another size."""
        region = self._region
        self._screen.set_class(region != self._opener.size.region, SEEN_THROUGH)
        body = self._screen.query_one("#body")
        body.styles.width = region.width
        # The title line stands above the body.
        body.styles.margin = (max(region.y - 1, 0), 0, 0, 0)

    @property
    def _region(self) -> Region:
        """The part of the screen below that lies left of its pictures, or below them, or all of it."""
        whole = self._opener.size.region
        panes = [panes.region for panes in self._opener.query(PreviewPanes) if panes.region.area]
        left = min((region.x for region in panes), default=0)
        if left > _LEAST:
            return Region(0, 0, left - 1, whole.height)
        bottom = max((region.bottom for region in panes), default=0)
        if panes and whole.height - bottom >= _LEAST_LINES + _BELOW:
            return Region(0, bottom, whole.width, whole.height - bottom)
        return whole
