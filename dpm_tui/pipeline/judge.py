"""Judge: decides from two thumbnails, aligned, whether and how they show the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.align import Alignment, align
from dpm_tui.pipeline.differ import Difference, compare, slopes_follow
from dpm_tui.pipeline.overlap import Overlap, lay_over, whole
from dpm_tui.pipeline.overlay import is_overlay
from dpm_tui.pipeline.search import search
from dpm_tui.pipeline.sight import Sights, likenesses, orient
from dpm_tui.pipeline.tone import is_strong
from dpm_tui.pipeline.verify import GRID, Kind, Verdict

Picture = NDArray[np.uint8]

SMALLEST = 12
"""Shortest side in pixels that can be judged."""
SAME_ASPECT = 0.03
"""Aspects this close may be one frame: resizing to 100 px rounds a side by up to 1 %."""
WEIGHTS = np.zeros(16)
"""Weights of the features of a difference, by logistic regression of 2,400 local edits and drawn variants
against 2,600 re-encodes. A high peak speaks for changed content; noise everywhere, as a re-encode has, speaks
against it; blocks equal to the bit beside a peak speak for it most."""
WEIGHTS[0] = 1.423  # light, peak of 3 x 3 pixels
WEIGHTS[1] = 0.828  # light, spot of half a tile
WEIGHTS[2] = 0.606  # light, four tiles
WEIGHTS[6] = -0.951  # light, nine tenths of the tiles: noise
WEIGHTS[8] = 0.275  # colour, spot of half a tile
WEIGHTS[13] = -0.438  # colour, nine tenths of the tiles: noise
WEIGHTS[14] = 0.688  # light and colour, spot of half a tile
WEIGHTS[15] = 4.771  # share of blocks equal to the bit
BIAS = -9.561
CHANGED = -1.5
"""Score from which something in the picture differs: 0.1 to 0.8 % of re-encodes and resizes lie above, 0.1 to
0.6 % of local edits below; palettes and clipped tones pay for it with one in ten called variants."""
FAITHFUL = 0.9
"""Agreement that a picture with nothing changed has: the worst re-encodes reach 0.98."""
CHANGED_STRONG = 0.8
"""The same under a strong tone, which no fit undoes exactly; nothing strong is called a copy."""
ALIKE = 0.30
"""Agreement from which two pictures in one frame are the same composition: unrelated ones reach 0.05."""
ALIGNED_ALIKE = 0.55
"""The same for pictures that were moved to fit, which had the choice of many alignments."""
FOLLOWS = 0.24
"""Correlation of slopes that a pair with differences needs: variants reach 0.25, pages of other text 0.21."""
SETTLED = 0.90
"""Agreement in the plain frame from which no other alignment is tried: cropping 5 % off stays below."""
FEW = 3
"""Fewest live tiles that can show two pictures to be one."""
HOPEFUL = 0.40
"""Correlation of lightness at 32 px below which pictures are not compared in one frame: pairs in one frame
have 0.41 under a large overlay, 0.75 with a local edit, 0.95 as copies; half of the unrelated have less."""
STRETCHED = 0.95
"""The same where the aspects differ: a picture pressed into another aspect is an edited one."""
PLENTY = 100
"""Features of both pictures from which these alone say whether one is part of the other."""
TURN_LEAD = 0.04
"""Correlation by which another orientation must beat the plain one."""
COVERED = 0.97
"""Share of both pictures that an overlap covers when nothing was cropped."""
TILT = 0.6
"""Degrees from which a picture was rotated rather than measured badly."""
SHOWN = 3.0
"""Brightness of the difference map for one level: coding noise stays below 30, an edit saturates."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to lay the pictures over each other, and what comparing them showed."""

    overlap: Overlap
    difference: Difference
    score: float
    strong: bool
    cropped: bool = False
    turned: bool = False
    stretched: bool = False

    @property
    def clean(self) -> bool:
        if self.strong:
            return self.score < CHANGED_STRONG
        return self.score < CHANGED and self.difference.agreement >= FAITHFUL

    @property
    def sure(self) -> bool:
        """Whether no other way to lay them needs to be tried, though something differs."""
        whole = self.overlap.mask is None and not self.turned and not self.stretched
        return whole and self.difference.agreement >= SETTLED

    @property
    def rank(self) -> tuple[bool, float]:
        return self.clean, self.difference.agreement * min(1.0, max(self.overlap.covered) + 0.1)


