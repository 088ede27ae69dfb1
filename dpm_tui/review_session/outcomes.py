"""What undo and redo came to, for whoever says so: ``words`` is the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dpm_tui.recycle.results import BatchResult, RestoreResult


@dataclass(frozen=True, slots=True)
class Hindered:
    """Nothing was taken back or done again."""

    words: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks of files were taken back or set again; or the group of a file is ``passed``, or not any more."""

    words: str
    files: Sequence[int]
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions were taken back or made again; ``names`` are paths of the files that they are about."""

    words: str
    names: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class BatchUndone:
    """Files came back.

    Of a move of this review, ``pictures`` of its ``files`` did, and ``elsewhere`` had left the bin before.
    """

    result: RestoreResult
    files: Sequence[int] = ()
    pictures: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class BatchRedone:
    """Files went to the bin again."""

    result: BatchResult


BatchOutcome = Hindered | BatchUndone | BatchRedone
Outcome = BatchOutcome | Marked | Decided
