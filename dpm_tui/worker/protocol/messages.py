"""The protocol between worker and clients: one frozen dataclass a message; ``message_codec`` has its lines.

A client's first request is ``Hello``; every request gets one answer, and events come unasked.
"""

from __future__ import annotations

from typing import Any

from dpm_tui.worker.protocol.answers import (
    BatchDone as BatchDone,
)
from dpm_tui.worker.protocol.answers import (
    BinData as BinData,
)
from dpm_tui.worker.protocol.answers import (
    ConfigData as ConfigData,
)
from dpm_tui.worker.protocol.answers import (
    Decided as Decided,
)
from dpm_tui.worker.protocol.answers import (
    DecisionData as DecisionData,
)
from dpm_tui.worker.protocol.answers import (
    DifferenceData as DifferenceData,
)
from dpm_tui.worker.protocol.answers import (
    Done as Done,
)
from dpm_tui.worker.protocol.answers import (
    Failed as Failed,
)
from dpm_tui.worker.protocol.answers import (
    LibraryData as LibraryData,
)
from dpm_tui.worker.protocol.answers import (
    PictureData as PictureData,
)
from dpm_tui.worker.protocol.answers import (
    PlanData as PlanData,
)
from dpm_tui.worker.protocol.answers import (
    PurgeChecked as PurgeChecked,
)
from dpm_tui.worker.protocol.answers import (
    PurgeDone as PurgeDone,
)
from dpm_tui.worker.protocol.answers import (
    RemovalData as RemovalData,
)
from dpm_tui.worker.protocol.answers import (
    RestoreDone as RestoreDone,
)
from dpm_tui.worker.protocol.answers import (
    ReviewData as ReviewData,
)
from dpm_tui.worker.protocol.answers import (
    Welcome as Welcome,
)
from dpm_tui.worker.protocol.events import (
    BatchProgress as BatchProgress,
)
from dpm_tui.worker.protocol.events import (
    Event as Event,
)
from dpm_tui.worker.protocol.events import (
    FoundPair as FoundPair,
)
from dpm_tui.worker.protocol.events import (
    LibraryChanged as LibraryChanged,
)
from dpm_tui.worker.protocol.events import (
    LogLine as LogLine,
)
from dpm_tui.worker.protocol.events import (
    ReviewerChanged as ReviewerChanged,
)
from dpm_tui.worker.protocol.events import (
    RunStatus as RunStatus,
)
from dpm_tui.worker.protocol.requests import (
    ApplyPlan as ApplyPlan,
)
from dpm_tui.worker.protocol.requests import (
    CheckPurge as CheckPurge,
)
from dpm_tui.worker.protocol.requests import (
    Decide as Decide,
)
from dpm_tui.worker.protocol.requests import (
    FindCompanions as FindCompanions,
)
from dpm_tui.worker.protocol.requests import (
    GetBin as GetBin,
)
from dpm_tui.worker.protocol.requests import (
    GetDecisions as GetDecisions,
)
from dpm_tui.worker.protocol.requests import (
    GetDifference as GetDifference,
)
from dpm_tui.worker.protocol.requests import (
    GetLibrary as GetLibrary,
)
from dpm_tui.worker.protocol.requests import (
    GetPicture as GetPicture,
)
from dpm_tui.worker.protocol.requests import (
    GetRemovals as GetRemovals,
)
from dpm_tui.worker.protocol.requests import (
    GetReview as GetReview,
)
from dpm_tui.worker.protocol.requests import (
    GetStatus as GetStatus,
)
from dpm_tui.worker.protocol.requests import (
    GetThumbnail as GetThumbnail,
)
from dpm_tui.worker.protocol.requests import (
    Hello as Hello,
)
from dpm_tui.worker.protocol.requests import (
    PauseRun as PauseRun,
)
from dpm_tui.worker.protocol.requests import (
    PurgeEntries as PurgeEntries,
)
from dpm_tui.worker.protocol.requests import (
    RedoBatch as RedoBatch,
)
from dpm_tui.worker.protocol.requests import (
    Request as Request,
)
from dpm_tui.worker.protocol.requests import (
    ResetState as ResetState,
)
from dpm_tui.worker.protocol.requests import (
    RestoreEntries as RestoreEntries,
)
from dpm_tui.worker.protocol.requests import (
    SaveConfig as SaveConfig,
)
from dpm_tui.worker.protocol.requests import (
    SavePlan as SavePlan,
)
from dpm_tui.worker.protocol.requests import (
    SaveReview as SaveReview,
)
from dpm_tui.worker.protocol.requests import (
    Shutdown as Shutdown,
)
from dpm_tui.worker.protocol.requests import (
    StartRun as StartRun,
)
from dpm_tui.worker.protocol.requests import (
    Stay as Stay,
)
from dpm_tui.worker.protocol.requests import (
    StopBatch as StopBatch,
)
from dpm_tui.worker.protocol.requests import (
    StopRun as StopRun,
)
from dpm_tui.worker.protocol.requests import (
    UndoBatch as UndoBatch,
)

PROTOCOL_VERSION = 7
MAX_LINE_BYTES = 1 << 28
MAX_STRANGER_BYTES = 1 << 16
"""How long a line may be before the greeting."""

Answer = (
    Welcome | Done | Failed | LibraryData | PictureData | DifferenceData | BatchDone | RestoreDone | PurgeDone
    | BinData | PlanData | RemovalData | ReviewData | Decided | DecisionData | PurgeChecked | ConfigData
    | RunStatus
)  # fmt: skip
Message = Request | Answer | Event

TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in Message.__args__}
_ANSWERS: dict[type[Any], type[Any]] = {
    Hello: Welcome, GetStatus: RunStatus, GetLibrary: LibraryData, GetThumbnail: PictureData,
    GetPicture: PictureData, GetDifference: DifferenceData, FindCompanions: PlanData, ApplyPlan: BatchDone,
    UndoBatch: RestoreDone, RedoBatch: BatchDone, GetBin: BinData, GetRemovals: RemovalData, Decide: Decided,
    GetDecisions: DecisionData, GetReview: ReviewData, CheckPurge: PurgeChecked,
    RestoreEntries: RestoreDone, PurgeEntries: PurgeDone, SaveConfig: ConfigData,
}  # fmt: skip
_TABLES = (
    LibraryData, BinData, PlanData, RemovalData, BatchDone, RestoreDone, PurgeDone, FindCompanions, SavePlan,
    ApplyPlan, CheckPurge, RestoreEntries, PurgeEntries, Decide,
    Decided, DecisionData, ReviewData, SaveReview,
)  # fmt: skip


def is_table(message: Message) -> bool:
    """Return whether a message may be large: encoding it is work for a thread."""
    return isinstance(message, _TABLES)


def answers(request: Request, answer: Message) -> bool:
    """Return whether ``answer`` is of the type that ``request`` gets when it is carried out."""
    return isinstance(answer, _ANSWERS.get(type(request), Done))
