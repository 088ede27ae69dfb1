"""The ground that a cut-out was flattened on: one colour, or the checkerboard that image editors show."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.transparency.checkerboard import find_checkerboard
from dpm_tui.pipeline.transparency.cutout import Cutout, Picture

Numbers = NDArray[np.float32]

CLEAR = 0.9
"""Transparency from which a place counts as ground."""
HALF_CLEAR = 0.3
"""The same where nothing is as clear as that."""
PLACES = 24
"""Places that must show the ground."""
NEAR = 20.0
"""Levels by which a place of a plain ground may be off: a JPEG rings along edges."""
NEAR_BOARD = 30.0
"""The same of a checkerboard, which has edges of its own."""
PLAIN = 0.9
"""Share of the places that must be so near."""
EVEN = 4.0
"""Spread in levels from which a ground may be a checkerboard."""
_LIGHT = np.array([0.299, 0.587, 0.114], np.float32)
_AREA = cv2.INTER_AREA
BORDER = 0.5
"""Share of the border of a picture that is of one colour if the picture is taken to lie on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A colour as three levels; of a checkerboard the mean, and how far each place lies from that."""

    colour: Numbers
    pattern: Numbers | None = None


def find_ground(picture: Picture, cutout: Cutout, flat: Picture) -> Ground | None:
    """Return the ground on which ``flat`` shows a cut-out of the same size; None where there is none.

    All of the ground must fit: a cut-out that lies on another picture was not flattened.
    """
    clear = clearness(cutout)
    shown = showing(clear)
    if shown is None:
        return None
    share = clear[shown][:, None]
    figure = picture[shown].astype(np.float32) - share * np.float32(cutout.level)
    seen: Numbers = ((flat[shown] - figure) / share).astype(np.float32)
    middle = np.median(seen, axis=0)
    if float(np.abs(seen - middle).mean()) > EVEN:
        light = np.zeros(clear.shape, np.float32)
        light[shown] = seen.mean(axis=1)
        board = find_checkerboard(light, shown)
        if board is not None:
            return _checkered(seen, board, shown)
    near = np.abs(seen - middle).max(axis=1) <= NEAR
    if float(near.mean()) < PLAIN:
        return None
    return Ground(np.clip(seen[near].mean(axis=0), 0, 255).astype(np.float32))


def find_border_colour(picture: Picture) -> Ground | None:
    """Return the colour that most of the border of a picture has, None where there is none."""
    edge = max(1, round(max(picture.shape[:2]) / 100))
    sides = (picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:])
    border = np.concatenate([side.reshape(-1, 3) for side in sides]).astype(np.float32)
    near = np.abs(border - np.median(border, axis=0)).max(axis=1) <= NEAR
    return Ground(border[near].mean(axis=0)) if float(near.mean()) >= BORDER else None


def lay_on(picture: Picture, cutout: Cutout, colour: Numbers, *, coarse: bool = True) -> Picture:
    """Return a picture that shows a cut-out on its own grey level on another colour, or on one a place.

    Where the colours of the picture are ``coarse``, kept at half its size as those of a JPEG are, the ground
    runs into the figure as it does there.
    """
    clear = clearness(cutout)
    change = clear[..., None] * (colour - np.float32(cutout.level))
    if coarse and min(clear.shape) > 1:
        half = cv2.resize(clear, ((clear.shape[1] + 1) // 2, (clear.shape[0] + 1) // 2), interpolation=_AREA)
        smeared = np.asarray(cv2.resize(half, (clear.shape[1], clear.shape[0])), np.float32)
        light = (colour @ _LIGHT)[..., None] if np.ndim(colour) > 1 else colour @ _LIGHT
        change += (smeared - clear)[..., None] * (colour - light)
    laid: Picture = np.clip(picture + change + np.float32(0.5), 0, 255).astype(np.uint8)
    return laid


def take_pattern_out(flat: Picture, cutout: Cutout, colour: Numbers, pattern: Numbers) -> Picture:
    """Return a picture that shows a cut-out of its size on a checkerboard on the mean colour of that.

    What lies on the board besides stays.
    """
    clear = clearness(cutout)
    evened = flat - clear[..., None] * pattern
    bare = (clear >= CLEAR) & (np.abs(evened - colour).max(axis=2) <= NEAR_BOARD)
    evened[bare] = colour
    plain: Picture = np.clip(evened + np.float32(0.5), 0, 255).astype(np.uint8)
    return plain


def clearness(cutout: Cutout) -> Numbers:
    """Return how transparent each place of a cut-out is, 0 to 1."""
    clear: Numbers = np.float32(1) - cutout.alpha.astype(np.float32) / np.float32(255)
    return clear


def resize_cutout(cutout: Cutout, size: tuple[int, int]) -> Cutout:
    """Return a cut-out at another width and height."""
    if (cutout.alpha.shape[1], cutout.alpha.shape[0]) == size:
        return cutout
    smaller = cutout.alpha.shape[1] > size[0]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return Cutout(np.asarray(cv2.resize(cutout.alpha, size, interpolation=way), np.uint8), cutout.level)


def showing(clear: Numbers) -> NDArray[np.bool_] | None:
    """Return the places that show a ground, away from edges if there are enough; None if there are few."""
    for least in (CLEAR, HALF_CLEAR):
        shown = (clear >= least).astype(np.uint8)
        for size in (5, 3, 1):
            inner = cv2.erode(shown, np.ones((size, size), np.uint8), borderValue=1)
            if np.count_nonzero(inner) >= PLACES:
                return np.asarray(inner > 0)
    return None


def _checkered(seen: Numbers, board: Numbers, shown: NDArray[np.bool_]) -> Ground | None:
    """Return the ground of a board of -1 to 1 a place, None where its colours are none of a checkerboard."""
    side = board[shown]
    if min(np.count_nonzero(side > 0.9), np.count_nonzero(side < -0.9)) < PLACES // 2:
        return None
    light, dark = (np.median(seen[chosen], axis=0) for chosen in (side > 0.9, side < -0.9))
    if max(float(np.ptp(light)), float(np.ptp(dark))) > NEAR:
        return None
    colour = ((light + dark) / 2).astype(np.float32)
    pattern = board[..., None] * ((light - dark) / 2).astype(np.float32)
    near = np.abs(seen - pattern[shown] - colour).max(axis=1) <= NEAR_BOARD
    return Ground(colour, pattern) if float(near.mean()) >= PLAIN else None
