"""Difference places: where two pictures differ, in words."""

from __future__ import annotations

from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.verdict import Kind, visible_level

_MOST = 4
"""With more places than these it is simpler to say that the pictures differ all over."""
_ACROSS = ("left", "middle", "right")
_DOWN = ("upper", "middle", "lower")
_MOVED = frozenset({Kind.CROP, Kind.TURNED})
"""Kinds whose pictures show the same thing in different places."""


def describe_places(differs: bytes) -> list[str]:
    """Return the ninths of a picture in which it differs, as sentences ``review.place_<name>``.

    ``differs`` is a square grid row by row, 0 alike to 255 unlike. The strongest place comes first;
    ``all_over`` alone stands for more than four, and an empty list for none.
    """
    side = round(len(differs) ** 0.5)
    level = visible_level(differs)
    found: dict[str, int] = {}
    for number, value in enumerate(differs):
        if value >= level:
            row, column = divmod(number, side)
            name = f"{_DOWN[row * 3 // side]}_{_ACROSS[column * 3 // side]}"
            found[name] = found.get(name, 0) + value
    if len(found) > _MOST:
        return ["all_over"]
    return sorted(found, key=lambda name: -found[name])


def lies_over(pair: Pair, digest: str, other: str) -> bool:
    """Return whether the grid of a pair lies over its picture of one digest, beside that of the other.

    It lies over the content with the smaller digest, over the other one only in the same frame.
    """
    return digest <= other or pair.kind not in _MOVED
