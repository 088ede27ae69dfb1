"""Requests: what a client asks of a worker, each with the answer that it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.marks.plan import Plan
from dpm_tui.state.config import Config


@dataclass(frozen=True, slots=True)
class Hello:
    """First request of a client -> Welcome. With ``stays`` a run goes on when the client vanishes."""

    version: int
    client: str
    stays: bool = True


@dataclass(frozen=True, slots=True)
class Stay:
    """Change whether a run goes on when this client vanishes -> Done."""

    stays: bool = True


@dataclass(frozen=True, slots=True)
class StartRun:
    """Scan and compare -> Done; empty values mean the settings.

    ``scheduler``, ``path_map`` and ``workers_local`` say which cluster works on it.
    """

    model: str = ""
    threshold: float = -1.0
    accept_missing: bool = False
    quick: bool = False
    scheduler: str = ""
    path_map: tuple[str, ...] = ()
    workers_local: int = 0


@dataclass(frozen=True, slots=True)
class PauseRun:
    """Pause (or with ``paused`` False go on) -> Done."""

    paused: bool = True


@dataclass(frozen=True, slots=True)
class StopRun:
    """Checkpoint and stop the run; the worker stays -> Done."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Checkpoint, stop and end the worker -> Done."""


@dataclass(frozen=True, slots=True)
class GetStatus:
    """-> RunStatus."""


@dataclass(frozen=True, slots=True)
class GetLibrary:
    """-> LibraryData."""


@dataclass(frozen=True, slots=True)
class CompareWith:
    """Judge pairs that no run judged, and look at copies at full size -> Done once they are in the groups.

    Each of ``wanted`` is a file followed by those that it is held against. ``StopRun`` stops it.
    """

    wanted: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ListPictures:
    """The pictures that an absolute path stands for: that file, or all below that folder -> PictureList."""

    path: bytes


@dataclass(frozen=True, slots=True)
class FindPictures:
    """Look for pictures in the library without adding them; ``names`` are below ``folder`` -> FoundPictures.

    The answer comes when all were looked for: a few at a time are answered sooner.
    """

    folder: bytes
    names: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class GetThumbnail:
    """The stored thumbnail of a file -> PictureData."""

    file: int


@dataclass(frozen=True, slots=True)
class GetPicture:
    """A part of the original, at most ``width`` x ``height`` pixels large -> PictureData.

    ``box`` is left, top, right, bottom in 0..1 of the oriented picture.
    """

    file: int
    width: int
    height: int
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class GetDifference:
    """Where two files differ -> DifferenceData."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class FindCompanions:
    """Look for the companions of every victim and for their twins beside the keepers -> PlanData."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class FindNotes:
    """Look for what the victims know of their pictures and the keepers lack -> PlanData."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class SavePlan:
    """Write a plan to a new file for ``dpm-tui clean --plan``; ``path`` is absolute -> Done."""

    plan: Plan
    path: bytes


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """Move every victim of the plan to the recycle bin -> BatchDone."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class StopBatch:
    """Stop the batch after the current file; the request that began it gets its result -> Done."""


@dataclass(frozen=True, slots=True)
class UndoBatch:
    """Bring the newest batch back -> RestoreDone."""


@dataclass(frozen=True, slots=True)
class RedoBatch:
    """Apply the batch that was undone last again -> BatchDone."""


@dataclass(frozen=True, slots=True)
class GetBin:
    """-> BinData."""


@dataclass(frozen=True, slots=True)
class GetRemovals:
    """The record of everything removed, restored and purged, at most ``limit`` lines -> RemovalData."""

    limit: int = 10_000


@dataclass(frozen=True, slots=True)
class CheckPurge:
    """Ask what purging these entries would delete -> PurgeChecked."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestoreEntries:
    """Restore entries of the recycle bin, to the origin if ``to`` is empty -> RestoreDone."""

    ids: tuple[str, ...]
    to: bytes = b""


@dataclass(frozen=True, slots=True)
class PurgeEntries:
    """Delete entries of the recycle bin for good -> PurgeDone."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decide:
    """Make these decisions and revocations in this order -> Decided."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class GetDecisions:
    """What is decided now, in the order in which it was -> DecisionData."""


@dataclass(frozen=True, slots=True)
class GetReview:
    """How far the review is -> ReviewData."""


@dataclass(frozen=True, slots=True)
class SaveReview:
    """Save what the reviewer did, or with ``whole`` the state of the whole review -> Done.

    ``record`` is as in ``state.review.review_journal``.
    """

    record: Any
    whole: bool = False


@dataclass(frozen=True, slots=True)
class SaveConfig:
    """Save the settings -> ConfigData; a changed threshold regroups, a changed model compares anew."""

    config: Config


@dataclass(frozen=True, slots=True)
class ResetState:
    """Forget files, pairs and thumbnails; settings, decisions and the bin stay -> Done."""


Request = (
    Hello | Stay | StartRun | PauseRun | StopRun | Shutdown | GetStatus | GetLibrary | CompareWith
    | ListPictures | FindPictures | GetThumbnail | GetPicture | GetDifference | FindCompanions | FindNotes
    | SavePlan | ApplyPlan | StopBatch | UndoBatch | RedoBatch | GetBin | GetRemovals | CheckPurge
    | RestoreEntries | PurgeEntries | Decide
    | GetDecisions | GetReview | SaveReview | SaveConfig | ResetState
)  # fmt: skip
