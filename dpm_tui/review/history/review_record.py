"""Review record: how far a review is, by path and content: it outlives the app, the worker and a scan.

It travels as a sequence of events; applying all of them gives the same record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.review.history.mark_history import History, Step
from dpm_tui.review.library.sort import Sorting

K = TypeVar("K")
Identity = tuple[bytes, str]
"""A file by its path and the digest of its content."""
NOWHERE: Identity = (b"", "")


def identity(file: ImageFile) -> Identity:
    """Return what a file is known by."""
    return file.path, file.facts.digest


class EventKind(StrEnum):
    """What happened to a history of marks.

    With ``PUT`` they changed without a step that could be undone. After ``RENAME`` files are called by other
    keys, so that only the whole history says where it is.
    """

    ADD = "add"
    BACK = "back"
    FORWARD = "forward"
    DROP = "drop"
    PUT = "put"
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class HistoryEvent(Generic[K]):
    """One act; ``step`` comes with ``ADD`` and ``PUT``."""

    act: EventKind
    step: Step[K] | None = None


Listener = Callable[[HistoryEvent[int]], None]


@dataclass(frozen=True, slots=True)
class View:
    """What the reviewer looked at last.

    ``horizon`` is the highest id that a file had then: a file with a higher one has come since.
    """

    place: Identity = NOWHERE
    filter: str = ""
    sorting: Sorting = field(default_factory=Sorting)
    horizon: int = 0


@dataclass(frozen=True, slots=True)
class ReviewDelta:
    """What happened since a record was sent last; ``view`` is None where it has not changed."""

    news: tuple[HistoryEvent[Identity], ...] = ()
    view: View | None = None
    passed: frozenset[str] = frozenset()
    not_passed: frozenset[str] = frozenset()


@dataclass(slots=True)
class ReviewRecord:
    """The marks with their history, what was looked at, and the groups (ids) left as they are on purpose."""

    history: History[Identity] = field(default_factory=History)
    view: View = field(default_factory=View)
    passed: set[str] = field(default_factory=set)

    def follow(self, delta: ReviewDelta) -> None:
        """Apply what happened."""
        for news in delta.news:
            self.hear(news)
        self.view = delta.view or self.view
        self.passed = (self.passed | delta.passed) - delta.not_passed

    def hear(self, news: HistoryEvent[Identity]) -> None:
        """Apply an event to the history; undoing more than the history has is ignored."""
        history, step = self.history, news.step
        match news.act:
            case EventKind.ADD if step is not None:
                history.add(step)
            case EventKind.PUT if step is not None:
                history.put(step.changes.after)
            case EventKind.BACK if history.done:
                history.back()
            case EventKind.FORWARD if history.undone:
                history.forward()
            case EventKind.DROP if history.done:
                history.drop()
            case _:
                pass


def tell(history: History[K]) -> Iterator[HistoryEvent[K]]:
    """Yield the events that make an empty history equal to ``history``."""
    steps = [*history.done, *reversed(history.undone)]
    yield from (HistoryEvent(EventKind.ADD, step) for step in steps)
    yield from (HistoryEvent(EventKind.BACK) for _ in history.undone)
    same: History[K] = History()
    for step in steps:
        same.add(step)
    for _ in history.undone[: len(same.done)]:
        same.back()
    wrong = dict.fromkeys(same.markings.keys() - history.markings.keys())
    if changes := same.changes({**wrong, **history.markings}):
        yield HistoryEvent(EventKind.PUT, Step(changes))


def mentioned(history: History[K]) -> Iterable[K]:
    """Return every file that a history knows, each once."""
    known = dict.fromkeys(history.markings)
    for step in (*history.done, *history.undone):
        known.update(dict.fromkeys(step.changes.keys))
    return known
