"""A small library as plain data: one original with relatives, its variant, and a stranger."""

from __future__ import annotations

from collections.abc import Mapping

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.findings import DEFAULT, Cleaning, Findings, FoundGroup, Removal
from models.training.evaluation.removals.truth import ORIGINAL, SINGLE, TrueFile, Truth

COPIES = frozenset({Kind.COPY})
TRUTH = Truth.of(
    [
        TrueFile("original", 0, 0, ORIGINAL),
        TrueFile("twin", 0, 0, "same bytes", frozenset({Kind.IDENTICAL})),
        TrueFile("jpeg", 0, 0, "jpeg 70", COPIES, 34.0),
        TrueFile("coarse", 0, 0, "jpeg 10", COPIES, 22.0),
        TrueFile("crop", 0, 0, "crop 50 %", frozenset({Kind.CROP}), 0.0),
        TrueFile("covered", 0, 0, "covered 30 %", frozenset({Kind.EDITED}), 0.0, hard=True),
        TrueFile("collage", 0, 0, "collage", frozenset({Kind.CROP}), 0.0, hard=True, pasted=True),
        TrueFile("variant", 0, 1, "variant: burst"),
        TrueFile("variant again", 0, 1, "jpeg 70", COPIES, 33.0),
        TrueFile("stranger", 1, 2, SINGLE),
    ]
)


def found(
    *groups: str, pairs: Mapping[tuple[str, str], Kind] | None = None, cleaning: Cleaning | None = None
) -> Findings:
    """Return findings of groups, each the names of its members divided by commas, the keeper first."""
    members = [tuple(group.split(",")) for group in groups]
    return Findings(
        tuple(FoundGroup(names[0], names) for names in members),
        {frozenset(paths): kind for paths, kind in (pairs or {}).items()},
        (cleaning,) if cleaning else (),
    )


def cleaned(
    *moves: str, kinds: tuple[Kind, ...] = DEFAULT, doubts: Mapping[str, str] | None = None
) -> Cleaning:
    """Return a cleaning that removes files, each written as ``victim for keeper``."""
    removals = [Removal(*move.split(" for "), Kind.COPY) for move in moves]
    return Cleaning(kinds, tuple(removals), doubts or {})
