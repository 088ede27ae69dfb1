"""Review sync: what is marked goes to the worker at once, and comes back with the next start."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.review.history.mark_changes import Marking
from dpm_tui.review.history.rebase import adopt_record
from dpm_tui.review.history.record_codec import read_record
from dpm_tui.review.history.review_record import NOWHERE, HistoryEvent, ReviewRecord, View, identity
from dpm_tui.review.library.filter import FilterError, parse_filter
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.unsaved_changes import UnsavedChanges
from dpm_tui.review.rules.rule import protect_folders
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import Done, GetReview, ReviewData, SaveReview

if TYPE_CHECKING:
    from dpm_tui.tui.session.session import Session

_VIEW_SECONDS = 2.0
"""How often it is looked whether the cursor, the filter or the order is another one."""
_AT_ONCE = 3000


class ReviewSync:
    """Sends the news of a session's marks to the worker, and restores them from it once.

    Only the app that may move files writes. ``ask`` sends a request and returns its answer.
    """

    def __init__(self, session: Session, ask: Callable[[Any, type[Any]], Awaitable[Any]]) -> None:
        self._session = session
        self._ask = ask
        self._unsaved = UnsavedChanges()
        self._stirred = asyncio.Event()
        self._sending = asyncio.Lock()
        self._known = False
        self._loaded: dict[int, Marking] = {}

    @property
    def reliable(self) -> bool:
        """Whether what is marked is written down, so that leaving loses nothing."""
        return self._known and self._writes and self._unsaved.is_done

    @property
    def unsaved(self) -> int:
        """How many files are marked for removal here, and nowhere else."""
        removed = self._session.marks.removed
        return sum(id_ in removed for id_ in self._own()) if self._known else len(removed)

    async def restore(self) -> None:
        """Take over what was marked last time; what was marked here meanwhile is set on top of it."""
        session = self._session
        if self._known:
            return
        session.marks.listener = self._hear
        data: ReviewData = await self._ask(GetReview(), ReviewData)
        record = await asyncio.to_thread(read_record, data.record)
        library = session.library
        if len(record.history.markings) > _AT_ONCE:
            adopted = await asyncio.to_thread(adopt_record, record, library)
        else:
            adopted = adopt_record(record, library)
        self._known = True
        first, own = not self._loaded, self._own()
        self._unsaved.whole = bool(own) or adopted.altered
        if record == ReviewRecord():
            return
        protects = protect_folders(session.config.protected)
        horizon = record.view.horizon
        marks = Marks(session.library, protects, adopted.history, self._hear, adopted.names, horizon)
        marks.take_over(own)
        session.marks = marks
        self._loaded = dict(marks.history.markings)
        self._show(record, adopted.changed, first=first, damaged=data.damaged)

    def forget(self) -> None:
        """Ask for the record anew at the next ``restore``: another app has written it until now."""
        self._known = False

    async def run(self) -> None:
        """Send what is new whenever something is, until cancelled; what fails is sent again as a whole."""
        # What an earlier worker was told last, nobody knows.
        self._unsaved.whole = self._known
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), _VIEW_SECONDS)
            try:
                await self.flush()
            except DpmError as error:
                self._unsaved.whole = True
                self._session.trouble = str(error)
                await asyncio.sleep(_VIEW_SECONDS)

    async def flush(self) -> None:
        """Send what is new and wait until it is written; raises DpmError."""
        async with self._sending:
            self._stirred.clear()
            if not (self._known and self._writes):
                return
            unsaved, session = self._unsaved, self._session
            with unsaved.handing_over():
                whole, large = unsaved.whole, unsaved.is_large
                write = unsaved.take(session.marks, self._look(), session.passed)
                if write is not None:
                    record = await asyncio.to_thread(write) if large else write()
                    await self._ask(SaveReview(record, whole), Done)

    @property
    def _writes(self) -> bool:
        welcome = self._session.welcome
        return welcome is not None and welcome.reviewer

    def _hear(self, news: HistoryEvent[int]) -> None:
        if self._known and self._writes:
            self._unsaved.hear(news)
        self._stirred.set()

    def _own(self) -> dict[int, Marking | None]:
        """Return the markings that were made here since those of the worker were loaded."""
        now = self._session.marks.history.markings
        changed = {id_: marking for id_, marking in now.items() if self._loaded.get(id_) != marking}
        return {**changed, **{id_: None for id_ in self._loaded if id_ not in now}}

    def _look(self) -> View:
        session = self._session
        if not session.library_known:
            return self._unsaved.view
        file = session.file
        horizon = max(self._unsaved.view.horizon, session.library.newest)
        place = identity(file) if file is not None else NOWHERE
        return View(place, session.filter.text, session.sorting, horizon)

    def _show(self, record: ReviewRecord, changed: int, *, first: bool, damaged: bool) -> None:
        """Go to the place of last time and say what is marked."""
        session, view = self._session, record.view
        self._unsaved.resume(record)
        session.passed.update(record.passed)
        if first:
            # Another version may have known other words.
            with contextlib.suppress(FilterError):
                session.filter = parse_filter(view.filter)
            session.sorting = view.sorting
            session.lay_out()
            session.go_to_file(session.library.file_at(view.place[0]))
        marks = session.marks
        words: list[str] = []
        if marks.removed:
            size = long_size(marks.size)
            words.append(translate("tui.marks_restored", count=len(marks.removed), size=size))
        if changed:
            words.append(translate("tui.marks_changed", count=changed))
        if damaged:
            words.append(translate("tui.marks_damaged"))
        session.notice = (" ".join(words), *reversed(words))
