"""Where the parts of the table of image files lie."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

from dpm_tui.state.state_folder import check_own


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """``journal`` is written now; the others are named after it."""

    journal: bytes

    @property
    def folding(self) -> bytes:
        """The journal whose records are on their way into the shards; there is none most of the time."""
        return self.journal.removesuffix(b".jsonl") + b".folding.jsonl"

    @property
    def folder(self) -> bytes:
        """The folder of shards and manifest."""
        return self.journal.removesuffix(b".jsonl")

    def check(self) -> None:
        """Raise DamagedError if the folder is a link or no folder; it may be missing."""
        with contextlib.suppress(FileNotFoundError):
            check_own(self.folder)

    def names(self) -> list[bytes]:
        """Return the names in the folder, sorted; none if it is missing."""
        try:
            return sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []
