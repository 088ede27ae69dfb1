"""Verdict: what kind of pair two pictures are, and how alike they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # For type names only: the app imports this file and should paint before it loads numpy.
    import numpy as np
    from numpy.typing import NDArray

GRID = 8


class Alteration(StrEnum):
    """How one of two pictures that show the same was altered."""

    CUT = "cut"
    """It is a part that was cut out of the other."""
    BARS = "bars"
    """It lies between bars, plain or blurred, that fill another shape."""
    FRAME = "frame"
    """It has a border or a frame around it."""
    STRIP = "strip"
    """It has a strip beside it, with a caption or without."""
    TILTED = "tilted"
    """It stands askew on a plain ground."""
    SCREENSHOT = "screenshot"
    """It is seen inside a page or a screen."""
    COLLAGE = "collage"
    """It is seen among other pictures."""
    OVERLAP = "overlap"
    """Each shows something that the other one does not."""
    GREY = "grey"
    """It lost its colours."""
    TINTED = "tinted"
    """It is of one tone, such as sepia."""
    OVERLAID = "overlaid"
    """It has text, a watermark or a sticker on it."""
    ROUNDED = "rounded"
    """Its corners are rounded."""


@dataclass(frozen=True, slots=True)
class Altered:
    """Which of two pictures was altered: 0 the first, 1 the second, None where neither replaces the other.

    ``covered`` are the shares of the areas of the first and of the second picture that both show.
    """

    how: Alteration
    which: int | None
    covered: tuple[float, float] = (1.0, 1.0)

    def swapped(self) -> Altered:
        """Return the same of the two pictures in the other order."""
        return Altered(self.how, None if self.which is None else 1 - self.which, self.covered[::-1])


class Kind(StrEnum):
    """How two pictures are related, from the strictest to the loosest."""

    IDENTICAL = "identical"
    PIXELS = "pixels"
    COPY = "copy"
    CROP = "crop"
    TURNED = "turned"
    EDITED = "edited"
    VARIANT = "variant"


SAME_PIXELS = frozenset({Kind.IDENTICAL, Kind.PIXELS})
"""Kinds of pictures that differ nowhere."""
ALTERED_KINDS = frozenset({Kind.CROP, Kind.EDITED})
"""Kinds of pictures of which one may be known to be altered, and then the other one is the better."""
MAX_HOLDS_MORE = 0.99
"""Files of which one holds more than the other, a movie or a gain map, are never the same whatever their
pixels: a copy of at most this similarity."""


NOTICED = 64
"""Level from which a cell of the grid counts: coding noise stays below half of it, edits are near 255."""
_SHARE = 0.5
"""Cells fainter than this share of the strongest one count as its surroundings."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: kind, similarity in 0..1, and where the two pictures differ.

    ``differs`` holds GRID x GRID bytes, row by row over the first picture: 0 alike, 255 unlike. The lowest
    bit is clear where only the colours differ. ``altered`` is there for ``ALTERED_KINDS`` alone, where it is
    known.
    """

    kind: Kind
    similarity: float
    differs: bytes = bytes(GRID * GRID)
    altered: Altered | None = None


def visible_level(differs: bytes) -> float:
    """Return the level from which a cell of a grid counts."""
    return max(NOTICED, max(differs, default=0) * _SHARE)


def is_visible(differs: bytes) -> bool:
    """Return whether a grid shows that two pictures differ."""
    return max(differs, default=0) >= NOTICED


def only_colours(differs: bytes) -> bool:
    """Return whether what differs in a grid is colour alone: its visible levels are even then."""
    seen = [value for value in differs if value >= visible_level(differs)]
    return bool(seen) and not any(value & 1 for value in seen)


class PairJudge(Protocol):
    """Decides on one candidate from its two thumbnails; several threads may ask at once."""

    version: str
    """Changes whenever verdicts may change; verdicts of another version are made anew."""

    def judge(self, first: NDArray[np.uint8], second: NDArray[np.uint8], cosine: float) -> Verdict | None:
        """Return the verdict on two RGB arrays (height, width, 3), or None if they are not alike."""
