"""Judge: decides from two thumbnails, aligned, whether and how they show the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.pipeline.alignment.descriptors import DescribedPicture, DescriptorCache
from dpm_tui.pipeline.alignment.frame_shift import has_shifted
from dpm_tui.pipeline.alignment.overlap import Box
from dpm_tui.pipeline.comparison.overlay_detection import is_overlay
from dpm_tui.pipeline.comparison.rounded_corners import are_corners_rounded
from dpm_tui.pipeline.verification.alignment_hypothesis import (
    CHANGED,
    COPIED_BOTH,
    AlignmentHypothesis,
)
from dpm_tui.pipeline.verification.alignment_proof import proves
from dpm_tui.pipeline.verification.alteration_finder import find_alteration
from dpm_tui.pipeline.verification.candidate_gate import ASKED_FOR, describe, is_hopeless
from dpm_tui.pipeline.verification.hypothesis_generator import hypotheses

Picture = NDArray[np.uint8]

SMALLEST = 12
"""Shortest side in pixels that can be judged."""
SHOWN = 3.0
"""Brightness of the difference map for one level: coding noise stays below 30, an edit saturates."""
SHOWN_COLOUR = 12.0
"""The same for one step of colour above ``UNSEEN_COLOUR``: two neighbours of the skin tones come to 100."""
UNSEEN_COLOUR = 2.0
SEEN = 128.0
"""Brightness that the strongest place has at least where something differs."""


@dataclass(frozen=True, slots=True)
class DifferenceMap:
    """Where two pictures differ, over each of them: places row by row, 0 alike to 255 unlike.

    ``place`` is where the second lies in the first, None where it is turned or tilted.
    """

    first: bytes
    second: bytes
    place: Box | None


class AlignedJudge:
    """Judges pairs by alignment, tone fit and local differences; implements ``verify.PairJudge``.

    Pure and deterministic; symmetric in kind and similarity. Remembers what the last pictures looked like
    (at most 81 MB), so that a picture's next candidate costs little; several threads may share one.

    Similarity means, and is never exactly 1: from 0.95 a copy, 0.88 to 0.99 a crop or a turned picture, 0.85
    to 0.96 an edited one, 0.60 to 0.85 a variant. It falls with the doubt left that nothing else differs, and
    among variants with the share of the picture that does.
    """

    version = "aligned-10"

    def __init__(self) -> None:
        self._sights = DescriptorCache()

    def judge(self, first: NDArray[np.uint8], second: NDArray[np.uint8], cosine: float) -> Verdict | None:
        """Return the verdict on two RGB thumbnails (height, width, 3), or None if they are not alike.

        ``differs`` of the verdict is 0 where the second picture does not reach. The cosine only helps to tell
        whether a first look is enough; what the pictures show decides.
        """
        view, swapped = self._see(first, second, cosine)
        if view is None:
            return None
        kind, differs = _kind(view), _differs(view, int(swapped))
        if kind is Kind.COPY and max(differs) == 255:
            # What is so far apart at a place differs there, whatever all of the picture makes likely.
            kind = _changed(view)
        altered = find_alteration(kind, view, *((second, first) if swapped else (first, second)))
        if altered is not None and swapped:
            altered = altered.swapped()
        differs = _faint(differs) if kind is Kind.COPY else differs
        return Verdict(kind, _similarity(kind, view), differs, altered)

    def map_differences(self, first: Picture, second: Picture, points: int) -> DifferenceMap | None:
        """Return where two RGB thumbnails differ, by points x points places; None if they are not alike."""
        view, swapped = self._see(first, second)
        if view is None:
            return None
        one, other = (_differs(view, number, points, 2) for number in (int(swapped), int(not swapped)))
        return DifferenceMap(one, other, view.overlap.place_in(int(swapped)))

    def _see(
        self, first: Picture, second: Picture, cosine: float = ASKED_FOR
    ) -> tuple[AlignmentHypothesis | None, bool]:
        """Return the view that shows best that two pictures are one, None where they are not alike, and
        whether the second picture comes first in it."""
        if min(*first.shape[:2], *second.shape[:2]) < SMALLEST:
            return None, False
        one, other = (self._sights.of(np.ascontiguousarray(picture)) for picture in (first, second))
        swapped = _order(other) < _order(one)
        if swapped:
            one, other = other, one
        if is_hopeless(one, other, cosine):
            return None, swapped
        return _best_of(hypotheses(one, other, cosine)), swapped

    def describe(self, first: Picture, second: Picture, cosine: float) -> NDArray[np.float64]:
        """Return what a first look says of two RGB pictures."""
        one, other = sorted((self._sights.of(np.ascontiguousarray(p)) for p in (first, second)), key=_order)
        return describe(one, other, cosine)

    def views(self, first: Picture, second: Picture) -> Iterator[AlignmentHypothesis]:
        """Yield the ways to lay two RGB pictures over each other that may prove something, cheapest first."""
        one, other = sorted((self._sights.of(np.ascontiguousarray(p)) for p in (first, second)), key=_order)
        yield from hypotheses(one, other, ASKED_FOR)


def _best_of(views: Iterator[AlignmentHypothesis]) -> AlignmentHypothesis | None:
    """Return the view that proves most, None where none proves anything."""
    best: AlignmentHypothesis | None = None
    for view in views:
        # What was seen to differ in one view is not undone by another that is only nearly clean.
        if not proves(view) or (best is not None and view.clean and not _undoes(view, best)):
            continue
        if view.clean or (view.sure and not has_shifted(view.overlap.first, view.overlap.second)):
            return view
        if best is None or (view.rank > best.rank and not best.sure):
            best = view
    return best


def _order(sight: DescribedPicture) -> tuple[int, bytes]:
    return sight.picture.shape[0] * sight.picture.shape[1], sight.digest


def _undoes(view: AlignmentHypothesis, best: AlignmentHypothesis) -> bool:
    """Return whether a view in which nothing differs outweighs one in which something does."""
    return view.copied or (view.score < CHANGED and not best.coloured)


def _kind(view: AlignmentHypothesis) -> Kind:
    if not view.clean:
        return _changed(view)
    if view.turned:
        return Kind.EDITED if view.strong else Kind.TURNED
    if view.copied:
        return Kind.COPY
    if view.cropped and not view.strong:
        return Kind.CROP
    return Kind.EDITED


def _changed(view: AlignmentHypothesis) -> Kind:
    if are_corners_rounded(view.difference) or (not view.coloured and is_overlay(view.difference)):
        return Kind.EDITED
    return Kind.VARIANT


def _similarity(kind: Kind, view: AlignmentHypothesis) -> float:
    if kind is Kind.VARIANT:
        return 0.60 + 0.25 * view.difference.agreement
    low, high = {Kind.COPY: (0.95, 0.999), Kind.EDITED: (0.85, 0.96)}.get(kind, (0.88, 0.99))
    if not view.clean or (view.copied and kind is Kind.EDITED):
        return low + (high - low) * view.difference.agreement * 0.5
    odds = CHANGED - view.score
    if kind is Kind.COPY and view.sameness is not None:
        odds = view.sameness.copy - COPIED_BOTH
    doubt = 2 / (1 + math.exp(min(odds, 50.0)))
    return high - (high - low) * min(doubt, 1.0)


def _faint(differs: bytes) -> bytes:
    """Return the grid of a copy, half as strong: coarse coding of a copy's edges reaches what would be a
    stroke elsewhere, and nobody should be told that a copy differs there."""
    levels = np.frombuffer(differs, np.uint8)
    # The lowest bit stays: it tells colour from all else.
    return ((levels >> 2 << 1) | (levels & 1)).tobytes()


def _differs(view: AlignmentHypothesis, picture: int, points: int = GRID, finer: int = 8) -> bytes:
    """Return the strongest of ``finer`` x ``finer`` differences at each of points x points places.

    Even levels stand for colour alone. Where something differs, some place is well visible.
    """
    apart = view.difference.light * np.float32(0.6) + view.difference.colour * np.float32(1.5)
    shown = view.overlap.show(apart, picture, points * finer) * np.float32(SHOWN)
    if not view.clean:
        if view.tint is not None:
            tint = view.overlap.show(view.tint.apart, picture, points * finer) - np.float32(UNSEEN_COLOUR)
            shown = np.maximum(shown, tint * np.float32(SHOWN_COLOUR))
        if shown.max() < 1:
            plain = cv2.absdiff(view.overlap.first, view.overlap.second).max(axis=2).astype(np.float32)
            shown = view.overlap.show(plain, picture, points * finer)
        shown *= np.float32(max(1.0, SEEN / max(float(shown.max()), 1.0)))
    shown = shown.reshape(points, finer, points, finer).max(axis=(1, 3))
    levels: NDArray[np.uint8] = np.clip(shown, 0, 255).astype(np.uint8)
    return (levels & 0xFE if view.coloured else levels | (levels > 0)).tobytes()
