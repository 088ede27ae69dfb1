"""A preview: a caption and the picture in half blocks, painted roughly at once and finely at rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from dpm_tui.locale import translate
from dpm_tui.tui.cells import Part, cut_middle, line_of
from dpm_tui.tui.look import Look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

CAPTION_LINES = 2
_STRIPS_AT_MOST = 48


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds until a picture is fetched after the cursor stops, and until it is painted finely."""

    fetch: float = 0.06
    rest: float = 0.15


@dataclass(frozen=True, slots=True)
class Subject:
    """What a preview shows: a file, the lines above it, and where it differs from its counterpart."""

    file: int
    caption: tuple[tuple[Part, ...], ...]
    differs: bytes = b""


class Preview(Widget):
    """Shows one file; while keys are held down it fetches and paints nothing but the caption."""

    DEFAULT_CSS = "Preview { width: 1fr; height: 1fr; }"

    def __init__(
        self, look: Look, fetch: Callable[[int], Awaitable[Pixels]], delays: Delays, *, index: int = 0
    ) -> None:
        super().__init__(id=f"preview-{index}")
        self._look = look
        self._fetch = fetch
        self._delays = delays
        self._subject: Subject | None = None
        self._pixels: Pixels | None = None
        self._strips: list[Strip] = []
        self._cache: OrderedDict[tuple[object, ...], list[Strip]] = OrderedDict()
        self._timer: Timer | None = None
        self._blank = False

    @property
    def file(self) -> int | None:
        """The file that is shown."""
        return None if self._subject is None else self._subject.file

    def show(self, subject: Subject | None) -> None:
        """Show a file, or nothing."""
        before, self._subject = self._subject, subject
        if subject == before:
            return
        self.refresh(Region(0, 0, self.size.width, CAPTION_LINES))
        if subject is None:
            self._pixels, self._strips = None, []
            self.refresh()
        elif before is None or (before.file, before.differs) != (subject.file, subject.differs):
            self._after(self._delays.fetch, self._load)

    def blank(self, is_blank: bool) -> None:
        """Paint nothing while another screen covers this one: hidden pictures cost bytes too."""
        if is_blank != self._blank:
            self._blank = is_blank
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the caption or of the picture."""
        width, text = self.size.width, self._look["text"]
        if self._subject is None or self._blank:
            return line_of([], width, text)
        if y < CAPTION_LINES:
            return line_of(self._subject.caption[y], width - 1, text).adjust_cell_length(width, text)
        if y - CAPTION_LINES < len(self._strips):
            return self._strips[y - CAPTION_LINES]
        if self._pixels is not None and self._pixels.size == 0 and y == CAPTION_LINES + 1:
            words = cut_middle(translate("tui.no_preview"), width - 2)
            return line_of([(" ", text), (words, self._look["dim"])], width, text)
        return line_of([], width, text)

    def on_resize(self, event: events.Resize) -> None:
        """Paint the picture in its new size."""
        self._strips = []
        if self._subject is not None:
            self._after(self._delays.fetch, self._load)

    def _after(self, seconds: float, callback: Callable[[], Any]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, callback)

    def _load(self) -> None:
        if self._subject is not None and self.size.area and self.display:
            self.run_worker(self._fetch_and_paint(self._subject), group="preview", exclusive=True)

    async def _fetch_and_paint(self, subject: Subject) -> None:
        pixels = await self._fetch(subject.file)
        if self._subject is not None and self._subject.file == subject.file:
            self._pixels = pixels
            fine = self._key(subject, quick=False) in self._cache
            self._paint(quick=not fine)
            if not fine:
                self._after(self._delays.rest, self._paint_finely)

    def _paint_finely(self) -> None:
        self._paint(quick=False)

    def _paint(self, *, quick: bool) -> None:
        """Make the strips and repaint if they are not the ones on the screen."""
        subject, pixels = self._subject, self._pixels
        if subject is None or pixels is None or not self.is_attached:
            return
        strips = self._make_strips(subject, pixels, quick)
        if strips != self._strips:
            self._strips = strips
            self.refresh(Region(0, CAPTION_LINES, self.size.width, max(self.size.height - CAPTION_LINES, 1)))

    def _key(self, subject: Subject, *, quick: bool) -> tuple[object, ...]:
        return (subject.file, subject.differs, self.size, quick)

    def _make_strips(self, subject: Subject, pixels: Pixels, quick: bool) -> list[Strip]:
        from dpm_tui.tui.halfblock import draw, tint

        if pixels.size == 0:
            return []
        key = self._key(subject, quick=quick)
        if key not in self._cache:
            width, height = self.size.width - 1, self.size.height - CAPTION_LINES
            shown = tint(pixels, subject.differs) if subject.differs else pixels
            strips = draw(shown, width, height, self._look.palette, quick=quick, centred=False)
            text = self._look["text"]
            self._cache[key] = [strip.adjust_cell_length(width + 1, text) for strip in strips]
            while len(self._cache) > _STRIPS_AT_MOST:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return self._cache[key]
