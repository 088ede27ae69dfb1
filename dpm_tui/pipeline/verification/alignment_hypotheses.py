"""Alignment hypotheses: the ways to lay two pictures over each other, and what comparing them showed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.descriptors import (
    DescribedPicture,
    gradient_correlation,
    orientation_correlations,
)
from dpm_tui.pipeline.alignment.feature_alignment import Alignment, align
from dpm_tui.pipeline.alignment.overlap import Overlap, lay_over, whole
from dpm_tui.pipeline.alignment.template_alignment import search
from dpm_tui.pipeline.comparison.copy_classifier import SAME, Sameness, weigh
from dpm_tui.pipeline.comparison.difference import Difference, compare_aligned
from dpm_tui.pipeline.comparison.recolouring import Tint, compare_tints
from dpm_tui.pipeline.comparison.score_network import score_network_named
from dpm_tui.pipeline.comparison.tone import is_strong

Picture = NDArray[np.uint8]

SAME_ASPECT = 0.03
"""Aspects this close may be one frame: resizing to 100 px rounds a side by up to 1 %."""
CHANGED = -2.0
"""Score from which something in the picture differs: of drawn variants not learned from, saved again at 70 %
and JPEG 75, 0.7 % stay below; 2 % of re-encodes and half of the pictures cut to 64 colours rise above."""
CHANGED_APART = 0.0
"""The same where the pair is no copy in any case: a wrong crop costs little, as nobody removes it unseen."""
COPIED = 2.0
"""Odds, as a logarithm, from which a pair of one frame is a copy, colours included: of drawn variants not
learned from and saved again one in 300 comes so far, of recolours one in 1,000, of copies one in 30 stays
below, of pictures cut to 32 colours one in five."""
COPIED_BOTH, UNCHANGED = 1.5, -3.5
"""The same where the score of the other network, which looks at content alone, is below ``UNCHANGED``."""
OTHER_COLOURS = -1.0
"""Odds against a copy up to which other colours of parts make a variant of what is turned."""
EQUAL = -20.0
"""Score of two pictures of equal pixels, which need no network."""
FAITHFUL = 0.75
"""Agreement that a picture with nothing changed has: re-encodes reach 0.98, clipped tones 0.79."""
FAITHFUL_STRONG = 0.6
"""The same under a strong tone, which no fit undoes exactly; nothing strong is called a copy."""
SETTLED = 0.90
"""Agreement in the plain frame from which no other alignment is tried: cropping 5 % off stays below."""
OUTLINED = 0.6
"""Share of the structure that is the same from which colours are compared where lightness does not agree."""
HOPELESS = 0.15
"""Agreement below which no richer tone is tried."""
HOPEFUL = 0.40
"""Correlation of lightness at 32 px below which pictures are not compared in one frame: pairs in one frame
have 0.41 under a large overlay, 0.75 with a local edit, 0.95 as copies; half of the unrelated have less."""
SLOPING = 0.2
"""Correlation of slopes at 48 px below which they are neither: four in five unrelated pairs that are hopeful
lie below, and of pairs in one frame a few with a third covered, which features find."""
STRETCHED = 0.95
"""The same where the aspects differ: a picture pressed into another aspect is an edited one."""
PLENTY = 150
"""Features of both pictures from which these alone say whether one is part of the other."""
TELLING = 20
"""Features of both pictures made small from which it tells something that these do not align."""
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


@dataclass(frozen=True, slots=True)
class AlignmentHypothesis:
    """One way to lay the pictures over each other, and what comparing them showed."""

    overlap: Overlap
    difference: Difference
    score: float
    strong: bool
    tint: Tint | None = None
    """How the colours differ; None where that was not asked: of crops, and where nothing agrees."""
    sameness: Sameness | None = None
    inliers: int = 0
    cropped: bool = False
    turned: bool = False
    stretched: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing in what the pictures share differs but the tone of the whole and sharpness."""
        if self.copied:
            return True
        faithful = FAITHFUL_STRONG if self.strong else FAITHFUL
        apart = self.cropped or self.turned or self.strong or self.stretched
        changed = CHANGED_APART if apart else CHANGED
        unchanged = self.score < changed and self.difference.agreement >= faithful
        return unchanged and not self.recoloured

    @property
    def copied(self) -> bool:
        """Whether nothing differs but what saving again and a light tone do, colours of parts included."""
        if self.sameness is None or self.stretched or self.difference.agreement < FAITHFUL_STRONG:
            return False
        return self.sameness.copy >= (COPIED_BOTH if self.score < UNCHANGED else COPIED)

    @property
    def recoloured(self) -> bool:
        """Whether parts may differ in colour, rather than the whole in its tone."""
        if self.sameness is None or self.sameness.tone >= 0:
            return False
        return not self.copied and (not self.turned or self.sameness.copy < OTHER_COLOURS)

    @property
    def coloured(self) -> bool:
        """Whether other colours of parts are what differs, and no content."""
        return self.sameness is not None and not self.clean and self.sameness.colours >= 0

    @property
    def sure(self) -> bool:
        """Whether no other way to lay them needs to be tried, though something differs."""
        whole = self.overlap.mask is None and not self.turned and not self.stretched
        found = self.difference
        return whole and min(found.agreement, found.structure.share) >= SETTLED

    @property
    def rank(self) -> float:
        """How much of the pictures it shows to be the same."""
        return self.difference.structure.share * min(1.0, max(self.overlap.covered) + 0.1)


