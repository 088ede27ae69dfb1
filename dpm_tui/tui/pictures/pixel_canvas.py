"""The pixel canvas: which pictures the terminal shows among its cells, brought in line after each frame."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol as Interface

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size

from dpm_tui.tui.pictures.cell_pictures import draw_at
from dpm_tui.tui.pictures.kitty_graphics import forget, place, take_away
from dpm_tui.tui.pictures.picture_painter import Scene
from dpm_tui.tui.pictures.pixel_picture import PixelPicture
from dpm_tui.tui.terminal.graphics import Graphics
from dpm_tui.tui.terminal.shown_cells import Pieces

_MOST_KEPT = 32
"""Pictures: a few hundred KB here, ten MB or so in the terminal."""
_WORTH_TIMING = 6_000
"""Bytes from which the time that they take says something of the line."""
_SLOW_SECONDS = 1.5
_ASK_STATE = "\x1b[5n"


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture and where its upper left cell is on the screen."""

    picture: PixelPicture
    corner: tuple[int, int]

    @property
    def region(self) -> Region:
        """The cells that it covers."""
        return Region(*self.corner, *self.picture.cells)


class Pane(Interface):
    """A place where a picture may stand."""

    def placed(self) -> Placed | None:
        """Return the picture that is to be seen now, None where there is none or something covers it."""

    def lay_anew(self) -> None:
        """Paint again: in blocks from now on, or in cells of another size."""


def written_regions(update: object, size: Size) -> list[Region]:
    """Return which cells an update of the screen writes: all of them if it is none that is known."""
    if isinstance(update, Pieces):
        return [Region(x, y, strip.cell_length, 1) for x, y, strip in update.pieces]
    if isinstance(update, ChopsUpdate):
        return [Region(start, y, end - start, 1) for y, start, end in update.spans]
    return [update.region if isinstance(update, LayoutUpdate) else size.region]


