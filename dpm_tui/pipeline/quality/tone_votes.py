"""Tone votes: of two copies that differ in tone the one is nearer the original that further copies look like.

Pixels say little of which of two tones came first. But copies are made of originals more often than of
retouched copies, so the tone that most of a family share is likely to be the original one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.inspection import Inspection

APART = 1.6
"""Levels, in the mean or the spread of lightness or in the mean colour, from which two tones differ: coding
and resizing stay below 0.8."""
VOTE = 1.0
"""What a further copy adds to the logarithm of the odds."""
MOST = 3.0
"""What all of them add at most."""

Tone = tuple[float, ...]


class Inspections(Protocol):
    """What was found of pairs: a mapping or a table of a store."""

    def get(self, pair: DigestPair, /) -> Inspection | None:
        """Return what was found of a pair, None where there is nothing."""


def better_by(first: str, second: str, others: Iterable[str], inspections: Inspections) -> float:
    """Return the logarithm of the odds that the first content is better than the second.

    ``others`` are further copies; those count that were inspected together with one of the two. 0 where the
    two were not inspected.
    """
    inspection = inspections.get(digest_pair(first, second))
    if inspection is None:
        return 0.0
    own = inspection.better if first < second else -inspection.better
    tone = _tone(second, first, inspections)
    if tone is None or not _differs(tone, ()):
        return own
    votes = 0.0
    for other in others:
        beside = _beside_first(other, first, second, tone, inspections)
        if beside is None:
            continue
        like_first, like_second = not _differs(beside, ()), not _differs(beside, tone)
        votes += VOTE * (like_first - like_second)
    return own + min(max(votes, -MOST), MOST)


def differ_in_tone(inspection: Inspection) -> bool:
    """Return whether two copies differ in tone by more than coding and resizing change it."""
    return bool(inspection.tone) and _differs(inspection.tone, ())


def _beside_first(other: str, first: str, second: str, tone: Tone, inspections: Inspections) -> Tone | None:
    """Return the tone of a further copy less that of the first content, as either of the two tells."""
    if other in (first, second):
        return None
    beside = _tone(other, first, inspections)
    if beside is not None:
        return beside
    beside = _tone(other, second, inspections)
    return None if beside is None else tuple(a + b for a, b in zip(beside, tone, strict=True))


def _tone(one: str, other: str, inspections: Inspections) -> Tone | None:
    """Return the tone of one content less that of another; None where they were not inspected."""
    inspection = inspections.get(digest_pair(one, other))
    if inspection is None or not inspection.tone:
        return None
    sign = 1 if one < other else -1
    return tuple(sign * value for value in inspection.tone)


def _differs(tone: Tone, other: Tone) -> bool:
    apart = tone if not other else tuple(a - b for a, b in zip(tone, other, strict=True))
    return max(map(abs, apart)) >= APART
