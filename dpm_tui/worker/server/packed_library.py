"""The library as it was packed last, so that whoever asks next has it at once."""

from __future__ import annotations

from dpm_tui.worker.protocol.library_codec import pack_library
from dpm_tui.worker.protocol.messages import LibraryData
from dpm_tui.worker.run.run_results import Results


class LibraryShelf:
    """Packs results once; those that others have followed are forgotten."""

    def __init__(self) -> None:
        self._packed: tuple[Results, LibraryData] | None = None

    def pack(self, results: Results) -> LibraryData:
        """Return the groups of some results as columns."""
        packed = self._packed
        if packed is None or packed[0] is not results:
            self._packed = None
            packed = results, pack_library(results.files, results.groups, results.pairs)
            self._packed = packed
        return packed[1]
