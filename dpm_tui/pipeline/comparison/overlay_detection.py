"""Overlays: text, a watermark or a sticker put on top of a picture, told from content that changed."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.difference import Difference, compare_aligned
from dpm_tui.pipeline.comparison.score_network import score_network_named

TOUCHED = 10.0
"""Difference in levels from which a pixel belongs to the change; coding noise stays below."""
JOIN = np.ones((5, 5), np.uint8)
"""Strokes this near to each other are one piece."""
LARGEST = 0.45
"""Share of the frame that an overlay may touch."""

SURE = 0.5
"""Score from which a change is called an overlay; in doubt a change is a variant."""
JOIN_WORDS, CLEARANCE = np.ones((9, 9), np.uint8), np.ones((7, 7), np.uint8)
"""What is joined to one overlay, and how far around it coding may have smeared it."""
LEAST_BARE = 0.5
"""Share of the frame that lies beside an overlay at least."""
LIVE_BARE, SAME_BARE, SHARED_BARE, AGREED_BARE = 40, 15.0, 0.85, 0.95
"""Tiles with structure, tiles that are the same, and shares of both that agree beside an overlay at least."""
SURE_BARE, STRONGER, GAINED = 3.0, 0.7, 2.5
"""Score of an overlay, and the first and third trait, at least where it hides most of what there is to agree
on: three in four lines of text on plain drawings reach these, and of faces with another expression in the
same outline, 77 that looked like overlays, two."""
CLEARLY = 1.25
"""Times as strong that edges are in the picture that has the overlay."""
LEAST_FIELD, PLAIN, MOSTLY, OUTLINED = 0.08, 3.0, 0.8, 12.0
"""Share of the frame that a plain field takes at least; levels from pixel to pixel within it, half of which
stay below the second number, and this share below twice as much; levels by which its outline stands out."""
_NEAR = np.ones((3, 3), np.uint8)
NOTHING = np.zeros(17)
"""Traits where too little or too much has changed to say."""


def is_overlay(difference: Difference) -> bool:
    """Return whether what differs between two pictures of one frame was put on top of one of them."""
    return score_network_named("overlay").score(np.append(difference.features, traits(difference))) > SURE


def agrees_beside_overlay(difference: Difference) -> bool:
    """Return whether two pictures are one but for what was put on top of one of them.

    What is around the overlay is compared again, by itself: on a plain drawing a line of text takes most of
    what there is to agree on.
    """
    touched = cv2.morphologyEx((difference.change > TOUCHED).astype(np.uint8), cv2.MORPH_CLOSE, JOIN_WORDS)
    bare = cv2.dilate(touched, CLEARANCE) == 0
    if difference.mask is not None:
        bare &= difference.mask == 255
    if float(bare.mean()) < LEAST_BARE:
        return False
    found = traits(difference)
    score = score_network_named("overlay").score(np.append(difference.features, found))
    if score < SURE_BARE or found[0] < STRONGER or found[2] < GAINED:
        return False
    rest = compare_aligned(*difference.pictures, np.where(bare, np.uint8(255), np.uint8(0)), rich=True)
    structure = rest.structure
    told = rest.live >= LIVE_BARE and structure.same >= SAME_BARE and structure.share >= SHARED_BARE
    return told and rest.agreement >= AGREED_BARE


def find_overlaid(difference: Difference) -> int | None:
    """Return which of two pictures, 0 or 1, an overlay lies on, None where that is unclear.

    It is the one with a plain field where they differ most, or more edges at the outlines of what differs.
    """
    touched = (difference.change > TOUCHED).astype(np.uint8)
    outline = _outline(touched, JOIN)
    if not outline.any():
        return None
    edges = [_edges(picture) for picture in difference.toned]
    field = _largest_field(touched)
    if field is not None:
        plain = [_is_plain(each, field) for each in edges]
        if plain[0] != plain[1]:
            return plain.index(True)
    first, second = (float(each[outline].mean()) + 1 for each in edges)
    if max(first, second) < CLEARLY * min(first, second):
        return None
    return int(second > first)


def _largest_field(touched: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the largest piece of what differs, None where all are too small to be a field."""
    joined = cv2.morphologyEx(touched, cv2.MORPH_CLOSE, JOIN)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(joined)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if not areas.size or areas.max() < LEAST_FIELD * joined.size:
        return None
    field: NDArray[np.uint8] = (pieces == 1 + int(np.argmax(areas))).astype(np.uint8)
    return field


