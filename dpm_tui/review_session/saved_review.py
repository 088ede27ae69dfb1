"""Saved review: what is marked goes to the worker at once, and comes back with the next start."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from dpm_tui.errors import DpmError
from dpm_tui.review.history.mark_changes import Marking
from dpm_tui.review.history.rebase import adopt_record
from dpm_tui.review.history.record_codec import read_record
from dpm_tui.review.history.review_record import HistoryEvent, ReviewRecord, View
from dpm_tui.review.marks.unsaved_changes import UnsavedChanges
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_worker import ReviewWorker
from dpm_tui.worker.protocol.messages import Done, GetReview, ReviewData, SaveReview

_AT_ONCE = 3000


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back of an earlier review: what was looked at, if anything, and the marks that were lost.

    ``damaged`` tells that a part of the record could not be read, ``first`` that none came before.
    """

    view: View | None = None
    changed: int = 0
    damaged: bool = False
    first: bool = True


class SavedReview:
    """Sends the news of a review to the worker, and restores it from there once.

    Only the reviewer writes. ``look`` returns what is looked at now, told what was before.
    """

    def __init__(self, review: Review, worker: ReviewWorker, look: Callable[[View], View]) -> None:
        self._review = review
        self._worker = worker
        self._look = look
        self._unsaved = UnsavedChanges()
        self._stirred = asyncio.Event()
        self._sending = asyncio.Lock()
        self._known = False
        self._loaded: dict[int, Marking] = {}

    @property
    def reliable(self) -> bool:
        """Whether what is marked is written down, so that leaving loses nothing."""
        return self._known and self._worker.reviewer and self._unsaved.is_done

    @property
    def unsaved(self) -> int:
        """How many files are marked for removal here, and nowhere else."""
        removed = self._review.marks.removed
        if self.reliable:
            return 0
        return sum(id_ in removed for id_ in self._own()) if self._known else len(removed)

    async def restore(self) -> Restored | None:
        """Take over what was marked last time, below what was marked here meanwhile; raises DpmError.

        None where that has been done.
        """
        if self._known:
            return None
        review = self._review
        review.marks.listener = self._hear
        data = await self._worker.ask(GetReview(), ReviewData)
        try:
            record = await asyncio.to_thread(read_record, data.record)
        except ValueError as error:
            raise DpmError("protocol_nonsense") from error
        library = review.library
        if len(record.history.markings) > _AT_ONCE:
            adopted = await asyncio.to_thread(adopt_record, record, library)
        else:
            adopted = adopt_record(record, library)
        self._known = True
        first, own = not self._loaded, self._own()
        self._unsaved.whole = bool(own) or adopted.altered
        if record == ReviewRecord():
            return Restored(damaged=data.damaged)
        self._unsaved.resume(record)
        review.adopt_marks(adopted, record.view.horizon, self._hear)
        review.marks.take_over(own)
        review.passed.update(record.passed)
        self._loaded = dict(review.marks.history.markings)
        return Restored(record.view, adopted.changed, data.damaged, first)

    def forget(self) -> None:
        """Ask for the record anew at the next ``restore``: another app has written it until now."""
        self._known = False

    def resend(self) -> None:
        """Send the whole review next: what an earlier worker was told last, nobody knows."""
        self._unsaved.whole = self._known

    async def wait(self, seconds: float) -> None:
        """Wait for news, so many seconds at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), seconds)

    async def flush(self) -> None:
        """Send what is new and wait until it is written; raises DpmError, and sends all of it next time."""
        async with self._sending:
            self._stirred.clear()
            if not (self._known and self._worker.reviewer):
                return
            unsaved, review = self._unsaved, self._review
            with unsaved.handing_over():
                whole, large = unsaved.whole, unsaved.is_large
                write = unsaved.take(review.marks, self._view(), review.passed)
                if write is not None:
                    record = await asyncio.to_thread(write) if large else write()
                    await self._worker.ask(SaveReview(record, whole), Done)

    def _view(self) -> View:
        before, review = self._unsaved.view, self._review
        if not review.known:
            return before
        return replace(self._look(before), horizon=max(before.horizon, review.library.newest))

    def _hear(self, news: HistoryEvent[int]) -> None:
        if self._known and self._worker.reviewer:
            self._unsaved.hear(news)
        self._stirred.set()

    def _own(self) -> dict[int, Marking | None]:
        """Return the markings that were made here since those of the worker were loaded."""
        now = self._review.marks.history.markings
        changed = {id_: marking for id_, marking in now.items() if self._loaded.get(id_) != marking}
        return {**changed, **{id_: None for id_ in self._loaded if id_ not in now}}
