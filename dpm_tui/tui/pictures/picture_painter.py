"""The painter: parts of pictures as lines of cells, with those painted last kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.strip import Strip

from dpm_tui.tui.pictures.picture_field import bare_ground, into_field, seen_part
from dpm_tui.tui.pictures.zoom import WHOLE, Box
from dpm_tui.tui.theme import Look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_MAX_CELLS = 40_000
"""Cells of kept paintings, a few MB; at least the last two paintings are kept, for flipping."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is painted: a part of a file with this content, in so many cells, with where it differs.

    The part may reach beyond the picture. ``thrifty`` if it should take few bytes. ``cell`` is how wide and
    high a cell is, in pixels or as a proportion. ``centred`` in its cells, or else in their upper left
    corner.
    """

    file: int
    width: int
    height: int
    box: Box = WHOLE
    differs: bytes = b""
    content: str = ""
    thrifty: bool = False
    cell: tuple[int, int] = (1, 2)
    centred: bool = False

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width * self.cell[0], self.height * self.cell[1]


class Painter:
    """Paints scenes roughly or finely."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._kept: OrderedDict[tuple[Scene, bool], list[Strip]] = OrderedDict()

    def knows(self, scene: Scene, *, quick: bool = False) -> list[Strip] | None:
        """Return a painting that is kept."""
        return self._kept.get((scene, quick))

    def paint(self, scene: Scene, pixels: Pixels, *, quick: bool, keep: bool = True) -> list[Strip]:
        """Return the lines of a scene; ``pixels`` are what its box holds. Empty pixels make no lines."""
        from dpm_tui.tui.pictures.cell_renderer import Blocks, Brush, draw_inset
        from dpm_tui.tui.pictures.difference_shading import levels_in

        seen = seen_part(scene.box)
        if seen is None:
            pixels = bare_ground(scene.width, 2 * scene.height)
        if pixels.size == 0:
            return []
        ready = self.knows(scene, quick=quick) if keep else None
        if ready is not None:
            self._kept.move_to_end((scene, quick))
            return ready
        look = self._look
        blocks = Blocks.WHOLE if look.whole_cells else Blocks.QUADRANT if look.quadrants else Blocks.HALF
        brush = Brush(look.palette, blocks, quick, scene.centred, scene.thrifty)
        differs = levels_in(scene.differs, scene.box)
        inset = WHOLE if seen is None else into_field(seen, scene.box)
        strips = draw_inset(pixels, scene.width, scene.height, brush, differs, inset)
        if keep:
            self._kept[scene, quick] = strips
            room = max(_MAX_CELLS // max(scene.width * scene.height, 1), 2)
            while len(self._kept) > room:
                self._kept.popitem(last=False)
        return strips
