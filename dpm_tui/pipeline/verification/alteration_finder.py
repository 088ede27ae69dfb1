"""Alteration finder: which of two aligned pictures was altered, and how; the other one is the better.

The whole picture is better than a part that was cut out of it; a picture is better than one that has bars, a
frame or a page around it, that has something on it, or that lost its colours. Where the altered one shows
more pixels of what both show, neither replaces the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Alteration, Altered, Kind
from dpm_tui.pipeline.alignment.overlap import Overlap
from dpm_tui.pipeline.comparison.colour_loss import find_colour_loss
from dpm_tui.pipeline.comparison.overlay_detection import find_overlaid
from dpm_tui.pipeline.comparison.rounded_corners import are_corners_rounded, find_rounded
from dpm_tui.pipeline.comparison.surroundings import is_on_plain_ground, name_surroundings
from dpm_tui.pipeline.verification.alignment_hypothesis import AlignmentHypothesis

Picture = NDArray[np.uint8]

WHOLE = 0.95
"""Share of a picture that must be seen in the other one for it to be a part of that."""
LEVEL = 0.02
"""Share of a side by which a box may be askew and still be a box."""
LARGER = 1.1
"""Times the pixels of what both show from which a picture is the larger: where a part ends is known to one
pixel in 256."""
_PARTS = frozenset({Alteration.CUT, Alteration.OVERLAP})


def find_alteration(kind: Kind, view: AlignmentHypothesis, first: Picture, second: Picture) -> Altered | None:
    """Return how one of two RGB pictures, in the order of the view, was altered; None where that is unknown.

    Only a crop or an edited picture tells.
    """
    match kind:
        case Kind.CROP:
            return _find_crop(first, second, view.overlap)
        case Kind.EDITED:
            found = _find_edit(view)
            if found is None:
                return None
            how, which = found
            covered = _round(view.overlap.covered)
            return Altered(how, which if covered[1 - which] <= covered[which] + 1 - WHOLE else None, covered)
    return None


def weigh_altered(altered: Altered, first: int, second: int) -> Better:
    """Return which of two pictures of so many pixels is the better."""
    if altered.which is None:
        return Better.UNTOLD
    shown = [share * pixels for share, pixels in zip(altered.covered, (first, second), strict=True)]
    if shown[altered.which] > shown[1 - altered.which] * LARGER:
        return Better.UNTOLD
    return Better.SECOND if altered.which == 0 else Better.FIRST


def _find_crop(first: Picture, second: Picture, overlap: Overlap) -> Altered:
    covered = _round(overlap.covered)
    outer = int(covered[1] < covered[0])
    if covered[1 - outer] < WHOLE:
        return Altered(Alteration.OVERLAP, None, covered)
    from_inner = np.linalg.inv(overlap.into[outer]) @ overlap.into[1 - outer]
    corners = from_inner @ np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1]], float)
    x, y = corners[:2] / corners[2]
    how = _name_outside((first, second)[outer], x, y)
    return Altered(how, 1 - outer if how in _PARTS else outer, covered)


def _name_outside(outer: Picture, x: NDArray[np.float64], y: NDArray[np.float64]) -> Alteration:
    """Return what lies around a part of a picture, given by the places of its corners, 0..1."""
    if max(_spread(x), _spread(y)) <= LEVEL:
        return name_surroundings(outer, (min(x), min(y), max(x), max(y)))
    return Alteration.TILTED if is_on_plain_ground(outer, np.stack((x, y), axis=1)) else Alteration.CUT


def _find_edit(view: AlignmentHypothesis) -> tuple[Alteration, int] | None:
    difference = view.difference
    if view.clean:
        return find_colour_loss(*difference.pictures, difference.mask)
    if are_corners_rounded(difference):
        which = find_rounded(difference)
        return None if which is None else (Alteration.ROUNDED, which)
    # What is neither clean nor has rounded corners is called edited for an overlay alone.
    which = find_overlaid(difference)
    return None if which is None else (Alteration.OVERLAID, which)


def _round(shares: tuple[float, float]) -> tuple[float, float]:
    return round(shares[0], 4), round(shares[1], 4)


def _spread(values: NDArray[np.float64]) -> float:
    """Return how far the corners of a box are from lying two by two on a line."""
    low, near, far, high = np.sort(values)
    return float(max(near - low, high - far))
