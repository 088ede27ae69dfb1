"""Inventory stage: walks the root and says what was added, changed or is gone since last time."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import ROW, STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import STAMP_FIELDS, ImageFile, Stamp, Status, read_stamp
from dpm_tui.errors import reason_of
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.scan.root_folder import READ_FOLDER, RootFolder, open_beneath

OWN_FOLDER = b"_image_temp"
"""Directly below the root it is its own state, which nobody needs to hear of."""
JUNK_FOLDERS = frozenset(
    {
        OWN_FOLDER, b"@eadir", b"#recycle", b"#snapshot", b".snapshot", b".snapshots", b".zfs",
        b"@recycle", b"@recently-snapshot", b".stversions", b"$recycle.bin", b"lost+found",
    }
)  # fmt: skip
"""Folders of snapshots, bins and indexes, lower case: what lies in them looks like copies but is none."""

DEEPEST = 200
"""Folders nested deeper than this are a loop of mounts or an attack, not a library."""
_STAMP_ROW = np.dtype([(name, ROW[name]) for name in STAMP_FIELDS])
_SLASH = ord("/")
_LONGEST = 8
"""Bytes of an extension; what is longer is a part of a name."""
_A_TIME = 1 << 16
"""Stamps compared at a time."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file with a wanted extension; ``path`` is relative to the root."""

    path: bytes
    stamp: Stamp


@dataclass(slots=True)
class Inventory:
    """What a walk found, sorted by path, and what it passed over.

    ``skipped`` counts by reason: ``junk_folder``, ``symlink``, ``special``, ``hard_link``,
    ``other_type``. ``unreadable`` maps a folder or file to the reason; what lies below an unreadable
    folder is unknown, not gone. ``other_types`` counts by extension, empty for what is none.
    """

    found: list[FoundFile] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: dict[bytes, str] = field(default_factory=dict)
    other_types: Counter[str] = field(default_factory=Counter)


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


def scan_inventory(root: RootFolder, extensions: Collection[str], reporter: Reporter) -> Inventory:
    """Walk ``root`` and return every regular file whose extension is wanted.

    Symlinks are never followed, not even one that takes the place of a folder meanwhile, and other file
    systems below the root are walked like folders. Of several names of one inode only the first by path
    counts. Raises OSError if the root itself cannot be read.
    """
    with root.opened() as base:
        return _scan(base, extensions, reporter)


