"""The library under review: groups, the files in them and the pairs between those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dpm_tui.pipeline.group import Group, Pair, PairIndex, pair_key
from dpm_tui.pipeline.image_file import ImageFile


@dataclass(frozen=True, slots=True)
class Library:
    """What a scan found worth reviewing; files outside every group are not in it."""

    files: Mapping[int, ImageFile] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    pairs: PairIndex = field(default_factory=dict)

    def pair(self, a: int, b: int) -> Pair | None:
        """Return the verified pair of two files, or None if they have none."""
        return self.pairs.get(pair_key(a, b))
