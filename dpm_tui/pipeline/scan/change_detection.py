"""Change detection: what an inventory has that is added, changed or gone since the last one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import PREVIEWS, STAMP_FIELDS, ImageFile, Status
from dpm_tui.pipeline.scan.found_files import FoundFile, FoundFiles
from dpm_tui.pipeline.scan.inventory import Inventory

_SLASH = ord("/")


@dataclass(frozen=True, slots=True)
class Changes:
    """How the inventory differs from the image files known so far.

    ``changed`` maps the id of a known file to what its path holds now. So does ``same`` for files whose
    content is what it was although their record is not: they were missing, or their file system got
    another device number, as happens when a disk is mounted again.
    """

    added: tuple[FoundFile, ...]
    changed: Mapping[int, FoundFile]
    gone: tuple[int, ...]
    same: Mapping[int, FoundFile] = field(default_factory=dict)


def compare_inventory(
    inventory: Inventory,
    known: Mapping[int, ImageFile] | Iterable[ImageFile],
    retry: Collection[Status] = (Status.UNREADABLE,),
    *,
    complete: bool = False,
    whole: bool = False,
) -> Changes:
    """Return what was added, changed and removed; files below unreadable folders count as unchanged.

    Files with a status in ``retry`` count as changed. A file that could not be opened has said nothing
    of its content; others that failed would fail again. With ``complete`` a file counts as changed whose
    facts were found by a version that looked for fewer of them, with ``whole`` one that was read by its
    preview.
    """
    again = {Status.MISSING, *retry}
    columns = FileColumns.of(known)
    ids, status, depth, preview = columns.gather("id", "status", "depth", "preview")
    rows = _rows_by_path(columns, inventory.found)
    here = np.flatnonzero(rows >= 0)
    as_before = _as_before(columns, rows, inventory.found)
    poor = complete & (depth == 0) & (status == STATUSES.index(Status.OK))
    poor |= whole & (preview == PREVIEWS.index("read"))
    poor |= np.isin(status, [STATUSES.index(one) for one in again])
    as_before[here] &= ~poor[rows[here]]
    changed: dict[int, FoundFile] = {}
    same: dict[int, FoundFile] = {}
    for place in here[~as_before[here]].tolist():
        found, file = inventory.found[place], columns[int(ids[rows[place]])]
        unlooked = complete and file.status is Status.OK and not file.facts.depth
        if unlooked or (whole and file.facts.is_quick):
            changed[file.id] = found
        elif file.stamp != found.stamp or file.status in again:
            (same if _holds_the_same(file, found) else changed)[file.id] = found
    unseen = np.ones(len(ids), np.bool_)
    unseen[rows[here]] = False
    gone = tuple(id_ for id_ in ids[unseen].tolist() if not _is_hidden(columns, id_, inventory.unreadable))
    added = tuple(inventory.found[place] for place in np.flatnonzero(rows < 0).tolist())
    return Changes(added, changed, gone, same)


def _rows_by_path(columns: FileColumns, found: FoundFiles) -> NDArray[np.int64]:
    """Return for each found file the number of the known one at its path, in order of id, or -1.

    Random keys of 64 bits stand for paths: should two be equal, a file is read again.
    """
    keys, wanted = columns.path_keys(), found.keys()
    order, turns = np.argsort(keys, kind="stable"), np.argsort(wanted)
    # Both in order: to look for millions of keys at random takes ten times as long.
    keys, wanted = keys[order], wanted[turns]
    places = np.searchsorted(keys, wanted, "right") - 1
    rows = np.full(len(found), -1, np.int64)
    met = np.flatnonzero(places >= 0)
    met = met[keys[places[met]] == wanted[met]]
    rows[turns[met]] = order[places[met]]
    return rows


def _as_before(columns: FileColumns, rows: NDArray[np.int64], found: FoundFiles) -> NDArray[np.bool_]:
    """Return for each found file whether it is known with the very same stamp; if in doubt, it is not."""
    equal = (rows >= 0) & ~found.odd()
    met = np.flatnonzero(equal)
    for name in STAMP_FIELDS:
        (known,) = columns.gather(name)
        equal[met] &= known[rows[met]] == found.column(name)[met]
    return equal


def _is_hidden(columns: FileColumns, id_: int, unreadable: Mapping[bytes, str]) -> bool:
    """Return whether a file cannot be seen for now, as it or a folder above it cannot be read."""
    if not unreadable:
        return False
    path = columns[id_].path
    parts = [at for at, byte in enumerate(path) if byte == _SLASH]
    return b"" in unreadable or path in unreadable or any(path[:at] in unreadable for at in parts)


def _holds_the_same(file: ImageFile, found: FoundFile) -> bool:
    """Return whether the file was read before and at most the number of its device is another since."""
    old, new = file.stamp, found.stamp
    renumbered = replace(old, device=new.device) == new and not new.is_coarse
    return bool(file.facts.format) and (old == new or renumbered)
