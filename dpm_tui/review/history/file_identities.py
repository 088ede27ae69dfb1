"""File identities: path and content, by which the files of a history are known outside of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from dpm_tui.review.history.mark_changes import Changes
from dpm_tui.review.history.mark_history import History, Step
from dpm_tui.review.history.review_record import HistoryEvent, Identity
from dpm_tui.review.library.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FileIdentities:
    """Files by id: those of a library, and ``elsewhere`` those that are not in it now."""

    def __init__(self, library: Library, elsewhere: Mapping[int, Identity] | None = None) -> None:
        self.library = library
        self._elsewhere = elsewhere or {}

    def of(self, ids: Collection[int]) -> dict[int, Identity]:
        """Return the identities of those of some files that are known."""
        found = (
            {id_: self._elsewhere[id_] for id_ in ids if id_ in self._elsewhere} if self._elsewhere else {}
        )
        return found | self.library.identities(ids)

    def follow(self, library: Library, history: History[int]) -> FileIdentities:
        """Return the names of all files of a history where another library is the one that is known."""
        if library is self.library:
            return self
        if history.is_empty:
            return FileIdentities(library)
        ids = ids_in(history)
        astray = ids[library.columns.files.rows_of(ids) < 0] if library.groups else ids
        return FileIdentities(library, self.of(astray.tolist()))


def ids_in(history: History[int]) -> NDArray[np.int64]:
    """Return every file that a history knows, each once."""
    import numpy as np

    steps = (np.array(step.changes.keys, np.int64) for step in (*history.done, *history.undone))
    own = np.fromiter(history.markings, np.int64, len(history.markings))
    return np.unique(np.concatenate((own, *steps)))


def name_history(history: History[int], names: FileIdentities) -> History[Identity]:
    """Return a history of ids as one of identities; files without one are left out."""
    known = names.of(ids_in(history).tolist())
    return History(
        {known[id_]: marking for id_, marking in history.markings.items() if id_ in known},
        [_name_step(step, known) for step in history.done],
        [_name_step(step, known) for step in history.undone],
    )


def name_news(news: HistoryEvent[int], names: FileIdentities) -> HistoryEvent[Identity]:
    """Return an event on ids as one on identities."""
    step = news.step
    return HistoryEvent(news.act, None if step is None else _name_step(step, names.of(step.changes.keys)))


def _name_step(step: Step[int], known: Mapping[int, Identity]) -> Step[Identity]:
    changes = ((known[id_], before, after) for id_, before, after in step.changes if id_ in known)
    return Step(Changes(changes), step.deed, step.decisions, step.before)
