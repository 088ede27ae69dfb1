"""Alignment proof: whether what two aligned pictures share shows that they are one picture."""

from __future__ import annotations

from dpm_tui.pipeline.comparison.difference import Difference, slopes_follow
from dpm_tui.pipeline.comparison.overlay_detection import agrees_beside_overlay
from dpm_tui.pipeline.verification.alignment_hypothesis import (
    FAITHFUL_STRONG,
    MANY,
    SETTLED,
    SHARED_STRONG,
    AlignmentHypothesis,
)

SHARED = 0.55
"""Share of the structure that is the same in two pictures that differ: pages of other text reach 0.52."""
SHARED_CLEAN = 0.6
"""The same where nothing seems to differ: re-encodes lie above 0.9, quarters of the width above 0.6. Where
``MANY`` features agree ``SHARED`` is enough: noise hides structure."""
SHARED_SURE = 0.22
"""The same where ``MANY`` features agree too, and half of it where twice as many do: a third under a
sticker leaves so much."""
TILES_SURE = 8.0
"""Tiles that must be the same then."""
TILES = 3.0
"""Tiles that must be the same at least; fewer say nothing, then only equal colours do."""
PLAIN = 5.0
"""Levels by which colours may be off then, in nine tenths of the picture: a sky is no other sky's copy."""
FOLLOWS_PLAIN = 0.7
"""Correlation of slopes that pictures need that have no corners and other colours: noise follows nothing."""
FOLLOWS = 0.24
"""Correlation of slopes that a pair with differences needs: variants reach 0.25, pages of other text 0.21."""
FEW = 3
"""Fewest live tiles that can show two pictures to be one."""


def may_prove(difference: Difference, inliers: int) -> bool:
    """Return whether a comparison can prove anything, whatever a closer look at what differs tells."""
    if difference.live < FEW:
        return False
    if difference.structure.same < TILES:
        return difference.agreement >= FAITHFUL_STRONG
    return difference.structure.share >= SHARED or _sure(difference, inliers)


def proves(view: AlignmentHypothesis) -> bool:
    """Return whether a hypothesis shows that two pictures are one, or one with differences."""
    if view.difference.live < FEW:
        return False
    return view.beside_overlay or _proves_all(view) or agrees_beside_overlay(view.difference)


def _proves_all(view: AlignmentHypothesis) -> bool:
    difference, structure = view.difference, view.difference.structure
    if view.weak and (view.strong or not view.clean):
        return False
    if structure.same < TILES:
        told = difference.tones_apart < PLAIN or slopes_follow(difference) >= FOLLOWS_PLAIN
        return told and (view.clean or difference.agreement >= SETTLED)
    if view.clean:
        unsure = SHARED if _sure(difference, view.inliers) else SHARED_CLEAN
        return structure.share >= (SHARED_STRONG if view.strong else unsure)
    if _sure(difference, view.inliers):
        return True
    needed = SHARED_STRONG if view.strong else SHARED
    return structure.share >= needed and slopes_follow(difference) >= FOLLOWS


def _sure(difference: Difference, inliers: int) -> bool:
    """Return whether so many features agree that little of the structure needs to be the same."""
    structure = difference.structure
    least = SHARED_SURE if inliers < 2 * MANY else SHARED_SURE / 2
    return inliers >= MANY and structure.same >= TILES_SURE and structure.share >= least
