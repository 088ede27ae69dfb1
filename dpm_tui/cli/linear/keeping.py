"""Keeping: the marks of a walk are written down by the worker, and come back with the next one."""

from __future__ import annotations

from typing import Any

from dpm_tui.cli.linear.desk import Desk
from dpm_tui.errors import DpmError
from dpm_tui.review.carry import adopt_record
from dpm_tui.review.record import Act, News, Record, View, identity, name_history, name_step
from dpm_tui.review.record_text import Writer, read_record, write_record, write_view
from dpm_tui.review.round import Round


class Keeping:
    """What the app remembers of a review, for a walk; filter and order of the app stay as they are there.

    ``reliable`` tells whether what is marked is written down.
    """

    def __init__(self, desk: Desk, walk: Round) -> None:
        self.reliable = False
        self._desk = desk
        self._walk = walk
        self._record = Record()
        self._news: list[News[int]] = []
        self._whole = False

    async def restore(self) -> int:
        """Take over the marks of last time and go to the place of then; return how many were lost.

        Those are the marks of files that have changed. Raises DpmError.
        """
        data = await self._desk.review()
        if data is None:
            return 0
        try:
            self._record = read_record(data.record)
        except ValueError as error:
            raise DpmError("protocol_nonsense") from error
        library = self._walk.library
        adopted = adopt_record(self._record, library)
        self._whole = adopted.altered
        self._walk.restore(adopted, self._record.view.horizon, self._news.append)
        self._walk.go_to([library.file_at(self._record.view.place[0])])
        self.reliable = not self._desk.view_only
        return adopted.changed

    async def save(self) -> None:
        """Write down what was done since the last time; raises DpmError."""
        if self._desk.view_only:
            return
        self.reliable = False
        news, view = list(self._news), self._look()
        self._news.clear()
        whole = self._whole or any(each.act is Act.RENAME for each in news)
        self._whole = True
        record: dict[str, Any] = {}
        if whole:
            marks = self._walk.marks
            history = name_history(marks.history, marks.names)
            record = write_record(Record(history, view, self._record.passed))
        elif news or view != self._record.view:
            names, writer = self._walk.marks.names, Writer()
            texts = [
                writer.news(News(each.act, None if each.step is None else name_step(each.step, names)))
                for each in news
            ]
            record = {"files": writer.take_files(), "news": texts, "view": write_view(view)}
        if record:
            await self._desk.save_review(record, whole=whole)
        self._record.view, self._whole, self.reliable = view, False, True

    def _look(self) -> View:
        walk, before = self._walk, self._record.view
        group = walk.group
        place = identity(walk.library.files[group.keeper]) if group is not None else before.place
        horizon = max(before.horizon, walk.library.newest)
        return View(place, before.filter, before.sorting, horizon)