class AlignedJudge:
    """Judges pairs by alignment, tone fit and local differences; implements ``verify.PairJudge``.

    Pure and deterministic; symmetric in kind and similarity. Keeps the features of the last pictures (at most
    28 MB) and is not safe for two threads at once: each thread takes its own.

    Similarity means, and is never exactly 1: from 0.95 a copy, 0.88 to 0.99 a crop or a turned picture, 0.85
    to 0.96 an edited one, 0.60 to 0.85 a variant. It falls with the doubt left that nothing else differs, and
    among variants with the share of the picture that does.
    """

    version = "aligned-2"

    def __init__(self) -> None:
        self._sights = Sights()

    def judge(self, first: NDArray[np.uint8], second: NDArray[np.uint8], cosine: float) -> Verdict | None:
        """Return the verdict on two RGB thumbnails (height, width, 3), or None if they are not alike.

        ``differs`` of the verdict is 0 where the second picture does not reach. The cosine is not needed:
        what the pictures show decides.
        """
        if min(*first.shape[:2], *second.shape[:2]) < SMALLEST:
            return None
        swapped = _order(second) < _order(first)
        one, other = (second, first) if swapped else (first, second)
        view = self._best_view(np.ascontiguousarray(one), np.ascontiguousarray(other))
        if view is None:
            return None
        kind = _kind(view)
        return Verdict(kind, _similarity(kind, view), _differs(view, int(swapped)))

    def _best_view(self, one: Picture, other: Picture) -> View | None:
        best: View | None = None
        for view in self.views(one, other):
            if _proven(view):
                if view.clean or view.sure:
                    return view
                if best is None or view.rank > best.rank:
                    best = view
        return best

    def views(self, one: Picture, other: Picture) -> Iterator[View]:
        """Yield the ways to lay two RGB pictures over each other that may prove something, cheapest first."""
        sights = self._sights.of(one), self._sights.of(other)
        like = likenesses(*sights)
        framed = _same_frame(one, other)
        tried = False
        if like[0] >= (HOPEFUL if framed else STRETCHED):
            tried = framed
            yield _view(whole(one, other), stretched=not framed)
        best = int(np.argmax(like))
        if best and like[best] > like[0] + TURN_LEAD and _same_frame(one, orient(other, best)):
            tried = True
            yield _view(whole(one, other, best), turned=True)
        moved = _moved(one, other, align(sights[0].features, sights[1].features))
        if moved is not None:
            yield moved
        if tried or moved is not None or min(len(s.features) for s in sights) < PLENTY:
            inside = _moved(one, other, search(one, other))
            if inside is not None:
                yield inside


def _order(picture: Picture) -> tuple[int, bytes]:
    return picture.shape[0] * picture.shape[1], picture.tobytes()


def _same_frame(one: Picture, other: Picture) -> bool:
    aspects = [p.shape[1] / p.shape[0] for p in (one, other)]
    slack = SAME_ASPECT + 0.6 / min(*one.shape[:2], *other.shape[:2])
    return bool(abs(math.log(aspects[0] / aspects[1])) < slack)


def _view(overlap: Overlap, cropped: bool = False, turned: bool = False, stretched: bool = False) -> View:
    pictures = (overlap.first, overlap.second)
    difference = compare(*pictures, overlap.mask)
    score = _score(difference)
    strong = False
    if score >= CHANGED and difference.agreement >= ALIKE / 2 and is_strong(*pictures):
        strong = True
        rich = compare(*pictures, overlap.mask, rich=True)
        if _score(rich) < score:
            difference, score = rich, _score(rich)
    return View(overlap, difference, score, strong, cropped, turned, stretched)


def _moved(one: Picture, other: Picture, alignment: Alignment | None) -> View | None:
    overlap = None if alignment is None else lay_over(one, other, alignment)
    if alignment is None or overlap is None:
        return None
    quarter = round(alignment.angle / 90)
    tilt = abs(alignment.angle - 90 * quarter)
    cropped = min(overlap.covered) < COVERED or tilt > TILT
    return _view(overlap, cropped, turned=alignment.mirrored or quarter % 4 != 0)


def _score(difference: Difference) -> float:
    return float(difference.features[:16] @ WEIGHTS) + BIAS


def _proven(view: View) -> bool:
    needed = ALIKE if view.overlap.mask is None else ALIGNED_ALIKE
    if view.difference.live < FEW or view.difference.agreement < needed:
        return False
    return view.clean or slopes_follow(view.difference) >= FOLLOWS


def _kind(view: View) -> Kind:
    if not view.clean:
        return Kind.EDITED if is_overlay(view.difference) else Kind.VARIANT
    if view.stretched or is_strong(view.overlap.first, view.overlap.second):
        return Kind.EDITED
    if view.turned:
        return Kind.TURNED
    return Kind.CROP if view.cropped else Kind.COPY


def _similarity(kind: Kind, view: View) -> float:
    if kind is Kind.VARIANT:
        return 0.60 + 0.25 * view.difference.agreement
    low, high = {Kind.COPY: (0.95, 0.999), Kind.EDITED: (0.85, 0.96)}.get(kind, (0.88, 0.99))
    if not view.clean:
        return low + (high - low) * view.difference.agreement * 0.5
    doubt = 2 / (1 + math.exp(CHANGED - view.score))
    return high - (high - low) * min(doubt, 1.0)


def _differs(view: View, picture: int) -> bytes:
    apart = view.difference.light * np.float32(0.6) + view.difference.colour * np.float32(1.5)
    shown = view.overlap.show(apart, picture, GRID * 8).reshape(GRID, 8, GRID, 8).max(axis=(1, 3))
    levels: NDArray[np.uint8] = np.clip(shown * SHOWN, 0, 255).astype(np.uint8)
    return levels.tobytes()
