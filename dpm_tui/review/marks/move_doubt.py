"""Move doubt: why a person should look at a move before it happens."""

from __future__ import annotations

from enum import StrEnum

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind, is_visible, only_colours

_MORE_PIXELS = 1.1
"""From this ratio on a file that goes is larger than the one that stays: a person would want to know."""


class MoveDoubt(StrEnum):
    """What speaks for a second look; the value names the sentence."""

    POORER_KEPT = "poorer_kept"
    """What stays is known to be poorer, or has fewer pixels."""
    COLOURS = "colours"
    """The colours of both differ."""
    DIFFERS = "differs"
    """A copy differs in some place."""
    UNTOLD = "untold"
    """Nobody could tell which of two copies holds more, or nobody looked."""
    VARIANT = "variant"
    """The pictures differ."""


def doubt_about(victim: ImageFile, keeper: ImageFile, pair: Pair) -> MoveDoubt | None:
    """Return the gravest doubt about a move that rests on a pair of both, None where there is none."""
    if pair.kind in (Kind.IDENTICAL, Kind.PIXELS):
        return None
    larger = victim.pixel_count > keeper.pixel_count * _MORE_PIXELS
    if pair.better is (Better.FIRST if victim.id == pair.a else Better.SECOND) or larger:
        return MoveDoubt.POORER_KEPT
    if pair.kind is Kind.VARIANT:
        return MoveDoubt.VARIANT
    if is_visible(pair.differs) and pair.kind is Kind.COPY:
        return MoveDoubt.COLOURS if only_colours(pair.differs) else MoveDoubt.DIFFERS
    if pair.better in (Better.UNTOLD, Better.UNSEEN):
        return MoveDoubt.UNTOLD
    return None