def hypotheses(first: DescribedPicture, second: DescribedPicture) -> Iterator[AlignmentHypothesis]:
    """Yield the views of two pictures that may prove something, cheapest first."""
    one, other = first.picture, second.picture
    like = orientation_correlations(first, second)
    framed = _same_frame(one, other)
    tried = False
    plain: AlignmentHypothesis | None = None
    if like[0] >= (HOPEFUL if framed else STRETCHED) and gradient_correlation(first, second) >= SLOPING:
        tried = framed
        view = _look(whole(one, other), stretched=not framed)
        plain = view if framed else None
        yield view
    best = int(np.argmax(like))
    leads = best > 0 and like[best] > max(like[0] + TURN_LEAD, HOPEFUL)
    if (
        leads
        and _same_frame(one, other, best % 2 == 1)
        and gradient_correlation(first, second, best) >= SLOPING
    ):
        tried = True
        yield _look(whole(one, other, best), turned=True)
    moved = None
    few = min(len(first.coarse_features), len(second.coarse_features)) < PLENTY_COARSE
    if _may_align(first, second):
        moved = _moved(one, other, align(first.features, second.features), plain)
        few = min(len(first.features), len(second.features)) < PLENTY
    if moved is not None:
        yield moved
    if tried or moved is not None or few:
        inside = _moved(one, other, search(one, other), plain)
        if inside is not None and inside is not plain:
            yield inside


def _may_align(first: DescribedPicture, second: DescribedPicture) -> bool:
    """Return whether features may lay one over the other, by those found in the pictures made small.

    They are a fifth of the work, and hardly any unrelated pictures align by them.
    """
    coarse = first.coarse_features, second.coarse_features
    return min(map(len, coarse)) < TELLING or align(*coarse) is not None


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


def _look(
    overlap: Overlap, inliers: int = 0, cropped: bool = False, turned: bool = False, stretched: bool = False
) -> AlignmentHypothesis:
    pictures = (overlap.first, overlap.second)
    # One frame that was found by its features is as whole as one taken for granted.
    mask = overlap.mask if cropped else None
    difference = compare_aligned(*pictures, mask)
    equal = mask is None and np.array_equal(*pictures)
    score = EQUAL if equal else score_network_named("changed").score(difference.features)
    strong = is_strong(*pictures, mask)
    tint, sameness = None, SAME if equal else None
    alike = difference.agreement >= FAITHFUL_STRONG or difference.structure.share >= OUTLINED
    if alike and not (equal or cropped or stretched):
        tint = compare_tints(*pictures)
        sameness = weigh(difference, tint)
    if strong and score >= CHANGED and difference.agreement >= HOPELESS:
        rich = compare_aligned(*pictures, mask, rich=True)
        score_rich = score_network_named("changed").score(rich.features)
        if score_rich < score:
            difference, score = rich, score_rich
    return AlignmentHypothesis(
        overlap, difference, score, strong, tint, sameness, inliers, cropped, turned, stretched
    )


def _moved(
    one: Picture, other: Picture, alignment: Alignment | None, plain: AlignmentHypothesis | None
) -> AlignmentHypothesis | None:
    """Return what an alignment shows; that is known where it leaves the pictures as ``plain`` lays them."""
    if alignment is not None and plain is not None and _stays(one, other, alignment):
        return replace(plain, inliers=alignment.inliers) if alignment.inliers else plain
    overlap = None if alignment is None else lay_over(one, other, alignment)
    if alignment is None or overlap is None:
        return None
    quarter = round(alignment.angle / 90)
    tilt = abs(alignment.angle - 90 * quarter)
    cropped = min(overlap.covered) < COVERED or tilt > TILT
    return _look(overlap, alignment.inliers, cropped, alignment.mirrored or quarter % 4 != 0)
