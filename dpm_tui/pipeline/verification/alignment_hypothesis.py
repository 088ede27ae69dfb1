"""Alignment hypothesis: one way to lay two pictures over each other, and what comparing them showed."""

from __future__ import annotations

from dataclasses import dataclass

from dpm_tui.pipeline.alignment.overlap import Overlap
from dpm_tui.pipeline.comparison.copy_classifier import Sameness
from dpm_tui.pipeline.comparison.difference import Difference
from dpm_tui.pipeline.comparison.recolouring import Tint

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
FAITHFUL = 0.75
"""Agreement that a picture with nothing changed has: re-encodes reach 0.98, clipped tones 0.79."""
FAITHFUL_STRONG = 0.6
"""The same under a strong tone, which no fit undoes exactly; nothing strong is called a copy."""
SHARED_STRONG = 0.8
"""Share of the structure that is the same in pictures that are one under a strong tone: flat drawings of one
outline in other colours reach 0.75."""
MANY = 10
"""Features that agree on an alignment of unrelated pictures: never seen but between flat drawings."""
SETTLED = 0.90
"""Agreement in the plain frame from which no other alignment is tried: cropping 5 % off stays below."""


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
    weak: bool = False
    """Whether the alignment is not sure: it proves a picture of the same tone, or an overlay, no variant."""
    beside_overlay: bool = False
    """Whether it is known already that the pictures are one beside an overlay."""

    @property
    def clean(self) -> bool:
        """Whether nothing in what the pictures share differs but the tone of the whole and sharpness."""
        if self.copied:
            return True
        faithful = FAITHFUL_STRONG if self.strong else FAITHFUL
        apart = self.cropped or self.turned or self.strong or self.stretched
        changed = CHANGED_APART if apart else CHANGED
        unchanged = self.score < changed and self.difference.agreement >= faithful
        if self.strong and self.inliers >= MANY:
            # Flat drawings of one outline in other colours align as well.
            unchanged &= self.difference.structure.share >= SHARED_STRONG
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
