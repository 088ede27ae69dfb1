"""Flattenings: a cut-out beside an opaque picture is compared on the ground that the picture shows it on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.verdict import GRID, Kind, PairJudge, Verdict
from dpm_tui.pipeline.transparency.cutout import Cutout, Picture, StoredPicture
from dpm_tui.pipeline.transparency.ground import (
    CLEAR,
    clearness,
    find_border_colour,
    find_ground,
    lay_on,
    resize_cutout,
    showing,
    take_pattern_out,
)

Flags = NDArray[np.bool_]

SAME_ASPECT = 0.03
"""Aspects this close may be one frame."""
OPAQUE = 0.5
CONTRAST = 28
"""Levels by which a place and its neighbours must stand out from the ground to be seen: a JPEG rings along
the outline of what is dark on white."""
SEEN = 0.5
"""Share of a figure, or of its outline, that must be seen on a ground for anything but a variant: what is
not seen may be another figure's."""
BARELY_SEEN = 0.15
"""The same for anything at all."""
OTHER_ALPHA = 64
OTHER_SHARE = 0.01
"""Share of the places whose alpha differs by more than that from which two cut-outs are none of one shape."""
MAX_VARIANT, MAX_EDITED = 0.85, 0.96
_SHOWN = 128


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Two pictures as they are to be compared, and the limits on their verdict.

    ``seen`` is the share of a cut-out that stands out from its ground. ``doubt`` marks the places that
    speak against a copy; the kind may be no closer than ``at_most``.
    """

    first: Picture
    second: Picture
    seen: float = 1.0
    doubt: Flags | None = None
    at_most: Kind = Kind.VARIANT


def lay_alike(first: StoredPicture, second: StoredPicture, *, coarse: bool = True) -> Laid:
    """Return two pictures as they are to be compared: opaque ones, and two cut-outs, as they are.

    The colours of thumbnails are ``coarse`` (see ``ground.lay_on``).
    """
    if first.cutout is None and second.cutout is None:
        return Laid(first.pixels, second.pixels)
    if first.cutout is not None and second.cutout is not None:
        return _lay_cutouts(first.pixels, first.cutout, second.pixels, second.cutout)
    if second.cutout is not None:
        laid = _lay_flattening(second.pixels, second.cutout, first.pixels, coarse)
        return replace(laid, first=laid.second, second=laid.first)
    assert first.cutout is not None
    return _lay_flattening(first.pixels, first.cutout, second.pixels, coarse)


def judge_stored(
    judge: PairJudge, first: StoredPicture, second: StoredPicture, cosine: float
) -> Verdict | None:
    """Return the verdict of a judge on two thumbnails, each on the ground that the other one shows."""
    laid = lay_alike(first, second)
    if laid.seen < BARELY_SEEN:
        return None
    verdict = judge.judge(laid.first, laid.second, cosine)
    return verdict if verdict is None or laid.doubt is None else _limit(verdict, laid.doubt, laid.at_most)


def _lay_flattening(picture: Picture, cutout: Cutout, flat: Picture, coarse: bool) -> Laid:
    """Return a cut-out on the ground of an opaque picture, and that picture."""
    size = small = picture.shape[1], picture.shape[0]
    ground = None
    alike = abs(math.log(size[0] * flat.shape[0] / (size[1] * flat.shape[1])))
    framed = alike < SAME_ASPECT + 0.6 / min(*size, *flat.shape[:2])
    if framed:
        small = min(size, (flat.shape[1], flat.shape[0]))
        reduced = (cv2.resize(p, small, interpolation=cv2.INTER_AREA) for p in (picture, flat))
        own, other = (np.asarray(p, np.uint8) for p in reduced)
        ground = find_ground(own, resize_cutout(cutout, small), other)
    composed = framed and ground is None and showing(clearness(cutout)) is not None
    ground = ground or find_border_colour(flat)
    colour = np.full(3, cutout.level, np.float32) if ground is None else ground.colour
    laid = picture
    if float(np.abs(colour - cutout.level).max()) > 2:
        laid = lay_on(picture, cutout, colour, coarse=coarse)
    if ground is not None and ground.pattern is not None:
        shape = flat.shape[1], flat.shape[0]
        pattern = ground.pattern if shape == small else cv2.resize(ground.pattern, shape)
        flat = take_pattern_out(flat, resize_cutout(cutout, shape), colour, np.asarray(pattern, np.float32))
    seen, hidden = _measure_seen(laid, cutout, colour)
    if seen < SEEN:
        return Laid(laid, flat, seen, hidden)
    if composed:
        return Laid(laid, flat, seen, clearness(cutout) >= CLEAR, Kind.EDITED)
    return Laid(laid, flat, seen)


def _lay_cutouts(first: Picture, one: Cutout, second: Picture, other: Cutout) -> Laid:
    """Return two cut-outs on one ground, the darker of theirs."""
    level = np.full(3, min(one.level, other.level), np.float32)
    first = first if one.level == level[0] else lay_on(first, one, level)
    second = second if other.level == level[0] else lay_on(second, other, level)
    size = one.alpha.shape[1], one.alpha.shape[0]
    mine, theirs = one.alpha, resize_cutout(other, size).alpha
    near = np.ones((5, 5), np.uint8)
    above = cv2.subtract(mine, cv2.dilate(theirs, near))
    below = cv2.subtract(cv2.erode(theirs, near), mine)
    apart: Flags = cv2.max(above, below) > OTHER_ALPHA
    return Laid(first, second, 1.0, apart if float(apart.mean()) > OTHER_SHARE else None)


def _measure_seen(laid: Picture, cutout: Cutout, colour: NDArray[np.float32]) -> tuple[float, Flags]:
    """Return the share of a cut-out, or of its outline, that stands out from its ground, and what hides."""
    opaque = cutout.alpha >= 255 * OPAQUE
    apart = cv2.blur(np.abs(laid.astype(np.float32) - colour).max(axis=2), (3, 3)) > CONTRAST
    hidden: Flags = opaque & ~apart
    area = int(np.count_nonzero(opaque))
    if not area:
        return 0.0, cutout.alpha > 0
    seen = 1 - np.count_nonzero(hidden) / area
    solid = opaque.astype(np.uint8)
    rim = (solid - cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=1)) > 0
    near = cv2.dilate((opaque & apart).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    length = int(np.count_nonzero(rim))
    outline = np.count_nonzero(rim & near) / length if length else seen
    return float(max(seen, outline)), hidden


def _limit(verdict: Verdict, doubt: Flags, at_most: Kind) -> Verdict:
    """Return a verdict of a kind no closer than one, with the places in doubt shown."""
    if verdict.kind is Kind.VARIANT or (at_most is Kind.EDITED and verdict.kind is not Kind.COPY):
        return verdict
    bound = MAX_VARIANT if at_most is Kind.VARIANT else MAX_EDITED
    share = cv2.resize(doubt.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA)
    places = np.where(share >= max(float(share.max()) / 2, 1e-6), _SHOWN | 1, 0)
    differs = np.maximum(np.frombuffer(verdict.differs, np.uint8), places.ravel()).astype(np.uint8)
    return Verdict(at_most, min(verdict.similarity, bound), differs.tobytes())
