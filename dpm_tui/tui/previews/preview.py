"""A preview: a caption and the picture, in cells rough while keys are held and fine at rest, or in pixels."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from dpm_tui.locale import translate
from dpm_tui.tui.pictures.original_parts import Originals, cut
from dpm_tui.tui.pictures.picture_field import into_field, into_picture, seen_part
from dpm_tui.tui.pictures.picture_painter import Painter, Scene
from dpm_tui.tui.pictures.zoom import WHOLE, Box
from dpm_tui.tui.previews.caption import Caption
from dpm_tui.tui.previews.pane_layout import picture_area
from dpm_tui.tui.previews.pixel_pane import PixelPane
from dpm_tui.tui.previews.subject import Delays, Subject
from dpm_tui.tui.terminal.cell_text import cut_middle, line_of
from dpm_tui.tui.theme import Look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_CELLS_AT_ONCE = 4_000
"""Up to this size a picture is painted finely at once after a single key: cheaper than painting twice."""
_LARGE = 800
"""From so many cells on a picture takes noticeable time over a slow line."""
_THUMBNAIL_PX = 256
"""A thumbnail whose sides are all shorter is all that there is of its picture."""


class Preview(Widget):
    """Shows one file; while keys are held down it fetches and paints nothing but the caption.

    With ``originals`` it shows those where the thumbnail has too few pixels.
    """

    DEFAULT_CSS = "Preview { width: 1fr; height: 1fr; }"

    def __init__(
        self,
        look: Look,
        fetch: Callable[[int], Awaitable[Pixels]],
        delays: Delays,
        *,
        index: int = 0,
        originals: Originals | None = None,
    ) -> None:
        super().__init__(id=f"preview-{index}")
        self._look = look
        self._fetch = fetch
        self._delays = delays
        self._originals = originals
        self._painter = Painter(look)
        self._subject: Subject | None = None
        self._thumbnail: tuple[tuple[int, str], Pixels] | None = None
        self._strips: list[Strip] = []
        self._timer: Timer | None = None
        self._changed_at = 0.0
        self._held = False
        self._blank = False
        self._laid_out = Size()
        self._caption = Caption(look)
        self._pane = PixelPane(self, lambda: self.area, self._lay_anew, large=originals is not None)

    def use_frame(self, framed: bool) -> None:
        """Let the caption stand in a frame around the picture, or else above it."""
        if framed != self._caption.framed:
            self._caption.framed = framed
            self._strips = []
            self.refresh()

    @property
    def area(self) -> Region:
        """The cells that the picture may take."""
        return picture_area(self.size.width, self.size.height, framed=self._caption.framed)

    @property
    def file(self) -> int | None:
        """The file that is shown."""
        return None if self._subject is None else self._subject.file

    @property
    def seen(self) -> Box:
        """The part of its field that is seen."""
        scene, field = self._scene(), self._subject.field if self._subject else None
        return WHOLE if scene is None or field is None else into_field(scene.box, field)

    def show(self, subject: Subject | None) -> None:
        """Show a file, or nothing."""
        before, self._subject = self._subject, subject
        if subject == before:
            return
        self.refresh(*self._caption.regions(self.size))
        if subject is None:
            self._thumbnail, self._strips = None, []
            self._pane.show(None)
            self.refresh()
        elif before is None or replace(before, caption=subject.caption, frame=subject.frame) != subject:
            self._load_soon()

    def blank(self, is_blank: bool) -> None:
        """Paint nothing while another screen covers this one: hidden pictures would be sent, too."""
        if is_blank != self._blank:
            self._blank = self._pane.is_covered = is_blank
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the caption or of the picture."""
        width, text = self.size.width, self._look["text"]
        if self._subject is None or self._blank:
            return line_of([], width, text)
        area = self.area
        line = self._picture_line(y - area.y, area.width)
        return self._caption.around(line, self._subject, y, self.size)

    def _picture_line(self, y: int, width: int) -> Strip:
        """Return a line of the picture, ``width`` cells wide."""
        text = self._look["text"]
        if 0 <= y < len(self._strips):
            return self._strips[y].adjust_cell_length(width, text)
        lacking = self._thumbnail is not None and self._thumbnail[1].size == 0
        if lacking and not self._strips and y == 1:
            words = cut_middle(translate("tui.no_preview"), width - 2)
            return line_of([(" ", text), (words, self._look["dim"])], width, text)
        return line_of([], width, text)

    def on_resize(self, event: events.Resize) -> None:
        """Paint the picture in its new size; screens that come back tell their size again."""
        if event.size == self._laid_out:
            return
        self._laid_out = event.size
        self._strips = []
        self._pane.show(None)
        if self._subject is not None:
            self._after(self._delays.fetch, self._load)

    def on_mount(self) -> None:
        """Take part in what the terminal shows in pixels."""
        self._pane.join()

    def on_unmount(self) -> None:
        """Leave nothing in the terminal."""
        self._pane.leave()

    def _lay_anew(self) -> None:
        """Paint in another way: in pixels of another size, or in blocks."""
        self._strips = []
        self.refresh()
        self._load()

    def _load_soon(self) -> None:
        """Load at once after a single key; while keys are held wait until they come to rest."""
        now = time.monotonic()
        self._held, self._changed_at = now - self._changed_at < self._delays.fetch, now
        if self._held:
            self._after(self._delays.fetch, self._load)
        else:
            self._stop_timer()
            self._load()

    def _after(self, seconds: float, callback: Callable[[], Any]) -> None:
        self._stop_timer()
        self._timer = self.set_timer(seconds, callback)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def _load(self) -> None:
        if self._subject is not None and self.size.area and self.display:
            self._work(partial(self._fetch_and_paint, self._subject))

    def _work(self, task: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start a task and cancel the one before; a callable, as unused coroutines would cause warnings."""
        self.run_worker(task, group="preview", exclusive=True)  # type: ignore[arg-type]

    async def _fetch_and_paint(self, subject: Subject) -> None:
        if self._thumbnail is None or self._thumbnail[0] != subject.picture:
            pixels = await self._fetch(subject.file)
            if self._subject is None or self._subject.picture != subject.picture:
                return
            self._thumbnail = subject.picture, pixels
        scene = self._scene()
        if scene is None or not self.is_attached:
            return
        if self._pane.canvas is not None:
            await self._draw(scene)
            return
        known = self._painter.knows(scene) is not None
        at_once = (
            not self._held and scene.width * scene.height <= _CELLS_AT_ONCE and not self._wants_more(scene)
        )
        self._use(self._paint(scene, quick=not (known or at_once)))
        if not (known or at_once):
            self._after(self._delays.rest, self._refine)

    async def _draw(self, scene: Scene) -> None:
        """Show the picture in pixels: first of the thumbnail, then of the original where that has more."""
        assert self._thumbnail is not None
        more = self._wants_more(scene)
        if more and self._pane.show_known(scene):
            return
        known = self._originals.known if self._originals else None
        ready = known(scene.file, scene.box, scene.pixels[0], scene.content) if known and more else None
        pixels = self._thumbnail[1]
        part = ready if ready is not None else cut(pixels, scene.box) if pixels.size else pixels
        more = more and ready is None
        picture = await self._pane.made(scene, part, fine=not more)
        if scene == self._scene():
            self._strips = []
            self._pane.show(picture)
            if more:
                self._after(self._delays.rest, self._refine)

    def _refine(self) -> None:
        scene = self._scene()
        if scene is None or not self.is_attached:
            return
        if self._originals is not None and self._wants_more(scene):
            self._work(partial(self._refine_from, self._originals, scene))
        else:
            self._use(self._paint(scene, quick=False))

    async def _refine_from(self, originals: Originals, scene: Scene) -> None:
        """Paint from the original; from the thumbnail where that cannot be had."""
        pixels = await originals.part(scene.file, scene.box, *scene.pixels, scene.content)
        if self._pane.canvas is not None:
            picture = await self._pane.made(scene, pixels, fine=True)
            if picture is not None and scene == self._scene():
                self._pane.show(picture)
        elif scene == self._scene():
            fine = self._painter.paint(scene, pixels, quick=False) if pixels.size else []
            self._use(fine or self._paint(scene, quick=False, keep=False))

    def _paint(self, scene: Scene, *, quick: bool, keep: bool = True) -> list[Strip]:
        """Return the picture painted from a fetched part of the original, or else from the thumbnail."""
        known = self._originals.known if self._originals else None
        ready = known(scene.file, scene.box, scene.pixels[0], scene.content) if known else None
        if ready is not None:
            return self._painter.paint(scene, ready, quick=quick, keep=not quick)
        assert self._thumbnail is not None
        pixels = self._thumbnail[1]
        part = cut(pixels, scene.box) if pixels.size else pixels
        return self._painter.paint(scene, part, quick=quick, keep=keep)

    def _use(self, strips: list[Strip]) -> None:
        """Show lines if they are not the ones on the screen."""
        if strips != self._strips:
            self._strips = strips
            self.refresh(self.area)

    def _wants_more(self, scene: Scene) -> bool:
        """Return whether there are originals, and the thumbnail has fewer pixels than are shown."""
        assert self._thumbnail is not None
        if self._originals is None or seen_part(scene.box) is None:
            return False
        high, wide = self._thumbnail[1].shape[:2]
        if wide and max(high, wide) < _THUMBNAIL_PX:
            return False
        left, top, right, bottom = scene.box
        shown = int(wide * (right - left)), int(high * (bottom - top))
        return shown[0] < scene.pixels[0] and shown[1] < scene.pixels[1]

    def _scene(self) -> Scene | None:
        """Return what is to be painted, or None while it is not known what the picture looks like."""
        subject = self._subject
        if subject is None or self._thumbnail is None or self._thumbnail[0] != subject.picture:
            return None
        if (field := subject.field) is None:
            return None
        _, _, width, height = self.area
        high, wide = self._thumbnail[1].shape[:2]
        canvas = self._pane.canvas
        thrifty = canvas is None and width * height >= _LARGE
        scene = Scene(subject.file, width, height, WHOLE, subject.differs, subject.content, thrifty)
        scene = replace(scene, centred=self._caption.framed or self._originals is not None)
        if canvas is not None:
            scene = replace(scene, cell=canvas.graphics.cell)
        if self._thumbnail[1].size and width > 0 and height > 0:
            around = wide * (field[2] - field[0]), high * (field[3] - field[1])
            scene = replace(scene, box=into_picture(subject.zoom.box(around, scene.pixels), field))
        return scene
