"""Inventory: walks the root and finds every image file in it."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import Stamp, read_stamp
from dpm_tui.errors import reason_of
from dpm_tui.pipeline.raw_twins import find_twins, split_ending
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.scan.found_files import FoundFiles
from dpm_tui.pipeline.scan.junk_folders import OWN_FOLDER, is_junk_folder
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.pipeline.scan.root_folder import READ_FOLDER, RootFolder, open_beneath

DEEPEST = 200
"""Folders nested deeper than this are a loop of mounts or an attack, not a library."""
_LONGEST = 8
"""Most bytes of an extension; a longer one is part of the name."""


@dataclass(slots=True)
class Inventory:
    """What a walk found, sorted by path, and what it passed over.

    ``skipped`` counts by reason: ``junk_folder``, ``symlink``, ``special``, ``hard_link``,
    ``raw_twin``, ``other_type``. ``unreadable`` maps a folder or file to the reason; what lies below an
    unreadable folder is unknown, not gone. ``other_types`` counts by extension, empty for what is none.
    ``twins`` are the paths of RAW files that belong to a picture beside them. ``lacking`` counts pictures
    that nothing installed here can read, by the extra that can. ``away`` are other roots that cannot be
    reached now, each with the reason.
    """

    found: FoundFiles = field(default_factory=FoundFiles)
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: dict[bytes, str] = field(default_factory=dict)
    away: dict[bytes, str] = field(default_factory=dict)
    other_types: Counter[str] = field(default_factory=Counter)
    twins: set[bytes] = field(default_factory=set)
    lacking: Counter[str] = field(default_factory=Counter)


def scan_inventory(root: RootFolder, extensions: Collection[str], reporter: Reporter) -> Inventory:
    """Walk ``root`` and the others with it; return every regular file whose extension is wanted.

    Symlinks are never followed, not even one that takes the place of a folder meanwhile, and other file
    systems below the root are walked like folders. Of several names of one inode only the first by path
    counts, those of the root itself before others. Raises OSError if the root itself cannot be read.
    """
    with root.opened() as base:
        inventory = _scan(base, extensions, reporter)
    inventory.away = dict(root.away)
    return inventory


def set_aside(inventory: Inventory, known: FileColumns, lacking: Mapping[str, str]) -> None:
    """Take files out of an inventory that nothing installed here can read, and count them by the extra.

    ``lacking`` maps endings to extras. A file that is ``known`` was read once, and stays what it is.
    """
    by_ending = {ending.encode("ascii"): extra for ending, extra in lacking.items()}
    if not by_ending:
        return
    asked: dict[bytes, tuple[int, bytes]] = {}
    for number, path in enumerate(inventory.found.paths()):
        if (ending := split_ending(path)[1]) in by_ending:
            asked[path] = number, ending
    for path in known.find(asked):
        del asked[path]
    wanted = np.ones(len(inventory.found), np.bool_)
    wanted[[number for number, _ in asked.values()]] = False
    inventory.found.keep(wanted)
    inventory.lacking.update(by_ending[ending] for _, ending in asked.values())


def _scan(base: OpenRoots, extensions: Collection[str], reporter: Reporter) -> Inventory:
    endings = endings_of(extensions)
    inventory = Inventory()
    reporter.started(Stage.INVENTORY, 0)
    seen_folders: set[tuple[int, int]] = set()
    # The last one is next: no other root is begun before all below the root has been seen.
    waiting: list[tuple[bytes, int]] = [(root, 0) for root in (*reversed(base.others), b"")]
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
    inventory.found.sort()
    _drop_hard_links(inventory)
    reporter.finished(Stage.INVENTORY)
    return inventory


def _walk_folder(
    base: OpenRoots,
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
        found: list[tuple[bytes, Stamp]] = []
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = os.fsencode(entry.name)
                path = folder + b"/" + name if folder else name
                if entry.is_symlink():
                    inventory.skipped["symlink"] += 1
                elif entry.is_dir(follow_symlinks=False):
                    if is_junk_folder(name) or depth >= DEEPEST:
                        inventory.skipped["junk_folder"] += depth > 0 or name.lower() != OWN_FOLDER
                    else:
                        waiting.append((path, depth + 1))
                elif not name.lower().endswith(endings) or name.startswith(b"._"):
                    inventory.skipped["other_type"] += 1
                    inventory.other_types[_extension(name)] += 1
                else:
                    _take_file(entry, name, path, found, inventory)
        _add_files(folder + b"/" if folder else b"", found, inventory)
    finally:
        os.close(descriptor)


def _take_file(
    entry: os.DirEntry[str],
    name: bytes,
    path: bytes,
    found: list[tuple[bytes, Stamp]],
    inventory: Inventory,
) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        inventory.unreadable[path] = reason_of(error)
        return
    if stat.S_ISREG(status.st_mode):
        found.append((name, read_stamp(status)))
    else:
        inventory.skipped["special"] += 1


def endings_of(extensions: Iterable[str]) -> tuple[bytes, ...]:
    """Return how the names of pictures with these extensions end, lower case."""
    return tuple(b"." + extension.lower().encode("ascii", "ignore") for extension in extensions)


def _extension(name: bytes) -> str:
    """Return the extension of a name, lower case, empty where it says nothing of a type."""
    stem, ending = os.path.splitext(name.lower())
    odd = stem.startswith(b"._") or not ending[1:].isalnum() or len(ending) > _LONGEST
    return "" if odd else ending.decode("ascii", "ignore")


def _add_files(prefix: bytes, found: list[tuple[bytes, Stamp]], inventory: Inventory) -> None:
    """Add the files of a folder, without RAW files that belong to a picture beside them."""
    twins = find_twins(name for name, _ in found)
    if twins:
        inventory.twins.update(prefix + name for name in twins)
        inventory.skipped["raw_twin"] += len(twins)
        found = [file for file in found if file[0] not in twins]
    inventory.found.add(prefix, found)


def _drop_hard_links(inventory: Inventory) -> None:
    """Keep the first of several names of one file."""
    devices, inodes = (inventory.found.column(name) for name in ("device", "inode"))
    order = np.lexsort((inodes, devices))
    order = order[~inventory.found.odd()[order]]
    again = (devices[order[1:]] == devices[order[:-1]]) & (inodes[order[1:]] == inodes[order[:-1]])
    wanted = np.ones(len(devices), np.bool_)
    wanted[order[1:][again]] = False
    inventory.found.keep(wanted)
    if links := int(np.count_nonzero(again)):
        inventory.skipped["hard_link"] += links
