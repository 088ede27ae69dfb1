"""Events: what a worker sends its clients without a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A pair that was just verified: where the pictures are (displayable), kind, similarity, their ids."""

    first: str
    second: str
    kind: str
    similarity: float
    first_id: int = 0
    second_id: int = 0


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node of the cluster that a run works on: a worker process of Dask, maybe on another computer.

    ``state`` is ``new`` before it is known to fit, ``working``, ``slow`` while it does not answer, ``lost``,
    or ``refused`` for the ``reason`` (a sentence, maybe deferred). ``done`` counts the pictures and pairs
    that it has done, ``rate`` those a second, ``retries`` the jobs that another one had to do instead.
    """

    name: str
    address: str
    state: str
    done: int = 0
    rate: float = 0.0
    retries: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where the run is; a newer one replaces an older one. Also the answer to ``GetStatus``.

    ``phase`` is ``idle``, ``running``, ``paused``, ``finished``, ``stopped`` or ``failed``;
    ``stage`` one of ``pipeline.reporter.Stage``; ``done`` and ``total`` count that stage's work.
    ``rate`` is its work a second, ``seconds_left`` negative while unknown. ``skipped`` counts what
    the inventory passed over by reason. ``memory`` is in bytes over worker and decoders, ``cpu`` in
    percent of one core. ``attention`` is a key under ``worker.`` for something that the user must
    know (``mount_guard``...), or empty. ``run`` counts the runs of this worker: a short one may have
    ended before anybody saw it running. ``latest`` are the newest few pairs of a run that is going,
    the newest last. ``broken`` counts the unreadable by their status, folders under ``folder``, known
    once a run has ended; ``ended`` says when that was, in ISO 8601, empty for not yet. While files are
    missing, ``known`` says of how many ``gone`` are. ``other_types`` counts files of another type by their
    extension, the commonest first. ``previews`` counts the pictures that were read by the preview in their
    file, ``refused_cameras`` the cameras whose previews are not trusted, both known once a run has ended.
    ``damaged`` are the tables of the state of which a part could not be read
    when the run began. ``left_least`` and ``left_most`` are how many seconds the whole run may still take,
    its later stages included, negative while nothing can be said. ``lacking`` counts the pictures that
    nothing installed there can read, by the extra of this package that can. ``nodes`` are those of the
    cluster that the run works on, none for a run on this computer alone.
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
    other_types: Mapping[str, int] = field(default_factory=dict)
    pairs: int = 0
    groups: int = 0
    model: str = ""
    threshold: float = 0.0
    device: str = ""
    memory: int = 0
    cpu: float = 0.0
    attention: str = ""
    pid: int = 0
    latest: tuple[FoundPair, ...] = ()
    broken: Mapping[str, int] = field(default_factory=dict)
    ended: str = ""
    known: int = 0
    damaged: tuple[str, ...] = ()
    previews: int = 0
    refused_cameras: int = 0
    left_least: float = -1.0
    left_most: float = -1.0
    lacking: Mapping[str, int] = field(default_factory=dict)
    nodes: tuple[NodeStatus, ...] = ()


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


@dataclass(frozen=True, slots=True)
class GroupsFound:
    """A run that is under way has settled more groups: the library may be asked for, now or later."""

    groups: int


@dataclass(frozen=True, slots=True)
class ReviewerChanged:
    """Whether this client is now the one that may move files: the one before it has left."""

    reviewer: bool


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How many files of a batch were looked at; a newer one replaces an older one."""

    done: int
    total: int


Event = RunStatus | LogLine | LibraryChanged | GroupsFound | ReviewerChanged | BatchProgress
