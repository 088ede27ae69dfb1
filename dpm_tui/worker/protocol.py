"""The protocol between worker and clients: one frozen dataclass a message, one JSON line each.

A line is ``{"type": ..., "id": n}`` with the message's fields for a request, ``"re": n`` instead
of ``id`` for the answer to it, neither for an event. The first request is ``Hello``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.plain import from_plain, to_plain
from dpm_tui.recycle.results import BatchResult, BinEntry, PurgeCheck, PurgeResult, Removal, RestoreResult
from dpm_tui.review.plan import Plan
from dpm_tui.state.config import Config
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
    StopRun as StopRun,
)
from dpm_tui.worker.requests import (
    UndoBatch as UndoBatch,
)

PROTOCOL_VERSION = 1
LINE_BYTES_AT_MOST = 1 << 28


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


# Events (RunStatus is an answer too).


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where the run is; a newer one replaces an older one.

    ``phase`` is ``idle``, ``running``, ``paused``, ``finished``, ``stopped`` or ``failed``;
    ``stage`` one of ``pipeline.reporter.Stage``; ``done`` and ``total`` count that stage's work.
    ``rate`` is its work a second, ``seconds_left`` negative while unknown. ``skipped`` counts what
    the inventory passed over by reason. ``memory`` is in bytes over worker and decoders, ``cpu`` in
    percent of one core. ``attention`` is a key under ``worker.`` for something that the user must
    know (``mount_guard``...), or empty. ``run`` counts the runs of this worker: a short one may have
    ended before anybody saw it running.
    """

    run: int = 0
    phase: str = "idle"
    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    seconds_left: float = -1.0
    elapsed: float = 0.0
    files: int = 0
    pictures: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    unreadable: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    pairs: int = 0
    groups: int = 0
    model: str = ""
    threshold: float = 0.0
    device: str = ""
    memory: int = 0
    cpu: float = 0.0
    attention: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line for the log: a sentence ``worker.<key>`` with its values (names already displayable)."""

    level: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Groups are not what they were: ask for the library again."""

    groups: int


Answer = (
    Welcome | Done | Failed | LibraryData | PictureData | BatchDone | RestoreDone | PurgeDone | BinData
    | PlanData | RemovalData | PurgeChecked | ConfigData | RunStatus
)  # fmt: skip
Event = RunStatus | LogLine | LibraryChanged
Message = Request | Answer | Event

_TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in Message.__args__}


class ProtocolError(Exception):
    """A line that is not a message of this protocol."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line: a message with its request number or the number that it answers; 0 means none."""

    message: Message
    id: int = 0
    re: int = 0


def encode(message: Message, *, id: int = 0, re: int = 0) -> bytes:  # noqa: A002
    """Return the line for ``message``."""
    head: dict[str, Any] = {"type": type(message).__name__}
    if id:
        head["id"] = id
    if re:
        head["re"] = re
    return json.dumps(head | to_plain(message), separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> Envelope:
    """Return the message of one line; raises ProtocolError for anything else."""
    try:
        value = json.loads(line)
        kind = _TYPES[value.pop("type")]
        numbers = {name: int(value.pop(name, 0)) for name in ("id", "re")}
        return Envelope(from_plain(kind, value), **numbers)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ProtocolError(repr(error)) from error
