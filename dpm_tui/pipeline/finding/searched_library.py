"""Searched library: what a scan left of one, as a search reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.pipeline.finding.near_contents import WholeVectors
from dpm_tui.pipeline.ports import VectorTable


@dataclass(frozen=True)
class SearchedLibrary:
    """Files, and what was found of their contents; nothing of it is changed.

    ``verdicts`` are those on contents that are alike. ``inspections`` is None where nobody wants copies to be
    looked at at full size. ``decided`` returns a person's decision on two digests. Only pairs from
    ``threshold`` on count.
    """

    files: FileColumns
    verdicts: Sequence[tuple[DigestPair, Verdict]]
    inspections: Mapping[DigestPair, Inspection | None] | None
    whole: Mapping[str, WholeVectors]
    parts: VectorTable
    decided: Callable[[str, str], str]
    threshold: float

    @cached_property
    def contents(self) -> ContentIndex:
        """Content digest -> the readable files that hold it."""
        return ContentIndex(self.files)

    @cached_property
    def seen_or_not(self) -> ContentIndex:
        """Content digest -> the files that hold it, also those whose picture cannot be had."""
        return ContentIndex(self.files, unseen=True)

    @cached_property
    def _verdicts_by_content(self) -> Mapping[str, Sequence[tuple[DigestPair, Verdict]]]:
        found: dict[str, list[tuple[DigestPair, Verdict]]] = defaultdict(list)
        for each in self.verdicts:
            for digest in each[0]:
                found[digest].append(each)
        return found

    def verdicts_on(self, digest: str) -> dict[DigestPair, Verdict]:
        """Return the verdicts on a content and others that are still in the library."""
        known = self.contents
        found = self._verdicts_by_content.get(digest, ())
        return {pair: verdict for pair, verdict in found if pair[0] in known and pair[1] in known}

    def count_unmatched(self) -> int:
        """Return how many contents have no vectors yet: nothing is found among them but the same bytes."""
        return max(len(self.contents) - int(self.known_rows(self.parts).sum()), 0)

    def known_rows(self, table: VectorTable) -> NDArray[np.bool_]:
        """Return the mask of the rows of a table whose contents are in the library."""
        if id(table) not in self._masks:
            self._masks[id(table)] = table.known_rows(self.contents.prefixes())
        return self._masks[id(table)]

    @cached_property
    def _masks(self) -> dict[int, NDArray[np.bool_]]:
        return {}