def _is_plain(edges: NDArray[np.float32], field: NDArray[np.uint8]) -> bool:
    """Return whether a picture is plain within a field, and not at its outline.

    A box of one colour has fewer edges than what it covers; what lies on plain ground has no outline in the
    picture without it.
    """
    inside = edges[cv2.erode(field, JOIN) > 0]
    if not inside.size or float((inside <= 2 * PLAIN).mean()) < MOSTLY or float(np.median(inside)) > PLAIN:
        return False
    return float(edges[_outline(field, _NEAR)].mean()) - float(inside.mean()) >= OUTLINED


def _outline(mask: NDArray[Any], reach: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the pixels along the edge of what a mask of 0 and 1 covers, as far as ``reach`` goes."""
    outline: NDArray[np.bool_] = cv2.dilate(mask, reach) > cv2.erode(mask, reach)
    return outline


def traits(difference: Difference) -> NDArray[np.float64]:
    """Return the 17 numbers that set overlays apart: the last is 1, or all are 0 if there is nothing to say.

    An overlay brings edges that the other picture lacks and takes none away, is of few colours, and lies
    in words or one solid piece; a changed face, limb or dress has edges in both.
    """
    change = difference.change
    touched = (change > TOUCHED).astype(np.uint8)
    joined = cv2.morphologyEx(touched, cv2.MORPH_CLOSE, JOIN)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    frame = touched.size
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > max(12, frame / 8000)]
    area = float(sum(stats[i, cv2.CC_STAT_AREA] for i in large))
    if not large or area > LARGEST * frame:
        return NOTHING
    around = cv2.dilate(joined, JOIN) > 0
    colours = [p.astype(np.float32) for p in difference.toned]
    edges = [_edges(p) for p in difference.toned]
    strength = [float(e[around].mean()) + 1 for e in edges]
    over = int(strength[1] > strength[0])
    inside = touched > 0
    outline = _outline(joined, _NEAR)
    rim = [float(e[outline].mean()) + 1 for e in edges]
    spread = [float(c[inside].mean(axis=1).std()) for c in colours]
    boxes = np.array([stats[i, :4] for i in large], float)
    sizes = np.array([stats[i, cv2.CC_STAT_AREA] for i in large], float)
    biggest = int(np.argmax(sizes))
    box_area = float(boxes[biggest, 2] * boxes[biggest, 3])
    hull = _hull(joined, boxes[biggest])
    extent = (boxes[:, 0] + boxes[:, 2]).max() - boxes[:, 0].min()
    lost = float((edges[1 - over] - edges[over]).clip(0)[around].mean())
    gained = float((edges[over] - edges[1 - over]).clip(0)[around].mean())
    core = cv2.erode(joined, JOIN) > 0
    inner = [float(e[core].mean()) + 1 if core.any() else 1.0 for e in edges]
    return np.array(
        [
            math.log(strength[over] / strength[1 - over]),
            math.log(rim[over] / rim[1 - over]),
            math.log((gained + 1) / (lost + 1)),
            math.log((spread[over] + 2) / (spread[1 - over] + 2)),
            math.log(len(large)),
            math.log(area / frame),
            math.log(sizes[biggest] / area),
            float(sizes[biggest] / box_area),
            float(sizes[biggest] / max(hull, 1)),
            math.log(boxes[biggest, 2] / boxes[biggest, 3]),
            float(extent / touched.shape[1]),
            math.log(float(change[inside].mean())),
            difference.agreement,
            math.log(inner[over] / inner[1 - over]),
            math.log(rim[over] / inner[over]),
            _kept(colours[over], colours[1 - over], inside),
            1.0,
        ]
    )


def _edges(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    slope: NDArray[Any] = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, _NEAR)
    return slope.astype(np.float32)


def _kept(over: NDArray[np.float32], under: NDArray[np.float32], inside: NDArray[Any]) -> float:
    """Return how far fine detail shines through the change: the correlation of lightness without its blur."""
    fine = [p.mean(axis=2) for p in (over, under)]
    high = [(p - cv2.blur(p, (7, 7)))[inside] for p in fine]
    size = float((high[0] ** 2).sum()) * float((high[1] ** 2).sum())
    return float((high[0] * high[1]).sum()) / math.sqrt(size) if size > 0 else 0.0


def _hull(mask: NDArray[Any], box: NDArray[Any]) -> float:
    left, top, width, height = (int(v) for v in box)
    points = cv2.findNonZero(mask[top : top + height, left : left + width])
    return float(cv2.contourArea(cv2.convexHull(points)))
