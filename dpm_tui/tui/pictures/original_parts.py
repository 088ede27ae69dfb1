"""Parts of originals, fetched with a margin around what is seen and kept for the next look."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dpm_tui.tui.pictures.picture_field import seen_part
from dpm_tui.tui.pictures.zoom import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_MAX_PARTS = 8
_MAX_SIDE = 1536
"""Pixels of a part; eight parts take at most 54 MiB, on a usual terminal 5."""
_ENOUGH = 0.9
"""Share of the wanted resolution that is as good as all of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file; ``complete`` if the original has no more pixels there than these."""

    file: int
    content: str
    box: Box
    pixels: Pixels
    complete: bool

    def serves(self, file: int, content: str, box: Box, width: int) -> bool:
        """Return whether ``box`` can be cut out of it, ``width`` pixels wide or as wide as there are."""
        mine = self.box
        inside = mine[0] <= box[0] and mine[1] <= box[1] and box[2] <= mine[2] and box[3] <= mine[3]
        if (file, content) != (self.file, self.content) or not inside:
            return False
        density = self.pixels.shape[1] / (mine[2] - mine[0])
        return self.complete or density * (box[2] - box[0]) >= _ENOUGH * width

    def cut(self, box: Box) -> Pixels:
        """Return the pixels of ``box``, which lies inside."""
        left, top, right, bottom = self.box
        wide, high = right - left, bottom - top
        return cut(
            self.pixels,
            ((box[0] - left) / wide, (box[1] - top) / high, (box[2] - left) / wide, (box[3] - top) / high),
        )


class Originals:
    """Fetches one part at a time; requests that were replaced meanwhile are dropped.

    ``content`` tells a file from what it was before it changed.
    """

    def __init__(self, fetch: Callable[[int, int, int, Box], Awaitable[Pixels]]) -> None:
        self._fetch = fetch
        self._parts: deque[Part] = deque(maxlen=_MAX_PARTS)
        self._turn = asyncio.Lock()

    def known(self, file: int, box: Box, width: int, content: str = "") -> Pixels | None:
        """Return what a box holds of a picture if that is there already, as wide as there are pixels, or as
        ``width`` asks for all of the box."""
        seen = seen_part(box)
        return None if seen is None else self._ready(file, seen, _seen_of(width, seen, box, 0), content)

    async def part(self, file: int, box: Box, width: int, height: int, content: str = "") -> Pixels:
        """Return what a box holds of a file, which must be something, where there are so many pixels at least
        nearly as dense as ``width`` x ``height`` make all of the box.

        It is empty where it cannot be had.
        """
        seen = seen_part(box)
        assert seen is not None
        wide, high = (_seen_of(side, seen, box, axis) for axis, side in enumerate((width, height)))
        async with self._turn:
            ready = self._ready(file, seen, wide, content)
            if ready is not None:
                return ready
            # A requested picture arrives even if its request was dropped: it is worth keeping.
            return await asyncio.shield(self._ask(file, seen, wide, high, content))

    def _ready(self, file: int, box: Box, width: int, content: str) -> Pixels | None:
        serving = (part for part in self._parts if part.serves(file, content, box, width))
        return next((part.cut(box) for part in serving), None)

    async def _ask(self, file: int, box: Box, width: int, height: int, content: str) -> Pixels:
        larger = _with_margin(box, width, height)
        wide = round(width * (larger[2] - larger[0]) / (box[2] - box[0]))
        high = round(height * (larger[3] - larger[1]) / (box[3] - box[1]))
        pixels = await self._fetch(file, wide, high, larger)
        if not pixels.size:
            return pixels
        complete = pixels.shape[1] < wide - 1 and pixels.shape[0] < high - 1
        part = Part(file, content, larger, pixels, complete)
        self._parts.appendleft(part)
        return part.cut(box)


def cut(pixels: Pixels, box: Box) -> Pixels:
    """Return what ``box`` holds of an array (height, width, ...): at least one pixel, or nothing."""
    seen = seen_part(box)
    if seen is None:
        return pixels[:0, :0]
    high, wide = pixels.shape[:2]
    left, top = min(round(seen[0] * wide), wide - 1), min(round(seen[1] * high), high - 1)
    right, bottom = max(round(seen[2] * wide), left + 1), max(round(seen[3] * high), top + 1)
    return pixels[top:bottom, left:right]


def _seen_of(pixels: int, seen: Box, box: Box, axis: int) -> int:
    """Return how many of the pixels of a side of a box its seen part takes."""
    return max(round(pixels * (seen[axis + 2] - seen[axis]) / (box[axis + 2] - box[axis])), 1)


def _with_margin(box: Box, width: int, height: int) -> Box:
    """Return ``box`` with as much on each side as it has itself, within the picture and what may be asked."""
    parts = []
    for low, high, pixels in ((box[0], box[2], width), (box[1], box[3], height)):
        margin = min((high - low), (high - low) * max(_MAX_SIDE / pixels - 1, 0) / 2)
        parts.append((max(low - margin, 0.0), min(high + margin, 1.0)))
    return parts[0][0], parts[1][0], parts[0][1], parts[1][1]