def _scan(base: int, extensions: Collection[str], reporter: Reporter) -> Inventory:
    endings = endings_of(extensions)
    inventory = Inventory()
    reporter.started(Stage.INVENTORY, 0)
    seen_folders: set[tuple[int, int]] = set()
    waiting: list[tuple[bytes, int]] = [(b"", 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            _walk_folder(base, folder, depth, endings, inventory, waiting, seen_folders)
        except OSError as error:
            if folder == b"" and error.errno != errno.ESTALE:
                raise
            inventory.unreadable[folder] = reason_of(error)
        reporter.progressed(Stage.INVENTORY, len(inventory.found), 0)
        if reporter.cancelled():
            break
    inventory.found.sort(key=lambda file: file.path)
    _drop_hard_links(inventory)
    reporter.finished(Stage.INVENTORY)
    return inventory


def compare_inventory(
    inventory: Inventory,
    known: Mapping[int, ImageFile] | Iterable[ImageFile],
    retry: Collection[Status] = (Status.UNREADABLE,),
    *,
    complete: bool = False,
) -> Changes:
    """Return what was added, changed and removed; files below unreadable folders count as unchanged.

    Files with a status in ``retry`` count as changed. A file that could not be opened has said nothing
    of its content; others that failed would fail again. With ``complete`` a file counts as changed whose
    facts were found by a version that looked for fewer of them.
    """
    again = {Status.MISSING, *retry}
    columns = FileColumns.of(known)
    ids, status, depth = columns.gather("id", "status", "depth")
    rows = _rows_by_path(columns, inventory.found)
    here = np.flatnonzero(rows >= 0)
    as_before = _as_before(columns, rows, inventory.found)
    poor = complete & (depth == 0) & (status == STATUSES.index(Status.OK))
    poor |= np.isin(status, [STATUSES.index(one) for one in again])
    as_before[here] &= ~poor[rows[here]]
    changed: dict[int, FoundFile] = {}
    same: dict[int, FoundFile] = {}
    for place in here[~as_before[here]].tolist():
        found, file = inventory.found[place], columns[int(ids[rows[place]])]
        if complete and file.status is Status.OK and not file.facts.depth:
            changed[file.id] = found
        elif file.stamp != found.stamp or file.status in again:
            (same if _holds_the_same(file, found) else changed)[file.id] = found
    unseen = np.ones(len(ids), np.bool_)
    unseen[rows[here]] = False
    gone = tuple(id_ for id_ in ids[unseen].tolist() if not _is_hidden(columns, id_, inventory.unreadable))
    added = tuple(inventory.found[place] for place in np.flatnonzero(rows < 0).tolist())
    return Changes(added, changed, gone, same)


def _walk_folder(
    base: int,
    folder: bytes,
    depth: int,
    endings: tuple[bytes, ...],
    inventory: Inventory,
    waiting: list[tuple[bytes, int]],
    seen_folders: set[tuple[int, int]],
) -> None:
    descriptor = open_beneath(base, folder, READ_FOLDER)
    try:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) in seen_folders:
            return
        seen_folders.add((status.st_dev, status.st_ino))
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = os.fsencode(entry.name)
                path = folder + b"/" + name if folder else name
                if entry.is_symlink():
                    inventory.skipped["symlink"] += 1
                elif entry.is_dir(follow_symlinks=False):
                    if is_junk_folder(name) or depth >= DEEPEST:
                        inventory.skipped["junk_folder"] += path.lower() != OWN_FOLDER
                    else:
                        waiting.append((path, depth + 1))
                elif not name.lower().endswith(endings) or name.startswith(b"._"):
                    inventory.skipped["other_type"] += 1
                    inventory.other_types[_extension(name)] += 1
                else:
                    _take_file(entry, path, inventory)
    finally:
        os.close(descriptor)


def _take_file(entry: os.DirEntry[str], path: bytes, inventory: Inventory) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        inventory.unreadable[path] = reason_of(error)
        return
    if stat.S_ISREG(status.st_mode):
        inventory.found.append(FoundFile(path, read_stamp(status)))
    else:
        inventory.skipped["special"] += 1


def endings_of(extensions: Iterable[str]) -> tuple[bytes, ...]:
    """Return how the names of pictures with these extensions end, lower case."""
    return tuple(b"." + extension.lower().encode("ascii", "ignore") for extension in extensions)


def _extension(name: bytes) -> str:
    """Return how a name ends, lower case, empty for what says nothing of a type."""
    stem, ending = os.path.splitext(name.lower())
    odd = stem.startswith(b"._") or not ending[1:].isalnum() or len(ending) > _LONGEST
    return "" if odd else ending.decode("ascii", "ignore")


def is_junk_folder(name: bytes) -> bool:
    """Return whether a folder of that name holds snapshots, bins or indexes, not a person's pictures."""
    lowered = name.lower()
    return lowered in JUNK_FOLDERS or lowered.startswith((b".trash-", b".trashes"))


def _rows_by_path(columns: FileColumns, found: Sequence[FoundFile]) -> NDArray[np.int64]:
    """Return for each found file the number of the known one at its path, in order of id, or -1.

    Keys of 64 bits that nobody can foresee stand for paths: should two be one, a file is read again.
    """
    keys = columns.path_keys()
    order = np.argsort(keys, kind="stable")
    wanted = np.fromiter((hash(file.path) for file in found), np.int64, len(found))
    places = np.searchsorted(keys, wanted, "right", sorter=order) - 1
    rows = np.full(len(found), -1, np.int64)
    met = np.flatnonzero(places >= 0)
    met = met[keys[order[places[met]]] == wanted[met]]
    rows[met] = order[places[met]]
    return rows


def _as_before(
    columns: FileColumns, rows: NDArray[np.int64], found: Sequence[FoundFile]
) -> NDArray[np.bool_]:
    """Tell of each found file whether it is known with the very same stamp; if in doubt, it is not."""
    known = columns.gather(*STAMP_FIELDS)
    equal = rows >= 0
    for start in range(0, len(found), _A_TIME):
        part = slice(start, start + _A_TIME)
        try:
            stamps = np.array([file.stamp.numbers for file in found[part]], _STAMP_ROW)
        except OverflowError:
            equal[part] = False
            continue
        met = np.flatnonzero(equal[part])
        for name, column in zip(STAMP_FIELDS, known, strict=True):
            equal[start + met] &= column[rows[start + met]] == stamps[name][met]
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


def _drop_hard_links(inventory: Inventory) -> None:
    seen: set[tuple[int, int]] = set()
    kept: list[FoundFile] = []
    for file in inventory.found:
        if file.stamp.identity in seen:
            inventory.skipped["hard_link"] += 1
        else:
            seen.add(file.stamp.identity)
            kept.append(file)
    inventory.found[:] = kept
