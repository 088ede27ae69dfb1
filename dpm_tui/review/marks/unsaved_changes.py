"""Unsaved changes: what was done in a review since it was written down last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from dpm_tui.review.history.file_identities import name_history
from dpm_tui.review.history.mark_history import History
from dpm_tui.review.history.record_codec import write_news, write_record, write_view
from dpm_tui.review.history.review_record import EventKind, HistoryEvent, ReviewRecord, View
from dpm_tui.review.marks.marks import Marks

_CHANGES_AT_ONCE = 3000


class UnsavedChanges:
    """Collects news; with ``whole`` only the whole review says where it is.

    ``view`` and ``passed`` are as they were told last.
    """

    def __init__(self) -> None:
        self.whole = False
        self.view = View()
        self.passed: frozenset[str] = frozenset()
        self._news: list[HistoryEvent[int]] = []

    @property
    def is_done(self) -> bool:
        """Whether all marks are told."""
        return not self.whole and not self._news

    @property
    def is_large(self) -> bool:
        """Whether so much is to be told that writing it is work for a thread."""
        changes = sum(len(news.step.changes) for news in self._news if news.step is not None)
        return self.whole or changes > _CHANGES_AT_ONCE

    def resume(self, record: ReviewRecord) -> None:
        """Go on from a record: its view and what was passed are told."""
        self.view, self.passed = record.view, frozenset(record.passed)

    @contextmanager
    def handing_over(self) -> Iterator[None]:
        """Hand over what is taken within; where it does not arrive, the whole review holds what is gone."""
        try:
            yield
        except BaseException:
            self.whole = True
            raise

    def hear(self, news: HistoryEvent[int]) -> None:
        """Take note of an act."""
        self.whole = self.whole or news.act is EventKind.RENAME
        self._news.append(news)

    def take(self, marks: Marks, view: View, passed: Collection[str]) -> Callable[[], dict[str, Any]] | None:
        """Return what makes the JSON values of all that is to be told, None where nothing is.

        They are those of ``write_record`` if the review was to be told as a whole, else those that
        ``read_delta`` takes; another thread may make them. To be called within ``handing_over``.
        """
        now_passed = frozenset(passed)
        whole, self.whole = self.whole, False
        news, self._news = self._news, []
        old_view, self.view = self.view, view
        old_passed, self.passed = self.passed, now_passed
        names = marks.names
        if whole:
            history = marks.history
            frozen: History[int] = History(dict(history.markings), list(history.done), list(history.undone))
            return lambda: write_record(ReviewRecord(name_history(frozen, names), view, set(now_passed)))
        changes: dict[str, Any] = {}
        if view != old_view:
            changes["view"] = write_view(view)
        if now_passed != old_passed:
            changes["passed"] = sorted(now_passed - old_passed)
            changes["not_passed"] = sorted(old_passed - now_passed)
        return (lambda: write_news(news, names) | changes) if news or changes else None
