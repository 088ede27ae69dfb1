"""Doubts: the copies that a rule leaves alone since it cannot be told which of two is better."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dpm_tui.pipeline.group import Better
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.library import Library
from dpm_tui.review.quality_reasons import quality_reason

_DOUBTS = (Better.UNTOLD, Better.UNSEEN)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A copy that stays, the file that it is a copy of, and why, as a key of ``review`` sentences."""

    path: bytes
    keeper: bytes
    reason: str


def find_doubts(library: Library, removed: Collection[int], kinds: Collection[Kind]) -> list[Doubt]:
    """Return the copies of a keeper that stay in doubt, in the order of the groups."""
    doubts: list[Doubt] = []
    if Kind.COPY not in kinds:
        return doubts
    for group in library.groups:
        for id_ in group.members:
            pair = library.pair(id_, group.keeper) if id_ not in removed else None
            if pair is None or pair.kind is not Kind.COPY or pair.better not in _DOUBTS:
                continue
            reason = quality_reason(id_, pair)
            if reason is not None:
                files = library.files
                doubts.append(Doubt(files[id_].path, files[group.keeper].path, reason.key))
    return doubts
