"""A client that follows a script, so that the app runs without a worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dpm_tui.recycle.results import (
    BatchResult,
    BinEntry,
    PurgeCheck,
    PurgeResult,
    Removal,
    Restored,
    RestoreResult,
    Skipped,
)
from dpm_tui.review.decisions.decision_table import DecisionTable
from dpm_tui.review.history.record_codec import read_delta, read_record, write_record
from dpm_tui.review.history.review_record import ReviewRecord
from dpm_tui.review.marks.plan import Companion, Plan
from dpm_tui.state.config import Config
from dpm_tui.worker.client import WorkerFailed, WorkerLost
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import Answer, BinData, Done, Event, Request, RunStatus, Welcome
from tests.tui.samples.found import CARD, LISTED, found_in
from tests.tui.samples.library import Sample, picture_of, sample_library
from tests.tui.samples.runs import FINISHED


class FakeClient:
    """Answers from a sample; what it was asked is in ``requests``, what it should tell goes to ``tell``."""

    def __init__(
        self,
        sample: Sample | None = None,
        *,
        status: RunStatus = FINISHED,
        entries: tuple[BinEntry, ...] = (),
        config: Config | None = None,
        writable: bool = True,
        reviewer: bool = True,
        root: bytes = b"/pictures",
        flat_pictures: bool = False,
    ) -> None:
        self.sample = sample if sample is not None else sample_library()
        self.status = status
        self.entries = entries
        self.config = config or Config()
        self.welcome = Welcome(1, "0", 4711, root, self.config, writable, reviewer)
        self.requests: list[Request] = []
        self.refusals: dict[type[Any], messages.Failed] = {}
        self.companions: dict[bytes, tuple[Companion, ...]] = {}
        self.removals: tuple[Removal, ...] = ()
        self.decisions = DecisionTable()
        self.without_keeper = 0
        self.undone: list[tuple[BinEntry, ...]] = []
        self.batches: list[tuple[BinEntry, ...]] = []
        self.before: list[Sample] = []
        self.record = ReviewRecord()
        self.damaged = False
        self.left: tuple[Skipped, ...] = ()
        self.lost = False
        self.flat_pictures = flat_pictures
        self.thumbnail_size = (96, 64)
        self.places: dict[tuple[int, int], tuple[float, ...]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def request(self, message: Request) -> Answer:
        """Answer at once."""
        if self.lost:
            raise WorkerLost
        self.requests.append(message)
        if type(message) in self.refusals:
            raise WorkerFailed(self.refusals[type(message)])
        answer: Callable[[Any], Answer] = getattr(self, f"_{type(message).__name__}")
        return answer(message)

    async def events(self) -> AsyncIterator[Event]:
        """Yield what ``tell`` was given until ``lose``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """Nothing is open."""

    def tell(self, event: Event) -> None:
        """Send an event to the app."""
        if isinstance(event, RunStatus):
            self.status = event
        self._events.put_nowait(event)

    def lose(self) -> None:
        """End the connection."""
        self.lost = True
        self._events.put_nowait(None)

    def sent(self, kind: type[Any]) -> list[Any]:
        """Return the requests of one type."""
        return [request for request in self.requests if isinstance(request, kind)]

    def _done(self, message: Request) -> Answer:
        return Done()

    _CompareWith = _StopBatch = _StartRun = _PauseRun = _StopRun = _Shutdown = _ResetState = _SavePlan = _done

    def _Decide(self, message: messages.Decide) -> Answer:
        before = self.decisions.before(message.decisions)
        for decision in message.decisions:
            self.decisions.add(replace(decision, time=decision.time or "2026-11-22T12:00:00+00:00"))
        return messages.Decided(before)

    def _GetDecisions(self, message: Request) -> Answer:
        return messages.DecisionData(tuple(self.decisions.standing()))

    def _GetStatus(self, message: Request) -> Answer:
        return self.status

    def _GetLibrary(self, message: Request) -> Answer:
        return self.sample.pack()

    def _GetThumbnail(self, message: messages.GetThumbnail) -> Answer:
        return self._picture(message.file, *self.thumbnail_size)

    def _GetPicture(self, message: messages.GetPicture) -> Answer:
        return self._picture(message.file, message.width, message.height)

    def _picture(self, file: int, width: int, height: int) -> Answer:
        if file not in self.sample.files:
            return messages.PictureData(file, 0, 0, b"")
        if self.flat_pictures:
            return messages.PictureData(file, width, height, bytes([file * 37 % 256]) * (width * height * 3))
        return messages.PictureData(file, width, height, picture_of(file, width, height).tobytes())

    def _GetDifference(self, message: messages.GetDifference) -> Answer:
        rows, columns = np.mgrid[0:32, 0:32]
        spot = np.where((rows < 8) & (columns >= 24), 255, 0).astype(np.uint8)
        place = self.places.get((message.first, message.second), ())
        return messages.DifferenceData(spot.tobytes(), spot[:, ::-1].tobytes(), place)

    def _FindCompanions(self, message: messages.FindCompanions) -> Answer:
        moves = message.plan.moves
        found = (replace(move, companions=self.companions.get(move.victim.path, ())) for move in moves)
        return messages.PlanData(Plan(tuple(found)))

    def _FindNotes(self, message: messages.FindNotes) -> Answer:
        return messages.PlanData(message.plan)

    def _ApplyPlan(self, message: messages.ApplyPlan) -> Answer:
        moves = message.plan.moves
        batch = f"n{len(self.batches)}"
        entries = tuple(
            BinEntry(
                id=f"{batch}-{number}", batch=batch, path=move.victim.path, size=move.victim.stamp.size,
                mtime_ns=move.victim.stamp.mtime_ns, recycled_at="2026-11-22T12:00:00+00:00",
                kind=move.kind.value, similarity=move.similarity, keeper=move.keeper.path, rule=move.rule,
                keeper_present=True,
            )
            for number, move in enumerate(moves)
        )  # fmt: skip
        entries += tuple(
            BinEntry(
                id=f"{batch}-{move.victim.path!r}-{number}", batch=batch, path=companion.file.path,
                size=companion.file.stamp.size, mtime_ns=0, recycled_at="2026-11-22T12:00:00+00:00",
                companion_of=move.victim.path,
            )
            for move in moves
            for number, companion in enumerate(move.companions)
        )  # fmt: skip
        self.before.append(self.sample)
        self.batches.append(entries)
        self._move(self.sample.without([entry.path for entry in entries]), entries + self.entries)
        return messages.BatchDone(replace(_result(batch, entries), skipped=self.left))

    def _UndoBatch(self, message: Request) -> Answer:
        if not self._can_undo:
            raise WorkerFailed(messages.Failed("undo_nothing"))
        entries = tuple(entry for entry in self.batches.pop() if entry in self.entries)
        self.undone.append(entries)
        left = tuple(entry for entry in self.entries if entry not in entries)
        self._move(self.before.pop(), left)
        return messages.RestoreDone(RestoreResult(tuple(Restored(e.path, e.path) for e in entries)))

    def _RedoBatch(self, message: Request) -> Answer:
        if not self.undone:
            raise WorkerFailed(messages.Failed("redo_nothing"))
        entries = tuple(replace(entry, batch="again") for entry in self.undone.pop())
        self.batches.append(entries)
        self.before.append(self.sample)
        self._move(self.sample.without([entry.path for entry in entries]), entries + self.entries)
        return messages.BatchDone(_result("again", entries))

    def _move(self, sample: Sample, entries: tuple[BinEntry, ...]) -> None:
        self.sample, self.entries = sample, entries
        self.tell(messages.LibraryChanged(len(sample.groups)))

    def _GetReview(self, message: Request) -> Answer:
        return messages.ReviewData(write_record(self.record), self.damaged)

    def _SaveReview(self, message: messages.SaveReview) -> Answer:
        if message.whole:
            self.record = read_record(message.record)
        else:
            self.record.follow(read_delta(message.record))
        return Done()

    def _GetBin(self, message: Request) -> Answer:
        return BinData(self.entries, self._can_undo, bool(self.undone))

    @property
    def _can_undo(self) -> bool:
        standing = {entry.batch for entry in self.entries}
        return any(entry.batch in standing for batch in self.batches for entry in batch)

    def _GetRemovals(self, message: messages.GetRemovals) -> Answer:
        return messages.RemovalData(self.removals[: message.limit])

    def _CheckPurge(self, message: messages.CheckPurge) -> Answer:
        sizes = [entry.size for entry in self.entries if entry.id in message.ids]
        lost = min(self.without_keeper, len(sizes))
        check = PurgeCheck(len(sizes), sum(sizes), lost, lost // 2, lost - lost // 2)
        return messages.PurgeChecked(check)

    def _RestoreEntries(self, message: messages.RestoreEntries) -> Answer:
        chosen = [entry for entry in self.entries if entry.id in message.ids]
        self.entries = tuple(entry for entry in self.entries if entry not in chosen)
        now = [os.path.join(message.to, entry.path) for entry in chosen]
        back = (Restored(entry.path, path) for entry, path in zip(chosen, now, strict=True))
        return messages.RestoreDone(RestoreResult(tuple(back)))

    def _PurgeEntries(self, message: messages.PurgeEntries) -> Answer:
        chosen = [entry for entry in self.entries if entry.id in message.ids]
        self.entries = tuple(entry for entry in self.entries if entry not in chosen)
        size = sum(entry.size for entry in chosen)
        return messages.PurgeDone(PurgeResult(tuple(entry.path for entry in chosen), (), size))

    def _ListPictures(self, message: messages.ListPictures) -> Answer:
        if message.path == CARD:
            return LISTED
        if message.path.endswith(b".png"):
            folder, _, name = message.path.rpartition(b"/")
            return messages.PictureList(folder, (name,))
        values = {"path": os.fsdecode(message.path), "reason": "No such file or directory"}
        raise WorkerFailed(messages.Failed("asked_unreadable", values))

    def _FindPictures(self, message: messages.FindPictures) -> Answer:
        return messages.FoundPictures(tuple(found_in(self.sample, name) for name in message.names), 0.6)

    def _SaveConfig(self, message: messages.SaveConfig) -> Answer:
        self.config = message.config
        return messages.ConfigData(message.config)


def _result(batch: str, entries: tuple[BinEntry, ...]) -> BatchResult:
    """Return what moving these entries did."""
    return BatchResult(
        batch,
        tuple(entry.path for entry in entries if not entry.companion_of),
        (),
        sum(entry.size for entry in entries),
        tuple(entry.path for entry in entries if entry.companion_of),
    )
