"""Records as JSON values: files are written once, and by their number from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.file_names import from_json, to_json
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history.file_identities import FileIdentities, name_news
from dpm_tui.review.history.mark_changes import Changes, Mark, Marking
from dpm_tui.review.history.mark_history import Step, StepKind
from dpm_tui.review.history.review_record import (
    EventKind,
    HistoryEvent,
    Identity,
    ReviewDelta,
    ReviewRecord,
    View,
    tell,
)
from dpm_tui.review.library.sort import Order, Sorting

_MAX_RULE = 200
_MAX_DIGEST = 64
_MAX_CONTENTS = 8_000


@dataclass(frozen=True, slots=True)
class _Decisions:
    all: tuple[Decision, ...]


class Writer:
    """Turns events into values; ``take_files`` returns the files that they name for the first time."""

    def __init__(self) -> None:
        self.count = 0
        self._numbers: dict[Identity, int] = {}
        self._fresh: list[Any] = []

    def news(self, news: HistoryEvent[Identity]) -> list[Any]:
        """Return the value of an event: its kind, changes, step kind and decisions."""
        step = news.step
        if step is None:
            return [news.act.value]
        changes: list[Any] = []
        for key, before, after in step.changes:
            changes += (self._number(key), _spell(before), _spell(after))
        if step.deed is StepKind.MARK:
            return [news.act.value, changes]
        # Decisions on so many contents would not fit into a line; without them the step cannot be undone.
        fits = step.weight - len(changes) // 3 <= _MAX_CONTENTS
        decisions = (_plain(each if fits else ()) for each in (step.decisions, step.before))
        return [news.act.value, changes, step.deed.value, *decisions]

    def take_files(self) -> list[Any]:
        """Return the files that got their numbers since the last call, in order."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def _number(self, file: Identity) -> int:
        number = self._numbers.get(file)
        if number is None:
            number = self._numbers[file] = self.count
            self.count += 1
            self._fresh.append([to_json(file[0]), file[1]])
        return number


class Reader:
    """Turns values back; raises ValueError for whatever no ``Writer`` wrote."""

    def __init__(self) -> None:
        self._files: list[Identity] = []
        self._markings: dict[str, Marking | None] = {}

    @property
    def count(self) -> int:
        """How many files it knows."""
        return len(self._files)

    def add_files(self, values: object) -> None:
        """Add the files of a record."""
        self._files += map(read_identity, _list(values))

    def news(self, value: object) -> HistoryEvent[Identity]:
        """Return the event that a value spells."""
        match value:
            case [str(act)]:
                return HistoryEvent(EventKind(act))
            case [str(act), [*changes]]:
                return HistoryEvent(EventKind(act), Step(self._changes(changes)))
            case [str(act), [*changes], str(deed), decisions, before]:
                made, unmade = (from_plain(_Decisions, {"all": each}).all for each in (decisions, before))
                return HistoryEvent(
                    EventKind(act), Step(self._changes(changes), StepKind(deed), made, unmade)
                )
        raise ValueError("no news")

    def _changes(self, values: list[Any]) -> Changes[Identity]:
        if len(values) % 3:
            raise ValueError("a change lacks something")
        files, before, after = (values[at::3] for at in range(3))
        # All in one go: a step may have changed 100,000 files.
        if not all(type(number) is int for number in files) or min(files, default=0) < 0:
            raise ValueError("no file")
        if max(files, default=-1) >= len(self._files):
            raise ValueError("no file")
        if not all(type(text) is str for text in (*before, *after)):
            raise ValueError("no marking")
        for text in {*before, *after} - self._markings.keys():
            self._markings[text] = _read_marking(text)
        known = self._markings.__getitem__
        keys = map(self._files.__getitem__, files)
        return Changes(zip(keys, map(known, before), map(known, after), strict=True))


def write_record(record: ReviewRecord) -> dict[str, Any]:
    """Return a whole record as JSON values."""
    writer = Writer()
    news = [writer.news(each) for each in tell(record.history)]
    return {
        "files": writer.take_files(),
        "news": news,
        "view": write_view(record.view),
        "passed": sorted(record.passed),
    }


def read_record(value: object) -> ReviewRecord:
    """Return the record that ``write_record`` wrote; raises ValueError."""
    match value:
        case {"files": files, "news": [*news], "view": view, "passed": [*passed]}:
            reader, record = Reader(), ReviewRecord(view=read_view(view), passed=read_names(passed))
            reader.add_files(files)
            for each in news:
                record.hear(reader.news(each))
            return record
    raise ValueError("no record")


def write_news(news: Iterable[HistoryEvent[int]], names: FileIdentities) -> dict[str, Any]:
    """Return ``files`` and the ``news`` that name them, as JSON values; ``names`` says what ids stand for."""
    writer = Writer()
    texts = [writer.news(name_news(each, names)) for each in news]
    return {"files": writer.take_files(), "news": texts}


def read_delta(value: object) -> ReviewDelta:
    """Return what ``files``, ``news`` that name them, ``view``, ``passed`` and ``not_passed`` tell.

    Raises ValueError.
    """
    match value:
        case {"files": files, "news": [*texts], **rest}:
            reader = Reader()
            reader.add_files(files)
            view = read_view(rest["view"]) if "view" in rest else None
            names = (frozenset(read_names(rest.get(name, []))) for name in ("passed", "not_passed"))
            return ReviewDelta(tuple(map(reader.news, texts)), view, *names)
    raise ValueError("no news")


def write_view(view: View) -> list[Any]:
    """Return a view as JSON values."""
    sorting = view.sorting
    return [
        [to_json(view.place[0]), view.place[1]],
        view.filter,
        sorting.order.value,
        sorting.reverse,
        view.horizon,
    ]


def read_view(value: object) -> View:
    """Return the view that ``write_view`` wrote; raises ValueError."""
    match value:
        case [place, str(words), str(order), bool(reverse), int(horizon)] if horizon < 1 << 62:
            return View(read_identity(place), words[:1000], Sorting(Order(order), reverse), horizon)
    raise ValueError("no view")


def read_identity(value: object) -> Identity:
    """Return the file that a value names; raises ValueError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("no file")
    path, digest = value
    if not isinstance(digest, str) or len(digest) > _MAX_DIGEST:
        raise ValueError("no file")
    return from_json(path), digest


def read_names(values: object) -> set[str]:
    """Return ids of groups; raises ValueError."""
    names = set()
    for value in _list(values):
        if not isinstance(value, str) or len(value) > 64:
            raise ValueError("no group")
        names.add(value)
    return names


def _plain(decisions: tuple[Decision, ...]) -> Any:
    """Return decisions as JSON values, without the names, which the store of decisions knows."""
    return to_plain(tuple(replace(decision, names=()) for decision in decisions))


def _read_marking(text: str) -> Marking | None:
    mark, _, rule = text[:_MAX_RULE].partition(":")
    return Marking(Mark(mark), rule) if text else None


def _spell(marking: Marking | None) -> str:
    return "" if marking is None else f"{marking.mark.value}:{marking.rule}"[:_MAX_RULE]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value
