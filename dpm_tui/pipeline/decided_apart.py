"""Decided apart: contents that a person told from each other meet in no group, whoever its keeper is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dpm_tui.catalog.content_digest import hex_digest
from dpm_tui.catalog.file_selection import FileSelection


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided: ``digests`` are all contents that it is about, ``verdict`` says what on two."""

    digests: frozenset[str] = frozenset()
    verdict: Callable[[str, str], str] = lambda first, second: ""


NOTHING_DECIDED = Decided()


class DecidedApart:
    """Which rows may join which groups; a group is named by the row of its keeper."""

    def __init__(self, decided: Decided, rows: FileSelection) -> None:
        self._verdict = decided.verdict
        self._digests = _digests_of(decided.digests, rows)
        self._inside: dict[int, list[int]] = {}

    def bars(self, keeper: int, row: int) -> bool:
        """Return whether something was decided on a row and one of the group."""
        digest = self._digests.get(row)
        if digest is None:
            return False
        inside = (self._digests[each] for each in self._inside.get(keeper, ()))
        return any(self._verdict(digest, other) for other in inside)

    def join(self, keeper: int, rows: Iterable[int]) -> None:
        """Let rows be in the group of a keeper, which may have had one of its own."""
        if not self._digests:
            return
        for row in rows:
            if row in self._digests:
                self._inside.setdefault(keeper, []).append(row)


def _digests_of(wanted: frozenset[str], rows: FileSelection) -> Mapping[int, str]:
    """Return the digest of each row that is among the wanted ones."""
    if not wanted:
        return {}
    column = rows.field("digest")
    raw = np.array([bytes.fromhex(digest) for digest in wanted], column.dtype)
    found = np.flatnonzero(np.isin(column, raw))
    return {row: hex_digest(bytes(column[row])) for row in found.tolist()}
