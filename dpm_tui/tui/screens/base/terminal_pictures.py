"""Terminal pictures: what ties the pictures in pixels to the app, its driver and what it paints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from dpm_tui.locale import translate
from dpm_tui.tui.terminal.graphics import GRAPHICS_WORDS, Choice
from dpm_tui.tui.terminal.painting_driver import PaintingDriver
from dpm_tui.tui.terminal.terminal_probe import cell_pixels

if TYPE_CHECKING:
    from textual.geometry import Region, Size
    from textual.screen import Screen

    from dpm_tui.tui.pictures.pixel_canvas import PixelCanvas


_SETTLE_SECONDS = 0.04
"""Screens that open or close paint several frames; a picture in their cells is to be sent once."""


class PicturesApp(Protocol):
    """The app, as far as pictures ask for it."""

    @property
    def size(self) -> Size:
        """The size of the terminal."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen that is open."""

    def pictures_too_slow(self) -> None:
        """Say that pictures are in blocks from now on."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call back after so many seconds."""


class TerminalPictures:
    """Has a canvas where the terminal draws pixels."""

    def __init__(self, app: PicturesApp, choice: Choice | None) -> None:
        self.canvas: PixelCanvas | None = None
        self._app = app
        self._word = choice.reason if choice else ""
        self._driver: PaintingDriver | None = None
        self._cell = cell_pixels()
        if choice and choice.graphics:
            from dpm_tui.tui.pictures.pixel_canvas import PixelCanvas

            later = partial(app.set_timer, _SETTLE_SECONDS)
            tell = app.pictures_too_slow
            self.canvas = PixelCanvas(choice.graphics, self._write, self._erase, tell, later)

    @property
    def note(self) -> str:
        """A sentence on the pixels that the terminal draws, empty where it was not asked."""
        return translate(f"tui.graphics_{self._word}") if self._word in GRAPHICS_WORDS else ""

    def follow(self, driver: PaintingDriver) -> None:
        """Draw by a driver and hear from it."""
        self._driver = driver
        if self.canvas is not None:
            driver.on_well = self.canvas.answered
            driver.before_leaving = self.canvas.clear

    def painted(self, update: object) -> None:
        """Bring the pictures in line with what was written."""
        if self.canvas is not None:
            from dpm_tui.tui.pictures.pixel_canvas import written_regions

            self.canvas.painted(written_regions(update, self._app.size))

    def resized(self) -> None:
        """Follow a change of the terminal's size, and of its cells where the kernel tells."""
        if self.canvas is not None:
            before, self._cell = self._cell, cell_pixels()
            self.canvas.lay_anew(self._cell if self._cell != before else self.canvas.graphics.cell)

    def redraw(self) -> None:
        """Send every picture again."""
        if self.canvas is not None:
            self.canvas.clear()

    def _write(self, sequences: str) -> None:
        if self._driver is not None:
            self._driver.draw(sequences)
            self._driver.flush()

    def _erase(self, region: Region) -> None:
        """Write cells anew that a picture lies in."""
        if self._driver is not None:
            self._driver.shown.forget_cells(region)
        self._app.screen.refresh(region)
