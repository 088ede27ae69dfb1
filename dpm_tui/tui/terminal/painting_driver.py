"""The painting driver: what the app asks of a driver beyond what Textual does, wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable

from textual.driver import Driver

from dpm_tui.tui.terminal.shown_cells import ShownCells


class PaintingDriver(Driver):
    """A driver that knows which cells are shown, and draws pictures over them.

    ``on_well`` is called when what shows the app has come to a question for its state, ``before_leaving``
    before it is left to something else.
    """

    shown: ShownCells
    on_well: Callable[[], None]
    before_leaving: Callable[[], None]

    def begin_painting(self) -> None:
        """Know of nothing that is shown yet."""
        self.shown = ShownCells()
        self.on_well = self.before_leaving = _nothing

    @property
    def is_slow(self) -> bool:
        """Whether what shows the app was slow to take what it was sent lately."""
        return False

    def draw(self, sequences: str) -> None:
        """Send what draws pictures."""
        raise NotImplementedError


def _nothing() -> None:
    pass