class PixelCanvas:
    """Shows the pictures of panes; ``write`` sends them to the terminal.

    ``erase`` writes cells anew that a picture lies in. ``later`` calls back after a moment. ``too_slow`` is
    called once if the line is too slow for pictures: from then on there are none.
    """

    def __init__(
        self,
        graphics: Graphics,
        write: Callable[[str], None],
        erase: Callable[[Region], None],
        too_slow: Callable[[], None],
        later: Callable[[Callable[[], None]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.graphics = graphics
        self.is_open = True
        self._write = write
        self._erase = erase
        self._too_slow = too_slow
        self._later = later
        self._waits = False
        self._clock = clock
        self._panes: dict[int, Pane] = {}
        self._places = count(1)
        self._shown: dict[int, Placed] = {}
        self._damaged: set[int] = set()
        self._going: set[int] = set()
        self._sent: OrderedDict[int, None] = OrderedDict()
        self._kept: OrderedDict[tuple[Scene, bool], PixelPicture] = OrderedDict()
        self._asked_at: float | None = None

    def join(self, pane: Pane) -> None:
        """Show the pictures of a pane from now on."""
        self._panes[next(self._places)] = pane

    def leave(self, pane: Pane) -> None:
        """Show no pictures of a pane any more."""
        for number in [number for number, each in self._panes.items() if each is pane]:
            del self._panes[number]
            shown = self._shown.pop(number, None)
            if shown is None:
                continue
            if self.graphics.protocol.keeps:
                self._write(take_away(shown.picture.number, number))
            else:
                self._erase(shown.region)

    def known(self, scene: Scene, *, fine: bool) -> PixelPicture | None:
        """Return the picture of a scene if it was made before."""
        picture = self._kept.get((scene, fine))
        if picture is not None:
            self._kept.move_to_end((scene, fine))
        return picture

    def keep(self, scene: Scene, picture: PixelPicture, *, fine: bool) -> None:
        """Keep the picture of a scene."""
        self._kept[scene, fine] = picture
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def painted(self, regions: Iterable[Region]) -> None:
        """Bring the terminal in line after cells were written."""
        if not self._panes:
            return
        if not self.graphics.protocol.keeps:
            written = list(regions)
            for number, shown in self._shown.items():
                if any(shown.region.overlaps(region) for region in written):
                    self._damaged.add(number)  # letters took its place
        self.show()

    def show(self) -> None:
        """Show what is to be seen and hide what is not; what lies in cells once frames have settled."""
        if self.graphics.protocol.keeps:
            self._place()
        elif not self._waits:
            self._waits = True
            self._later(self._draw)

    def _place(self) -> None:
        """Lay pictures over the cells, and take others away after that: one is always to be seen."""
        parts: list[str] = []
        for number, pane in self._open_panes():
            wanted, shown = pane.placed(), self._shown.get(number)
            if wanted == shown:
                continue
            if wanted is not None:
                self._shown[number] = wanted
                parts += self._placed(number, wanted)
            else:
                del self._shown[number]
            if shown is not None and (wanted is None or shown.picture is not wanted.picture):
                parts.append(take_away(shown.picture.number, number))
        self._send("".join(parts))

    def _draw(self) -> None:
        """Draw pictures in their cells; first those cells are written anew that would stay of others."""
        self._waits = False
        parts: list[str] = []
        for number, pane in self._open_panes():
            wanted, shown = pane.placed(), self._shown.get(number)
            if wanted is not None:
                self._going.discard(number)
            elif shown is not None and number not in self._going:
                # While screens change a pane may have no place for a moment: that costs no picture.
                self._going.add(number)
                self.show()
                continue
            if shown is not None and (wanted is None or not wanted.region.contains_region(shown.region)):
                del self._shown[number]
                self._erase(shown.region)
                self.show()
            elif wanted is not None and not self._waits and (wanted != shown or number in self._damaged):
                self._shown[number] = wanted
                self._damaged.discard(number)
                parts.append(draw_at(wanted.corner, wanted.picture.sequence))
        self._send("".join(parts))

    def _open_panes(self) -> list[tuple[int, Pane]]:
        return list(self._panes.items()) if self.is_open else []

    def clear(self) -> None:
        """Take everything away, before the terminal is left: it knows nothing of these pictures any more."""
        sequences = "".join(forget(number) for number in self._sent)
        self._sent.clear()
        self._shown.clear()
        self._asked_at = None
        if sequences:
            self._write(sequences)

    def lay_anew(self, cell: tuple[int, int]) -> None:
        """Follow a change of the terminal's size, or of its cells."""
        if self.graphics.protocol.keeps:
            shown = self._shown.items()
            self._write("".join(take_away(each.picture.number, number) for number, each in shown))
        self._shown.clear()  # the terminal is cleared, and painted anew
        if all(cell) and cell != self.graphics.cell:
            self.graphics = replace(self.graphics, cell=cell)
            for pane in self._panes.values():
                pane.lay_anew()

    def answered(self) -> None:
        """Learn from the time of the terminal's answer how slow the line is."""
        if self._asked_at is None:
            return
        taken, self._asked_at = self._clock() - self._asked_at, None
        if taken > _SLOW_SECONDS and not self.graphics.insists and self.is_open:
            self.close()
            self._too_slow()

    def close(self) -> None:
        """Show no picture any more: panes go on in blocks."""
        self.clear()
        self.is_open = False
        for pane in self._panes.values():
            pane.lay_anew()

    def _placed(self, number: int, wanted: Placed) -> list[str]:
        picture = wanted.picture
        parts = [] if picture.number in self._sent else [picture.sequence]
        self._sent[picture.number] = None
        self._sent.move_to_end(picture.number)
        parts.append(place(picture.number, number, wanted.corner, picture.cells))
        while len(self._sent) > _MOST_KEPT:
            parts.append(forget(self._sent.popitem(last=False)[0]))
        return parts

    def _send(self, sequences: str) -> None:
        if not sequences:
            return
        if len(sequences) > _WORTH_TIMING and self._asked_at is None:
            self._asked_at = self._clock()
            sequences += _ASK_STATE
        self._write(sequences)
