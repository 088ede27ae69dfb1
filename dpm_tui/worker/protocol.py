"""The protocol between worker and clients: one frozen dataclass a message, one JSON line each.

A line is ``{"type": ..., "id": n}`` with the message's fields for a request, ``"re": n`` instead
of ``id`` for the answer to it, neither for an event. The first request is ``Hello``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.plain import from_plain, to_plain
from dpm_tui.recycle.results import BatchResult, BinEntry, PurgeCheck, PurgeResult, Removal, RestoreResult
from dpm_tui.review.plan import Plan
from dpm_tui.state.config import Config
from dpm_tui.worker.events import (
    Event as Event,
)
from dpm_tui.worker.events import (
    LibraryChanged as LibraryChanged,
)
from dpm_tui.worker.events import (
    LogLine as LogLine,
)
from dpm_tui.worker.events import (
    ReviewerChanged as ReviewerChanged,
)
from dpm_tui.worker.events import (
    RunStatus as RunStatus,
)
from dpm_tui.worker.requests import (
    ApplyPlan as ApplyPlan,
)
from dpm_tui.worker.requests import (
    CheckPurge as CheckPurge,
)
from dpm_tui.worker.requests import (
    Decide as Decide,
)
from dpm_tui.worker.requests import (
    FindCompanions as FindCompanions,
)
from dpm_tui.worker.requests import (
    GetBin as GetBin,
)
from dpm_tui.worker.requests import (
    GetLibrary as GetLibrary,
)
from dpm_tui.worker.requests import (
    GetPicture as GetPicture,
)
from dpm_tui.worker.requests import (
    GetRemovals as GetRemovals,
)
from dpm_tui.worker.requests import (
    GetStatus as GetStatus,
)
from dpm_tui.worker.requests import (
    GetThumbnail as GetThumbnail,
)
from dpm_tui.worker.requests import (
    Hello as Hello,
)
from dpm_tui.worker.requests import (
    PauseRun as PauseRun,
)
from dpm_tui.worker.requests import (
    PurgeEntries as PurgeEntries,
)
from dpm_tui.worker.requests import (
    RedoBatch as RedoBatch,
)
from dpm_tui.worker.requests import (
    Request as Request,
)
from dpm_tui.worker.requests import (
    ResetState as ResetState,
)
from dpm_tui.worker.requests import (
    RestoreEntries as RestoreEntries,
)
from dpm_tui.worker.requests import (
    SaveConfig as SaveConfig,
)
from dpm_tui.worker.requests import (
    SavePlan as SavePlan,
)
from dpm_tui.worker.requests import (
    Shutdown as Shutdown,
)
from dpm_tui.worker.requests import (
    StartRun as StartRun,
)
from dpm_tui.worker.requests import (
    Stay as Stay,
)
from dpm_tui.worker.requests import (
    StopRun as StopRun,
)
from dpm_tui.worker.requests import (
    UndoBatch as UndoBatch,
)

PROTOCOL_VERSION = 1
LINE_BYTES_AT_MOST = 1 << 28
STRANGER_BYTES_AT_MOST = 1 << 16
"""How long a line may be before the greeting."""
_SLICE = 512
"""So many items of a list are encoded at a time: between two slices other threads get their turn."""


# Answers.


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


@dataclass(frozen=True, slots=True)
class Done:
    """The request was carried out."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The request was not carried out: an error of ``dpm_tui.errors`` by its key and values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class LibraryData:
    """Groups with their files and the pairs inside them, as columns (see ``worker.library_data``)."""

    files: Any
    groups: Any
    pairs: Any


@dataclass(frozen=True, slots=True)
class PictureData:
    """Raw RGB, ``height`` x ``width`` x 3 bytes; empty where the picture cannot be had."""

    file: int
    width: int
    height: int
    rgb: bytes


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
class PurgeChecked:
    """What purging would delete."""

    check: PurgeCheck


@dataclass(frozen=True, slots=True)
class ConfigData:
    """The settings now in force."""

    config: Config


Answer = (
    Welcome | Done | Failed | LibraryData | PictureData | BatchDone | RestoreDone | PurgeDone | BinData
    | PlanData | RemovalData | PurgeChecked | ConfigData | RunStatus
)  # fmt: skip
Message = Request | Answer | Event

_TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in Message.__args__}
_ANSWERS: dict[type[Any], type[Any]] = {
    Hello: Welcome, GetStatus: RunStatus, GetLibrary: LibraryData, GetThumbnail: PictureData,
    GetPicture: PictureData, FindCompanions: PlanData, ApplyPlan: BatchDone, UndoBatch: RestoreDone,
    RedoBatch: BatchDone, GetBin: BinData, GetRemovals: RemovalData, CheckPurge: PurgeChecked,
    RestoreEntries: RestoreDone, PurgeEntries: PurgeDone, SaveConfig: ConfigData,
}  # fmt: skip
_TABLES = (
    LibraryData, BinData, PlanData, RemovalData, BatchDone, RestoreDone, PurgeDone, FindCompanions, SavePlan,
    ApplyPlan, CheckPurge, RestoreEntries, PurgeEntries, Decide,
)  # fmt: skip


class ProtocolError(Exception):
    """A line that is not a message of this protocol."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line: a message with its request number or the number that it answers; 0 means none."""

    message: Message
    id: int = 0
    re: int = 0


def is_table(message: Message) -> bool:
    """Tell whether a message may be large: encoding it is work for a thread."""
    return isinstance(message, _TABLES)


def answers(request: Request, answer: Message) -> bool:
    """Tell whether ``answer`` is of the type that ``request`` gets when it is carried out."""
    return isinstance(answer, _ANSWERS.get(type(request), Done))


def encode(message: Message, *, id: int = 0, re: int = 0) -> bytes:  # noqa: A002
    """Return the line for ``message``."""
    head: dict[str, Any] = {"type": type(message).__name__}
    if id:
        head["id"] = id
    if re:
        head["re"] = re
    return "".join(_pieces(head | to_plain(message))).encode("ascii") + b"\n"


def decode(line: bytes) -> Envelope:
    """Return the message of one line; raises ProtocolError for anything else."""
    try:
        value = json.loads(line)
        kind = _TYPES[value.pop("type")]
        numbers = {name: int(value.pop(name, 0)) for name in ("id", "re")}
        return Envelope(from_plain(kind, value), **numbers)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ProtocolError(repr(error)) from error


def _pieces(value: Any) -> Iterator[str]:
    """Yield JSON text; the standard encoder would hold up every thread until the whole of it is done."""
    if isinstance(value, dict):
        for number, (key, item) in enumerate(value.items()):
            yield ("," if number else "{") + json.dumps(key) + ":"
            yield from _pieces(item)
        yield "}" if value else "{}"
    elif isinstance(value, list) and len(value) > _SLICE:
        for start in range(0, len(value), _SLICE):
            text = json.dumps(value[start : start + _SLICE], separators=(",", ":"))
            yield ("," if start else "[") + text[1:-1]
        yield "]"
    else:
        yield json.dumps(value, separators=(",", ":"))
