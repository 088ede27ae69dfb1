"""Doubts: the copies that a rule leaves alone, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import Spared

if TYPE_CHECKING:
    from dpm_tui.review.rules.weighing import Weighing


@dataclass(frozen=True, slots=True)
class Doubt:
    """A copy that stays, the file that it is a copy of, and why."""

    path: bytes
    keeper: bytes
    reason: Spared


def list_doubts(library: Library, weighed: Weighing) -> list[Doubt]:
    """Return the copies of a kept file that a rule spares, in the order of the groups."""
    files = library.files
    return [Doubt(files[id_].path, files[kept].path, why) for id_, kept, why in weighed.spared]
