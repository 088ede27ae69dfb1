"""Surroundings: what lies around a picture inside a larger one, and whether somebody put it there.

A part that was cut out of a picture goes on beyond its edges. What was put around a picture begins at a
straight line along each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.verdict import Alteration

Picture = NDArray[np.uint8]
Levels = NDArray[np.int16]
Box = tuple[float, float, float, float]

NARROW = 2.5
"""Pixels that a margin has at least: of a narrower one nothing can be said."""
STEPS = (8, 24, 64)
"""Levels of a step across an edge: in a picture full of detail only high ones stand out."""
SEAM = 0.55
"""Share of an edge along which the step is seen where something was put around a picture."""
ABOVE = 0.2
"""By how much that share exceeds that of lines beside the edge."""
NEAR, FAR = 3, 8
"""Pixels between which the lines beside an edge lie."""
PLAIN_STEP, PLAIN = 6, 0.95
"""Levels from its middle colour and share of a plain margin within them."""
FLAT = 0.5
"""Share of a margin of one colour that writing leaves."""
FAINT, DETAILED = 0.35, 2.0
"""Share of the detail of the inner picture that bars have at most, and levels of detail that can end."""
GOES_ON = 0.3
"""Share of an edge beyond which the colour of a margin goes on: then the ground of a drawing was cut."""
SHARP, WRITTEN = 24, 0.004
"""Levels of a sharp step, and share of such steps that tells writing from blur."""
FEWEST = 60
"""Pixels that a ground has at least."""
EVEN = 0.25
"""Share by which two bars may differ in width, or two pixels."""


@dataclass(frozen=True, slots=True)
class _Margin:
    """One side of what surrounds a picture.

    ``width`` is in pixels. ``ends`` says that the picture ends there: at a line, or its detail does.
    ``flat`` is the share of the margin that has its ``middle`` colour, ``detail`` the mean step between
    neighbours in it, in levels, ``sharp`` the share of sharp steps.
    """

    width: float
    ends: bool
    middle: NDArray[np.float64]
    flat: float
    detail: float
    sharp: float

    @property
    def is_plain(self) -> bool:
        return self.flat >= PLAIN and self.sharp < WRITTEN


def name_surroundings(outer: Picture, box: Box) -> Alteration:
    """Return what lies around the part ``box`` (left, top, right, bottom, 0..1) of an RGB picture.

    ``CUT`` where nothing shows that it was put there.
    """
    levels = outer.astype(np.int16)
    height, width = levels.shape[:2]
    left, right = (round(x * width) for x in (box[0], box[2]))
    top, bottom = (round(y * height) for y in (box[1], box[3]))
    inner = levels[max(top, 0) : bottom, max(left, 0) : right]
    if min(inner.shape[:2]) < 2 * FAR:
        return Alteration.CUT
    sides: list[_Margin | None] = []
    # Left, right, below, above: quarter turns against the clock make each the left one.
    for turns, edge, first, last in (
        (0, left, top, bottom),
        (2, width - right, height - bottom, height - top),
        (-1, height - bottom, left, right),
        (1, top, width - right, width - left),
    ):
        sides.append(_find_margin(np.rot90(levels, turns), edge, first, last))
    return _name(sides, _detail(inner)[0])


def is_on_plain_ground(outer: Picture, corners: NDArray[np.float64]) -> bool:
    """Return whether an RGB picture is plain around a part, given by the places (4, 2) of its corners."""
    height, width = outer.shape[:2]
    ground = np.ones((height, width), np.uint8)
    cv2.fillConvexPoly(ground, np.round(corners * (width, height)).astype(np.int32), 0)
    # The pixels next to the edge are a mixture of both sides.
    clear = cv2.erode(ground, np.ones((7, 7), np.uint8)) > 0
    levels = outer.astype(np.int16)[clear]
    if len(levels) < FEWEST:
        return False
    return _flatness(levels)[1] >= PLAIN


def _name(sides: Sequence[_Margin | None], detail: float) -> Alteration:
    """Return the form of the margins left, right, below and above, None for one that is not there."""
    there = [side for side in sides if side is not None]
    open_ = [side for side in there if not side.ends]
    if not there or (open_ and not _are_alike(there, len(open_))):
        return Alteration.CUT
    for one, other in (sides[:2], sides[2:]):
        if one is not None and other is not None and len(there) == 2 and _are_bars(one, other, detail):
            return Alteration.BARS
    if all(side.is_plain for side in there):
        return Alteration.STRIP if len(there) == 1 else Alteration.FRAME
    if len(there) == 1:
        return Alteration.STRIP if there[0].flat >= FLAT else Alteration.COLLAGE
    area = sum(side.width for side in there)
    flat = sum(side.width * side.flat for side in there) / area
    return Alteration.SCREENSHOT if flat >= FLAT else Alteration.COLLAGE


def _are_alike(sides: Sequence[_Margin], open_: int) -> bool:
    """Return whether margins are plain and of one colour, and the picture seems to go on in one at most.

    A dark scene between black bars may meet one of them without an edge.
    """
    apart = max(float(np.abs(side.middle - sides[0].middle).max()) for side in sides)
    return open_ == 1 < len(sides) and apart <= PLAIN_STEP and all(side.is_plain for side in sides)


def _are_bars(one: _Margin, other: _Margin, detail: float) -> bool:
    narrow, wide = sorted((one.width, other.width))
    even = wide - narrow <= max(2.0, EVEN * wide)
    blurred = all(side.sharp < WRITTEN and side.detail < FAINT * detail for side in (one, other))
    return even and (blurred or (one.is_plain and other.is_plain))


def _find_margin(levels: Levels, edge: int, first: int, last: int) -> _Margin | None:
    """Return the left margin of a picture that ends at column ``edge``, beside its rows first to last."""
    if edge < NARROW:
        return None
    rows = levels[max(first, 0) : last]
    # The pixels next to the edge are a mixture of both sides.
    strip = levels[:, : max(edge - 2, 1)]
    middle, flat = _flatness(strip.reshape(-1, 3))
    detail, sharp = _detail(strip)
    goes_on = (np.abs(rows[:, edge + 1 : edge + 3] - middle).max(axis=2) <= PLAIN_STEP).mean() > GOES_ON
    ends = _has_seam(rows, edge) or (not goes_on and _detail_ends(rows, edge))
    return _Margin(edge, ends, middle, flat, detail, sharp)


def _flatness(levels: Levels) -> tuple[NDArray[np.float64], float]:
    """Return the middle colour of pixels (N, 3), and the share of them that has it."""
    middle = np.median(levels, axis=0)
    return middle, float((np.abs(levels - middle).max(axis=1) <= PLAIN_STEP).mean())


def _has_seam(rows: Levels, edge: int) -> bool:
    """Return whether a line runs along a column, to within two pixels."""
    start = max(edge - 1 - FAR, 0)
    near = rows[:, start : edge + FAR + 2]
    steps = np.abs(near[:, 2:] - near[:, :-2]).max(axis=2)
    at = edge - 1 - start
    for step in STEPS:
        shares = (steps >= step).mean(axis=0)
        own = shares[max(at - 2, 0) : at + 3]
        beside = np.concatenate(
            (shares[max(at - FAR, 0) : max(at - NEAR, 0)], shares[at + NEAR + 1 : at + FAR + 1])
        )
        if len(own) and len(beside) and own.max() >= max(SEAM, np.quantile(beside, 0.75) + ABOVE):
            return True
    return False


def _detail_ends(rows: Levels, edge: int) -> bool:
    """Return whether there is detail right of a column and none left of it."""
    outside, inside = (
        _detail(rows[:, start : start + NEAR + 1])[0] for start in (max(edge - NEAR - 3, 0), edge + 1)
    )
    return inside >= DETAILED and outside < FAINT * inside


def _detail(part: Levels) -> tuple[float, float]:
    """Return the mean step between neighbours below each other, in levels, and the share of sharp ones."""
    if len(part) < 2:
        return 0.0, 0.0
    steps = np.abs(np.diff(part.mean(axis=2, dtype=np.float32), axis=0))
    return float(np.minimum(steps, 32).mean()), float((steps >= SHARP).mean())
