"""What the recycle bin holds and what its operations did. Plain data that travels to the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dpm_tui.text_format import sentence, shown_values


class OtherDisks(StrEnum):
    """Where a victim goes that lies on another file system than the root."""

    BIN = "bin"
    """To a recycle bin on its own file system."""
    COPY = "copy"
    """To the root's bin, as a verified copy."""
    REFUSE = "refuse"
    """Nowhere: it is left in its place."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that an operation left where it was, and why: a sentence ``recycle.<key>`` with its values."""

    path: bytes
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_rest(self) -> bool:
        """Whether the operation was told to stop before this file, which is no failure."""
        return self.key == "cancelled"

    @property
    def is_settled(self) -> bool:
        """Whether nothing was to be done about the file, which is no failure."""
        return self.key == "already_linked"

    @property
    def reason(self) -> str:
        """Why it was left, as a sentence."""
        return sentence(f"recycle.{self.key}", **shown_values(self.values))


def split_rest(skipped: Sequence[Skipped]) -> tuple[int, tuple[Skipped, ...]]:
    """Return how many files an operation was stopped before, and those that it had to leave."""
    left = tuple(item for item in skipped if not (item.is_rest or item.is_settled))
    return sum(item.is_rest for item in skipped), left


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What applying a plan did; ``batch`` is empty where nothing was moved.

    ``moved`` and ``companions`` are original paths; ``size`` is in bytes, companions included. ``linked``
    are those of ``moved`` whose names a link has taken, ``noted`` counts side files that were written.
    """

    batch: str
    moved: tuple[bytes, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    size: int = 0
    companions: tuple[bytes, ...] = ()
    linked: tuple[bytes, ...] = ()
    noted: int = 0


@dataclass(frozen=True, slots=True)
class Restored:
    """One file that came back: where it had been, and where it is now.

    Both are relative to the root; ``now`` is absolute where another folder was named.
    """

    origin: bytes
    now: bytes


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What restoring did."""

    restored: tuple[Restored, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """What purging deleted for good; ``purged`` are original paths."""

    purged: tuple[bytes, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class BinEntry:
    """One file in the recycle bin.

    ``id`` is ASCII and fit for a command line. ``recycled_at`` is ISO 8601 UTC. ``kind`` is empty
    where the batch's index is lost; the file can be restored all the same. ``keeper_present`` tells
    whether the file that justified the move is in its place now. A companion has no kind but the
    picture that it went with in ``companion_of``. ``link`` is what took its name, as in ``Link``.
    """

    id: str
    batch: str
    path: bytes
    size: int
    mtime_ns: int
    recycled_at: str
    digest: str = ""
    kind: str = ""
    similarity: float = 0.0
    keeper: bytes = b""
    rule: str = ""
    keeper_present: bool = False
    companion_of: bytes = b""
    link: str = ""

    @property
    def age(self) -> float:
        """Seconds since the file was moved to the bin; 0 where that is not known."""
        try:
            return (datetime.now(UTC) - datetime.fromisoformat(self.recycled_at)).total_seconds()
        except (ValueError, TypeError):  # TypeError: a time without a zone
            return 0.0


@dataclass(frozen=True, slots=True)
class Removal:
    """One line of the record of removals, for people.

    ``action`` is ``recycled``, ``linked`` (recycled, and a link took its name), ``restored``, ``purged``,
    ``kept`` or ``missing``; ``to`` is where a restored file lies now, as in ``Restored.now``. ``keeper``,
    ``kind`` and ``rule`` are empty where they are not known.
    """

    time: str
    action: str
    batch: str
    path: bytes
    size: int
    to: bytes = b""
    keeper: bytes = b""
    kind: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One applied plan as it stands: ``count`` files of ``size`` bytes in the bin, or, if ``undone``,
    those that redo would move again. ``time`` is ISO 8601 UTC."""

    id: str
    time: str
    count: int
    size: int
    undone: bool


@dataclass(frozen=True, slots=True)
class PurgeCheck:
    """What purging would delete: ``count`` files, ``size`` bytes, ``without_keeper`` of them with no
    verified keeper in its place, so that their picture may be gone for good.

    Of those the keeper is ``gone``, or it or the file itself is ``altered`` since they were compared; for
    the rest none is known.
    """

    count: int = 0
    size: int = 0
    without_keeper: int = 0
    gone: int = 0
    altered: int = 0

    @property
    def reasons(self) -> str:
        """Why files have no verified keeper, with their numbers, as words."""
        rest = self.without_keeper - self.gone - self.altered
        counts = {"gone": self.gone, "altered": self.altered, "unknown": rest}
        named = [sentence(f"recycle.purge_{key}", count=count) for key, count in counts.items() if count]
        return sentence("tui.place_gap").join(named)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovery put right; all zero where nothing was half done."""

    batches_removed: int = 0
    names_dropped: int = 0
    parts_removed: int = 0
    records_added: int = 0

    @property
    def count(self) -> int:
        """The number of steps that were put right."""
        return self.batches_removed + self.names_dropped + self.parts_removed + self.records_added

    def __bool__(self) -> bool:
        return self.count > 0
