"""A picture on the whole screen: the thumbnail at once, the original's pixels as they arrive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.locale import translate
from dpm_tui.tui.cells import line_of
from dpm_tui.tui.look import Look
from dpm_tui.tui.zoom import Box, Zoom

if TYPE_CHECKING:
    from dpm_tui.tui.widgets.preview import Pixels


class Picture(Widget):
    """Shows a part of one file."""

    DEFAULT_CSS = "Picture { width: 1fr; height: 1fr; }"

    def __init__(
        self,
        look: Look,
        thumbnail: Callable[[int], Awaitable[Pixels]],
        original: Callable[[int, int, int, Box], Awaitable[Pixels]],
    ) -> None:
        super().__init__()
        self._look = look
        self._thumbnail = thumbnail
        self._original = original
        self._file: int | None = None
        self._zoom = Zoom()
        self._differs = b""
        self._strips: list[Strip] = []
        self._empty = False

    def show(self, file: int, zoom: Zoom) -> None:
        """Show a part of a file."""
        if (file, zoom) != (self._file, self._zoom):
            self._differs = self._differs if file == self._file else b""
            self._file, self._zoom = file, zoom
            self._begin()

    def toggle_difference(self, differs: bytes) -> None:
        """Show in red where the picture differs, or stop showing it."""
        self._differs = b"" if self._differs else differs
        self._begin()

    def render_line(self, y: int) -> Strip:
        """Return a line of the picture."""
        text = self._look["text"]
        if y < len(self._strips):
            return self._strips[y]
        words = translate("tui.no_preview") if self._empty and y == 1 else ""
        return line_of([(f" {words}", self._look["dim"])], self.size.width, text)

    def on_resize(self, event: events.Resize) -> None:
        """Show the picture in its new size."""
        self._begin()

    def _begin(self) -> None:
        if self._file is not None and self.size.area:
            self.run_worker(self._paint_twice(self._file), group="picture", exclusive=True)

    async def _paint_twice(self, file: int) -> None:
        rough = await self._thumbnail(file)
        box = self._zoom.box
        if rough.size:
            high, wide = rough.shape[:2]
            left, top, right, bottom = (
                round(part * size) for part, size in zip(box, (wide, high, wide, high), strict=True)
            )
            self._paint(rough[top : max(bottom, top + 1), left : max(right, left + 1)], quick=True)
        fine = await self._original(file, self.size.width, self.size.height * 2, box)
        self._paint(fine if fine.size else rough, quick=False)

    def _paint(self, pixels: Pixels, *, quick: bool) -> None:
        from dpm_tui.tui.halfblock import draw, tint

        self._empty = pixels.size == 0
        if self._differs and self._zoom.scale == 1:
            pixels = tint(pixels, self._differs)
        width, height = self.size.width, self.size.height
        self._strips = [] if self._empty else draw(pixels, width, height, self._look.palette, quick=quick)
        self.refresh()
