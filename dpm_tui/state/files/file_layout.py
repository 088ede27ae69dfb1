"""Where the parts of the table of image files lie."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath, Where, place_of


@dataclass(frozen=True, slots=True)
class FileLayout:
    """``journal`` is written now; ``folding`` is the journal whose records are on their way into the shards,
    there is none most of the time; ``folder`` holds the shards and the manifest."""

    journal: HeldPath
    folding: HeldPath
    folder: HeldFolder

    @classmethod
    def of(cls, where: Where) -> FileLayout:
        """Return the places that are named after the journal ``where``."""
        journal = place_of(where)
        stem = journal.name.removesuffix(b".jsonl")
        return cls(journal, journal.folder.place(stem + b".folding.jsonl"), journal.folder.below(stem))

    def check(self) -> None:
        """Raise DamagedError if the folder is a link or no folder; it may be missing."""
        with contextlib.suppress(FileNotFoundError):
            self.folder.check()

    def names(self) -> list[bytes]:
        """Return the names in the folder, sorted; none if it is missing."""
        try:
            return self.folder.names()
        except FileNotFoundError:
            return []
