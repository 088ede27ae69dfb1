"""Reporter: how a stage reports progress to its caller, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from dpm_tui.catalog.image_file import ImageFile


class Stage(StrEnum):
    """The stages a run goes through, in order."""

    INVENTORY = "inventory"
    DECODE = "decode"
    FINGERPRINT = "fingerprint"
    MATCH = "match"
    VERIFY = "verify"
    INSPECT = "inspect"
    GROUP = "group"


class Reporter:
    """Base reporter whose methods do nothing; callers override those that they need."""

    def started(self, stage: Stage, total: int) -> None:
        """Called when a stage begins; ``total`` is 0 where it is not known yet."""

    def progressed(self, stage: Stage, done: int, total: int) -> None:
        """Called as work is done; may be called thousands of times a second."""

    def found(self, pairs: int) -> None:
        """Called with the number of pairs known so far."""

    def paired(self, first: ImageFile, second: ImageFile, kind: str, similarity: float) -> None:
        """Called for a pair of files that was just verified, with its kind."""

    def recalled(self, rows: int, found: int, wanted: int) -> None:
        """Called after a search by shards: what comparing so many pictures with all finds that it found."""

    def failed(self, path: bytes, reason: str) -> None:
        """Called for a file that could not be read; the run goes on."""

    def finished(self, stage: Stage) -> None:
        """Called when a stage is complete."""

    def cancelled(self) -> bool:
        """Return whether the stage should checkpoint and return."""
        return False


class CancellingReporter(Reporter):
    """Tells nobody anything, and passes on when nobody waits any more."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled

    def cancelled(self) -> bool:
        """Return whether to stop."""
        return self._cancelled()
