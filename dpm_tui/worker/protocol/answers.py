"""Answers: what a worker says to the requests of a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.errors import DpmError
from dpm_tui.recycle.results import BatchResult, BinEntry, PurgeCheck, PurgeResult, Removal, RestoreResult
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.marks.plan import Plan
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol.column_codec import Content


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who the worker is. ``reviewer`` is False where another client already moves files."""

    version: int
    program: str
    pid: int
    root: bytes
    config: Config
    writable: bool
    reviewer: bool

    @property
    def view_only(self) -> str:
        """Why this client may change nothing: the key of a sentence, or empty."""
        if not self.writable:
            return "tui.view_only_read_only"
        return "" if self.reviewer else "tui.view_only_other_app"


@dataclass(frozen=True, slots=True)
class Done:
    """The request was carried out."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The request was not carried out: an error of ``dpm_tui.errors`` by its key and values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = 1

    @classmethod
    def of(cls, error: DpmError) -> Failed:
        """Return the answer that ``error`` amounts to."""
        return cls(error.key, error.values, int(error.exit_code))


@dataclass(frozen=True, slots=True)
class LibraryData:
    """Groups with their files and the pairs inside them, as columns (see ``library_codec.pack_library``).

    ``folders`` and ``formats`` are words that files name by number, ``odd`` files that fit into no column,
    by row; an id of a group takes ``name_bytes``. ``content`` holds the columns one after the other,
    ``sizes`` their bytes.
    """

    folders: tuple[bytes, ...] = ()
    formats: tuple[bytes, ...] = ()
    odd: Mapping[str, Any] = field(default_factory=dict)
    name_bytes: int = 0
    sizes: tuple[int, ...] = ()
    content: Content = field(default_factory=Content)


@dataclass(frozen=True, slots=True)
class UnreadFolder:
    """A folder that could not be read, and what the system said."""

    path: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class PictureList:
    """Pictures below an absolute folder; ``unreadable`` ones are below it, too."""

    folder: bytes
    names: tuple[bytes, ...]
    unreadable: tuple[UnreadFolder, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """A file of the library that a picture has a pair with. ``better`` is ``match``, ``asked`` or empty where
    neither is known to be the better."""

    file: int
    path: bytes
    size: int
    width: int
    height: int
    format: str
    kind: str
    similarity: float
    better: str = ""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """What was found of one picture, the best match first.

    ``reason`` is a deferred sentence on what is broken of it; unless it could be ``read``, only files of the
    same bytes are found. ``itself`` is the id of the very file in the library, 0 where it is none. ``gone``
    counts matches whose files are not there any more, or are others by now: they are left out.
    """

    name: bytes
    reason: str = ""
    read: bool = True
    itself: int = 0
    gone: int = 0
    matches: tuple[PictureMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPictures:
    """What was found from the similarity ``threshold`` on; ``pending`` contents of the library could not be
    compared yet."""

    pictures: tuple[FoundPicture, ...]
    threshold: float
    pending: int = 0


@dataclass(frozen=True, slots=True)
class PictureData:
    """Raw RGB, ``height`` x ``width`` x 3 bytes; empty where the picture cannot be had."""

    file: int
    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class DifferenceData:
    """Square grids of where two pictures differ, row by row 0 alike to 255 unlike: over the first of them
    and over the second. Both are empty where nothing shows that they are alike.

    ``place`` is where the second lies in the first, left, top, right and bottom in the sides of that; empty
    where it is turned or tilted, or nobody knows."""

    first: bytes
    second: bytes
    place: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What applying a plan did."""

    result: BatchResult


@dataclass(frozen=True, slots=True)
class RestoreDone:
    """What restoring did."""

    result: RestoreResult


@dataclass(frozen=True, slots=True)
class PurgeDone:
    """What purging did."""

    result: PurgeResult


@dataclass(frozen=True, slots=True)
class BinData:
    """What the recycle bin holds, newest first, and whether undo and redo have something to do."""

    entries: tuple[BinEntry, ...]
    can_undo: bool
    can_redo: bool


@dataclass(frozen=True, slots=True)
class PlanData:
    """A plan with the companions of its victims."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class RemovalData:
    """What was removed, restored and purged, newest first."""

    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions that undo those just made."""

    before: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class DecisionData:
    """What is decided, the oldest first, each content with the last name that is known of it."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class ReviewData:
    """How far the review is (see ``review.history.record_codec``); ``damaged`` where a part of it is lost."""

    record: Any
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class PurgeChecked:
    """What purging would delete."""

    check: PurgeCheck


@dataclass(frozen=True, slots=True)
class ConfigData:
    """The settings now in force."""

    config: Config
