"""Rebase: marks for another library; a moved file is known by its content, a changed one no longer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dpm_tui.review.history.file_identities import FileIdentities, ids_in
from dpm_tui.review.history.mark_changes import Changes, Marking
from dpm_tui.review.history.mark_history import History, Step, StepKind
from dpm_tui.review.history.review_record import NOWHERE, Identity, ReviewRecord, mentioned
from dpm_tui.review.library.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(slots=True)
class Found:
    """Where files are now: their ids by identity, and those whose content is another one than it was.

    ``moved`` says whether some of them have other paths than before.
    """

    ids: dict[Identity, int] = field(default_factory=dict)
    changed: set[Identity] = field(default_factory=set)
    moved: bool = False


def find_files(
    wanted: Mapping[Identity, Marking | None], files: Iterable[tuple[int, bytes, str]], horizon: int
) -> Found:
    """Return where files with markings are: at their paths, or by content and name, or by content alone.

    ``files`` are ids, paths and digests. Only files with ids above ``horizon`` can have come from
    elsewhere. Where several cannot be told apart, none is found unless all have the same marking. A file
    whose path holds other content now has changed.
    """
    found = Found()
    digests = {path: digest for path, digest in wanted if (path, digest) != NOWHERE}
    come: dict[str, dict[int, bytes]] = defaultdict(dict)
    met: set[bytes] = set()
    for id_, path, digest in files:
        known = digests.get(path)
        if known is not None:
            met.add(path)
            if known == digest:
                found.ids[path, digest] = id_
                continue
            found.changed.add((path, known))
        if id_ > horizon:
            come[digest][id_] = path
    astray: dict[str, list[Identity]] = defaultdict(list)
    for path, digest in digests.items():
        if path not in met or (path, digest) in found.changed:
            astray[digest].append((path, digest))
    for digest, missed in astray.items():
        for key, id_ in _match(missed, come.get(digest, {}), wanted):
            found.ids[key] = id_
            found.moved = True
            found.changed.discard(key)
    return found


def _match(
    missed: list[Identity], come: Mapping[int, bytes], wanted: Mapping[Identity, Marking | None]
) -> Iterator[tuple[Identity, int]]:
    """Yield the files of one content that are certain to be those that were elsewhere before."""
    by_name: dict[bytes, list[int]] = defaultdict(list)
    for id_, path in come.items():
        by_name[_name(path)].append(id_)
    gone = Counter(_name(path) for path, _ in missed)
    rest, left = [], dict.fromkeys(come)
    for key in missed:
        name = _name(key[0])
        if len(by_name[name]) == gone[name] == 1:
            del left[by_name[name][0]]
            yield key, by_name[name][0]
        else:
            rest.append(key)
    if len(rest) == len(left) and len({wanted[key] for key in rest}) == 1:
        yield from zip(rest, left, strict=True)


def _name(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The history of a record by ids, with the files that it names.

    ``changed`` counts marks that were lost as their files have other content; ``altered`` says whether this
    differs from the record.
    """

    history: History[int]
    names: FileIdentities
    changed: int
    altered: bool


def adopt_record(record: ReviewRecord, library: Library) -> Adopted:
    """Return the history of a record by the ids of a library.

    A file that is not in the library now gets a negative id until it is; one that has changed is left out.
    """
    markings = record.history.markings
    wanted = {key: markings.get(key) for key in mentioned(record.history)}
    files = library.columns.files.identities() if wanted and library.groups else ()
    found = find_files(wanted, files, record.view.horizon)
    ids = {key: found.ids.get(key, -number) for number, key in enumerate(wanted, 1)}
    told = (record.history.done, record.history.undone)
    done, undone = ([_by_id(step, ids) for step in steps if _can_be_undone(step)] for steps in told)
    lost = sum(map(len, told)) - len(done) - len(undone)
    history = History({ids[key]: marking for key, marking in markings.items()}, done, undone)
    history.rename({}, (ids[key] for key in found.changed))
    elsewhere = {ids[key]: key for key in wanted if key not in found.ids and key not in found.changed}
    changed = sum(key in markings for key in found.changed)
    altered = bool(lost or found.changed or found.moved)
    return Adopted(history, FileIdentities(library, elsewhere), changed, altered)


def _can_be_undone(step: Step[Identity]) -> bool:
    return step.deed is not StepKind.DECIDE or bool(step.before)


def _by_id(step: Step[Identity], ids: Mapping[Identity, int]) -> Step[int]:
    changes = ((ids[key], before, after) for key, before, after in step.changes)
    return Step(Changes(changes), step.deed, step.decisions, step.before)


def carry(
    names: FileIdentities, history: History[int], library: Library, horizon: int
) -> tuple[dict[int, int], set[int]]:
    """Return which files of a history have other ids in a library than in the one before, and which changed.

    ``names`` are those of the library before.
    """
    if history.is_empty or not library.groups:
        return {}, set()
    import numpy as np

    files, before = library.columns.files, names.library
    ids = ids_in(history)
    here = files.rows_of(ids) >= 0
    changed = _find_changed(names, library, ids[here])
    astray = {key: id_ for id_, key in names.of(ids[~here].tolist()).items()}
    if not astray:
        return {}, changed
    # A file that was missing when the record was read may come with any id.
    least = 0 if min(astray.values()) < 0 else horizon
    fresh = (files.rows["id"] > least) & ~np.isin(files.rows["id"], ids)
    if before.groups:
        # A file that existed beside one that is gone now is a copy of it, not the same file moved.
        fresh &= before.columns.files.rows_of(files.rows["id"]) < 0
    come = files.identities(np.flatnonzero(fresh))
    markings = history.markings
    found = find_files({key: markings.get(id_) for key, id_ in astray.items()}, come, horizon)
    moved = {astray[key]: id_ for key, id_ in found.ids.items()}
    return moved, changed | {astray[key] for key in found.changed}


def _find_changed(names: FileIdentities, library: Library, ids: NDArray[np.int64]) -> set[int]:
    """Return which files of a library, by their ids, have another content than they are known by."""
    now = library.columns.files
    doubtful = ids
    if names.library.groups:
        then = names.library.columns.files
        rows, rows_then = now.rows_of(ids), then.rows_of(ids)
        doubtful = ids[(rows_then < 0) | (now.field("digest")[rows] != then.field("digest")[rows_then])]
    asked = doubtful.tolist()
    known, found = names.of(asked), library.identities(asked)
    return {id_ for id_, (_, digest) in known.items() if found[id_][1] != digest}
