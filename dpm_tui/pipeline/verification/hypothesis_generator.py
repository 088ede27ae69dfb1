"""Hypothesis generator: tries the ways to lay two pictures over each other, cheapest first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.descriptors import (
    DescribedPicture,
    glance_at,
    gradient_correlation,
    holds_on_ground,
    match_coarse_features,
    orientation_correlations,
)
from dpm_tui.pipeline.alignment.feature_alignment import Alignment, align
from dpm_tui.pipeline.alignment.inner_quad import quad_matrix
from dpm_tui.pipeline.alignment.overlap import Overlap, lay_over, whole
from dpm_tui.pipeline.alignment.template_alignment import lay_into_quad, search
from dpm_tui.pipeline.comparison.copy_classifier import SAME, weigh
from dpm_tui.pipeline.comparison.difference import compare_aligned
from dpm_tui.pipeline.comparison.overlay_detection import agrees_beside_overlay
from dpm_tui.pipeline.comparison.recolouring import compare_tints
from dpm_tui.pipeline.comparison.score_network import score_network_named
from dpm_tui.pipeline.comparison.structure import estimate_share
from dpm_tui.pipeline.comparison.tone import is_strong
from dpm_tui.pipeline.comparison.vignette import lift_corners
from dpm_tui.pipeline.verification.alignment_hypothesis import (
    CHANGED,
    FAITHFUL,
    FAITHFUL_STRONG,
    MANY,
    SETTLED,
    AlignmentHypothesis,
)
from dpm_tui.pipeline.verification.alignment_proof import may_prove

Picture = NDArray[np.uint8]

SAME_ASPECT = 0.03
"""Aspects this close may be one frame: resizing to 100 px rounds a side by up to 1 %."""
EQUAL = -20.0
"""Score of two pictures of equal pixels, which need no network."""
OUTLINED = 0.6
"""Share of the structure that is the same from which colours are compared where lightness does not agree."""
HOPELESS = 0.15
"""Agreement below which no richer tone is tried."""
UNEVEN = 0.5
"""The same where the tone of the whole is hardly another: an overlay may hide what it is."""
HOPEFUL = 0.40
"""Correlation of lightness at 32 px below which pictures are not compared in one frame: pairs in one frame
have 0.41 under a large overlay, 0.75 with a local edit, 0.95 as copies; half of the unrelated have less."""
SLOPING = 0.2
"""Correlation of slopes at 48 px below which they are neither: four in five unrelated pairs that are hopeful
lie below, and of pairs in one frame a few with a third covered, which features find."""
CLOSE = 0.45
"""The same from which they are compared whatever the structure promises: stickers over half of a plain
drawing leave little of that."""
STRETCHED = 0.95
"""The same where the aspects differ: a picture pressed into another aspect is an edited one."""
PLENTY = 150
"""Features of both pictures from which these alone say whether one is part of the other."""
TELLING = 20
"""Features of both pictures made small from which it tells something that these do not align."""
NEAR = 0.8
"""Cosine of fingerprints from which it tells nothing: what is narrow or flat has few features once it is made
small. One in eighty pictures that are no pair is as near and not dropped by the gate."""
PLENTY_COARSE = 80
"""As many of them stand for as many features."""
TURN_LEAD = 0.04
"""Correlation by which another orientation must beat the plain one."""
UNMOVED = 0.5
"""Pixels of the first picture by which an alignment may move corners and still be none."""
COVERED = 0.97
"""Share of both pictures that an overlap covers when nothing was cropped."""
TILT = 0.6
"""Degrees from which a picture was rotated rather than measured badly."""
PROMISING = 0.35
"""Estimated share of the structure that is the same below which pictures are not compared: of pairs that are
alike a few weak variants have less, of others two in three."""


def hypotheses(
    first: DescribedPicture, second: DescribedPicture, cosine: float
) -> Iterator[AlignmentHypothesis]:
    """Yield the views of two pictures that may prove something, cheapest first.

    Between fingerprints that are near by their ``cosine`` features are tried in any case.
    """
    one, other = first.picture, second.picture
    like = orientation_correlations(first, second)
    framed = _same_frame(one, other)
    frame: Overlap | None = None
    plain: AlignmentHypothesis | None = None
    slopes = gradient_correlation(first, second) if like[0] >= (HOPEFUL if framed else STRETCHED) else 0.0
    if slopes >= SLOPING:
        laid = whole(one, other)
        view = _look(laid, stretched=not framed) if slopes >= CLOSE or _promises(laid) else None
        if framed:
            frame, plain = laid, view
        if view is not None:
            yield view
    tried = frame is not None
    best = int(np.argmax(like))
    leads = best > 0 and like[best] > max(like[0] + TURN_LEAD, HOPEFUL)
    if (
        leads
        and _same_frame(one, other, best % 2 == 1)
        and gradient_correlation(first, second, best) >= SLOPING
    ):
        tried = True
        turned = whole(one, other, best)
        view = _look(turned, turned=True) if _promises(turned) else None
        if view is not None:
            yield view
    moved = None
    if cosine >= NEAR or _may_align(first, second):
        moved = _moved(one, other, align(first.features, second.features), frame, plain)
        few = min(len(first.features), len(second.features)) < PLENTY
    else:
        few = min(len(first.coarse_features), len(second.coarse_features)) < PLENTY_COARSE
    if moved is not None:
        yield moved
    for inside in _inside(first, second, tried or moved is not None or few):
        view = _moved(one, other, inside, frame, plain)
        if view is not None and view is not plain:
            yield view


def _inside(
    first: DescribedPicture, second: DescribedPicture, search_too: bool
) -> Iterator[Alignment | None]:
    """Yield the ways in which one picture may lie inside the other, by its edges or by its lightness."""
    one, other = first.picture, second.picture
    if holds_on_ground(first, second) and first.inner is not None:
        yield lay_into_quad(one, other, quad_matrix(first.inner.corners, other.shape))
    if holds_on_ground(second, first) and second.inner is not None:
        found = lay_into_quad(other, one, quad_matrix(second.inner.corners, one.shape))
        yield None if found is None else found.inverse()
    if search_too and (seen := glance_at(first, second)).promises:
        yield search(one, other, seen)


def _may_align(first: DescribedPicture, second: DescribedPicture) -> bool:
    """Return whether features may lay one over the other, by those found in the pictures made small.

    They are a fifth of the work, and hardly any unrelated pictures align by them.
    """
    if min(len(first.coarse_features), len(second.coarse_features)) < TELLING:
        return True
    found = match_coarse_features(first, second)
    return found is not None and found.alignment is not None


def _same_frame(one: Picture, other: Picture, upended: bool = False) -> bool:
    aspects = [p.shape[1] / p.shape[0] for p in (one, other)]
    aspects[1] = 1 / aspects[1] if upended else aspects[1]
    slack = SAME_ASPECT + 0.6 / min(*one.shape[:2], *other.shape[:2])
    return bool(abs(math.log(aspects[0] / aspects[1])) < slack)


def _stays(one: Picture, other: Picture, alignment: Alignment) -> bool:
    """Return whether an alignment lays the second picture over all of the first, hardly moved."""
    if alignment.mirrored:
        return False
    (height, width), (high, wide) = one.shape[:2], other.shape[:2]
    corners = np.array([[0, 0, 1], [wide, 0, 1], [wide, high, 1], [0, high, 1]], np.float64).T
    x, y, z = alignment.matrix @ (corners - np.array([[0.5], [0.5], [0.0]]))
    goal = corners[:2] * np.array([[width / wide], [height / high]]) - 0.5
    return bool(np.abs(np.stack([x / z, y / z]) - goal).max() < UNMOVED)


def _promises(overlap: Overlap, inliers: int = 0) -> bool:
    """Return whether it may pay to compare what two pictures share."""
    return inliers >= MANY or estimate_share(overlap.first, overlap.second, overlap.mask) >= PROMISING


def _look(
    overlap: Overlap, inliers: int = 0, cropped: bool = False, turned: bool = False, stretched: bool = False
) -> AlignmentHypothesis | None:
    """Return what comparing two pictures shows, None where it can prove nothing."""
    pictures = (overlap.first, overlap.second)
    # One frame that was found by its features is as whole as one taken for granted.
    mask = overlap.mask if cropped else None
    difference = compare_aligned(*pictures, mask)
    hopeful = may_prove(difference, inliers)
    strong = is_strong(*pictures, mask)
    rich, beside_overlay = None, False
    if not hopeful:
        if difference.agreement >= (HOPELESS if strong else UNEVEN):
            rich = compare_aligned(*pictures, mask, rich=True)
        seen = rich or difference
        if not may_prove(seen, inliers):
            beside_overlay = agrees_beside_overlay(seen)
            if not beside_overlay:
                return None
            difference = seen
    equal = mask is None and np.array_equal(*pictures)
    score = EQUAL if equal else score_network_named("changed").score(difference.features)
    tint, sameness = None, SAME if equal else None
    alike = difference.agreement >= FAITHFUL_STRONG or difference.structure.share >= OUTLINED
    if alike and not (equal or cropped or stretched):
        tint = compare_tints(*pictures)
        sameness = weigh(difference, tint)
    if strong and score >= CHANGED and difference.agreement >= HOPELESS:
        rich = rich or compare_aligned(*pictures, mask, rich=True)
        score_rich = score_network_named("changed").score(rich.features)
        if score_rich < score:
            difference, score = rich, score_rich
    if mask is None and difference.agreement < FAITHFUL and difference.structure.share >= SETTLED:
        lifted = lift_corners(*pictures)
        even = None if lifted is None else compare_aligned(*lifted, rich=True)
        if even is not None and even.agreement >= FAITHFUL:
            difference, strong, beside_overlay = even, True, False
            score = score_network_named("changed").score(even.features)
    return AlignmentHypothesis(
        overlap,
        difference,
        score,
        strong,
        tint,
        sameness,
        inliers,
        cropped,
        turned,
        stretched,
        beside_overlay=beside_overlay,
    )


def _moved(
    one: Picture,
    other: Picture,
    alignment: Alignment | None,
    frame: Overlap | None,
    plain: AlignmentHypothesis | None,
) -> AlignmentHypothesis | None:
    """Return what an alignment shows, None for nothing.

    Where it leaves the pictures in one ``frame``, that is what ``plain`` has shown of it.
    """
    if alignment is None:
        return None
    if frame is not None and _stays(one, other, alignment):
        if plain is None:
            return _look(frame, alignment.inliers) if alignment.inliers >= MANY else None
        return replace(plain, inliers=alignment.inliers) if alignment.inliers else plain
    overlap = lay_over(one, other, alignment)
    if overlap is None or not _promises(overlap, alignment.inliers):
        return None
    if not alignment.inliers and frame is not None and min(overlap.covered) >= COVERED:
        return None  # what hardly has features, such as a ring, fits many others once it is moved a little
    quarter = round(alignment.angle / 90)
    tilt = abs(alignment.angle - 90 * quarter)
    cropped = min(overlap.covered) < COVERED or tilt > TILT
    view = _look(overlap, alignment.inliers, cropped, alignment.mirrored or quarter % 4 != 0)
    return replace(view, weak=True) if view is not None and alignment.weak else view
