"""Move doubts: what a person should look at before a file goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.verdict import GRID, Kind
from dpm_tui.review.marks.move_doubt import MoveDoubt, doubt_about
from tests.tui.samples.library import make_file

KEEPER = make_file(1, "a/keeper.png", 1600, 1200, 500_000)
VICTIM = make_file(2, "a/victim.jpg", 1600, 1200, 300_000)
ALIKE, PLACE = bytes(GRID * GRID), bytes([255, *bytes(GRID * GRID - 1)])
COLOUR = bytes([254, *bytes(GRID * GRID - 1)])


@pytest.mark.parametrize(
    ("kind", "differs", "better", "doubt"),
    [
        (Kind.IDENTICAL, ALIKE, Better.EITHER, None),
        (Kind.PIXELS, ALIKE, Better.EITHER, None),
        (Kind.COPY, ALIKE, Better.FIRST, None),
        (Kind.COPY, ALIKE, Better.EITHER, None),
        (Kind.COPY, ALIKE, Better.SECOND, MoveDoubt.POORER_KEPT),
        (Kind.COPY, ALIKE, Better.UNTOLD, MoveDoubt.UNTOLD),
        (Kind.COPY, ALIKE, Better.UNSEEN, MoveDoubt.UNTOLD),
        (Kind.COPY, PLACE, Better.FIRST, MoveDoubt.DIFFERS),
        (Kind.COPY, COLOUR, Better.FIRST, MoveDoubt.COLOURS),
        (Kind.CROP, PLACE, Better.FIRST, None),
        (Kind.CROP, PLACE, Better.SECOND, MoveDoubt.POORER_KEPT),
        (Kind.EDITED, PLACE, Better.UNTOLD, MoveDoubt.UNTOLD),
        (Kind.VARIANT, PLACE, Better.EITHER, MoveDoubt.VARIANT),
    ],
)
def test_doubts(kind: Kind, differs: bytes, better: Better, doubt: MoveDoubt | None) -> None:
    assert doubt_about(VICTIM, KEEPER, Pair(1, 2, kind, 0.95, differs, better)) is doubt


def test_a_larger_file_that_goes_is_doubtful() -> None:
    larger = replace(VICTIM, facts=replace(VICTIM.facts, width=3200, height=2400))
    assert doubt_about(larger, KEEPER, Pair(1, 2, Kind.COPY, 0.99)) is MoveDoubt.POORER_KEPT
    assert doubt_about(larger, KEEPER, Pair(1, 2, Kind.PIXELS, 1.0)) is None
