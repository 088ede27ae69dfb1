"""Saved review: the marks of a walk are written down by the worker, and come back with the next one."""

from __future__ import annotations

from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.errors import DpmError
from dpm_tui.review.history.rebase import adopt_record
from dpm_tui.review.history.record_codec import read_record
from dpm_tui.review.history.review_record import View, identity
from dpm_tui.review.marks.unsaved_changes import UnsavedChanges


class SavedReview:
    """What the app remembers of a review, for a walk; filter and order of the app stay as they are there.

    ``reliable`` tells whether what is marked is written down.
    """

    def __init__(self, backend: ReviewBackend, walk: PlainSession) -> None:
        self.reliable = False
        self._backend = backend
        self._walk = walk
        self._unsaved = UnsavedChanges()

    async def restore(self) -> int:
        """Take over the marks of last time and go to the place of then; return how many were lost.

        Those are the marks of files that have changed. Raises DpmError.
        """
        data = await self._backend.review()
        if data is None:
            return 0
        try:
            record = read_record(data.record)
        except ValueError as error:
            raise DpmError("protocol_nonsense") from error
        library, unsaved, view = self._walk.library, self._unsaved, record.view
        adopted = adopt_record(record, library)
        unsaved.resume(record)
        unsaved.whole = adopted.altered
        self._walk.restore(adopted, view.horizon, unsaved.hear)
        self._walk.go_to([library.file_at(view.place[0])])
        self.reliable = not self._backend.view_only
        return adopted.changed

    async def save(self) -> None:
        """Write down what was done since the last time; raises DpmError."""
        if self._backend.view_only:
            return
        self.reliable = False
        unsaved = self._unsaved
        with unsaved.handing_over():
            whole, write = unsaved.whole, unsaved.take(self._walk.marks, self._look(), unsaved.passed)
            if write is not None:
                await self._backend.save_review(write(), whole=whole)
        self.reliable = True

    def _look(self) -> View:
        walk, before = self._walk, self._unsaved.view
        group = walk.group
        place = identity(walk.library.files[group.keeper]) if group is not None else before.place
        horizon = max(before.horizon, walk.library.newest)
        return View(place, before.filter, before.sorting, horizon)
