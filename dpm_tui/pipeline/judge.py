"""Judge: decides from two thumbnails, aligned, whether and how they show the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.align import Alignment, align
from dpm_tui.pipeline.differ import Difference, compare, slopes_follow
from dpm_tui.pipeline.head import head
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
CHANGED = -1.0
"""Score from which something in the picture differs."""
FAITHFUL = 0.75
"""Agreement that a picture with nothing changed has: re-encodes reach 0.98, clipped tones 0.79."""
FAITHFUL_STRONG = 0.6
"""The same under a strong tone, which no fit undoes exactly; nothing strong is called a copy."""
SETTLED = 0.90
"""Agreement in the plain frame from which no other alignment is tried: cropping 5 % off stays below."""
SHARED = 0.55
"""Share of the structure that is the same in two pictures that differ: pages of other text reach 0.52."""
SHARED_CLEAN = 0.6
"""The same where nothing seems to differ: re-encodes lie above 0.9, quarters of the width above 0.6."""
SHARED_STRONG = 0.75
"""The same under a strong tone: flat drawings of one outline in other colours reach 0.7."""
SHARED_SURE = 0.22
"""The same where ``MANY`` features agree too, and half of it where twice as many do: a third under a
sticker leaves so much."""
MANY = 10
"""Features that agree on an alignment of unrelated pictures: never seen but between flat drawings."""
TILES_SURE = 8.0
"""Tiles that must be the same then."""
TILES = 3.0
"""Tiles that must be the same at least; fewer say nothing, then only equal colours do."""
PLAIN = 5.0
"""Levels by which colours may be off then, in nine tenths of the picture: a sky is no other sky's copy."""
FOLLOWS_PLAIN = 0.85
"""Correlation of slopes that pictures need that have no corners and other colours: noise follows nothing."""
FOLLOWS = 0.24
"""Correlation of slopes that a pair with differences needs: variants reach 0.25, pages of other text 0.21."""
HOPELESS = 0.15
"""Agreement below which no richer tone is tried."""
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
    inliers: int = 0
    cropped: bool = False
    turned: bool = False
    stretched: bool = False

    @property
    def clean(self) -> bool:
        faithful = FAITHFUL_STRONG if self.strong else FAITHFUL
        return self.score < CHANGED and self.difference.agreement >= faithful

    @property
    def sure(self) -> bool:
        """Whether no other way to lay them needs to be tried, though something differs."""
        whole = self.overlap.mask is None and not self.turned and not self.stretched
        found = self.difference
        return whole and min(found.agreement, found.structure.share) >= SETTLED

    @property
    def rank(self) -> tuple[bool, float]:
        return self.clean, self.difference.structure.share * min(1.0, max(self.overlap.covered) + 0.1)


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


def _view(
    overlap: Overlap, inliers: int = 0, cropped: bool = False, turned: bool = False, stretched: bool = False
) -> View:
    pictures = (overlap.first, overlap.second)
    difference = compare(*pictures, overlap.mask)
    score = head("changed").score(difference.features)
    strong = is_strong(*pictures, overlap.mask)
    if strong and score >= CHANGED and difference.agreement >= HOPELESS:
        rich = compare(*pictures, overlap.mask, rich=True)
        score_rich = head("changed").score(rich.features)
        if score_rich < score:
            difference, score = rich, score_rich
    return View(overlap, difference, score, strong, inliers, cropped, turned, stretched)


def _moved(one: Picture, other: Picture, alignment: Alignment | None) -> View | None:
    overlap = None if alignment is None else lay_over(one, other, alignment)
    if alignment is None or overlap is None:
        return None
    quarter = round(alignment.angle / 90)
    tilt = abs(alignment.angle - 90 * quarter)
    cropped = min(overlap.covered) < COVERED or tilt > TILT
    return _view(overlap, alignment.inliers, cropped, alignment.mirrored or quarter % 4 != 0)


def _proven(view: View) -> bool:
    difference, structure = view.difference, view.difference.structure
    if difference.live < FEW:
        return False
    if structure.same < TILES:
        told = difference.tones_apart < PLAIN or slopes_follow(difference) >= FOLLOWS_PLAIN
        return view.clean and told
    if view.clean:
        return structure.share >= SHARED_CLEAN
    sure = SHARED_SURE if view.inliers < 2 * MANY else SHARED_SURE / 2
    if view.inliers >= MANY and structure.same >= TILES_SURE and structure.share >= sure:
        return True
    needed = SHARED_STRONG if view.strong else SHARED
    return structure.share >= needed and slopes_follow(difference) >= FOLLOWS


def _kind(view: View) -> Kind:
    if not view.clean:
        return Kind.EDITED if is_overlay(view.difference) else Kind.VARIANT
    if view.stretched or view.strong:
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
