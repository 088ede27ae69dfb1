"""The protocol between worker and clients: one frozen dataclass a message; ``message_codec`` has its lines.

Import any message from here. A client first says ``Hello``. Every request gets one answer; events come
unasked.
"""

from __future__ import annotations

from typing import Any

from dpm_tui.worker.protocol.answers import *
from dpm_tui.worker.protocol.events import *
from dpm_tui.worker.protocol.requests import *

PROTOCOL_VERSION = 14
MAX_LINE_BYTES = 1 << 28
MAX_STRANGER_BYTES = 1 << 16
"""How long a line may be before the greeting."""

Answer = (
    Welcome | Done | Failed | LibraryData | PictureData | DifferenceData | BatchDone | RestoreDone | PurgeDone
    | BinData | PlanData | RemovalData | ReviewData | Decided | DecisionData | PurgeChecked | ConfigData
    | RunStatus | PictureList | FoundPictures
)  # fmt: skip
Message = Request | Answer | Event

TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in Message.__args__}
_ANSWERS: dict[type[Any], type[Any]] = {
    Hello: Welcome, GetStatus: RunStatus, GetLibrary: LibraryData, GetThumbnail: PictureData,
    GetPicture: PictureData, GetDifference: DifferenceData, FindCompanions: PlanData, ApplyPlan: BatchDone,
    UndoBatch: RestoreDone, RedoBatch: BatchDone, GetBin: BinData, GetRemovals: RemovalData, Decide: Decided,
    GetDecisions: DecisionData, GetReview: ReviewData, CheckPurge: PurgeChecked,
    FindNotes: PlanData, ListPictures: PictureList, FindPictures: FoundPictures,
    RestoreEntries: RestoreDone, PurgeEntries: PurgeDone, SaveConfig: ConfigData,
}  # fmt: skip
_TABLES = (
    LibraryData, BinData, PlanData, RemovalData, BatchDone, RestoreDone, PurgeDone, FindCompanions, SavePlan,
    FindNotes, ApplyPlan, CheckPurge, RestoreEntries, PurgeEntries, Decide, CompareWith,
    Decided, DecisionData, ReviewData, SaveReview, PictureList, FindPictures, FoundPictures,
)  # fmt: skip


def is_table(message: Message) -> bool:
    """Return whether a message may be large: encoding it is work for a thread."""
    return isinstance(message, _TABLES)


def answers(request: Request, answer: Message) -> bool:
    """Return whether ``answer`` is of the type that ``request`` gets when it is carried out."""
    return isinstance(answer, _ANSWERS.get(type(request), Done))
