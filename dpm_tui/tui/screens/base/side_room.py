"""The room beside the pictures: a screen that keeps to it leaves them, and they are not sent again later."""

from __future__ import annotations

from textual.geometry import Region

from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.widgets.preview_panes import PreviewPanes

_LEAST = 46
"""In fewer columns sentences cannot be read."""
CLASS = "-beside"
"""The class of a screen that can be seen through where it has nothing."""


class SideRoom:
    """Keeps the body of a screen off the pictures of the one below, ``opener``, if there is room enough."""

    def __init__(self, screen: DpmScreen, opener: DpmScreen) -> None:
        self._screen = screen
        self._opener = opener
        screen.set_class(self._region != opener.size.region, CLASS)

    def take(self) -> None:
        """Give the body its room; to be called again in another size."""
        region = self._region
        self._screen.set_class(region != self._opener.size.region, CLASS)
        self._screen.query_one("#body").styles.width = region.width

    @property
    def _region(self) -> Region:
        """The left part of the screen below that has no pictures, or all of it."""
        whole = self._opener.size.region
        panes = [panes.region for panes in self._opener.query(PreviewPanes) if panes.region.area]
        left = min((region.x for region in panes), default=0)
        return Region(0, 0, left - 1, whole.height) if left > _LEAST else whole
