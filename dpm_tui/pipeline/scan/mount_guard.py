"""Mount guard: distinguishes a disk that is not mounted from pictures that were cleaned up.

Forgetting a file costs the work of scanning it again, so in doubt nothing is forgotten until a person
says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import ImageFile, Stamp, Status
from dpm_tui.catalog.root_paths import split_root
from dpm_tui.pipeline.scan.change_detection import Changes
from dpm_tui.pipeline.scan.inventory import Inventory

GUARD_SHARE = 0.2
GUARD_FILES = 5
"""When more than this share of the known files, and at least so many, vanish at once, a mount may be
missing; fewer files are soon scanned again."""


class Cause(StrEnum):
    """What was noticed."""

    MOVED = "moved"
    EMPTY = "empty"
    DEVICE = "device"
    MANY = "many"
    STILL = "still"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why nothing is forgotten: ``gone`` of ``known`` files are not where they were.

    ``missing`` are the ids of the files to keep as missing; of the others among those gone, the very
    same file lies under another name now.
    """

    cause: Cause
    gone: int
    known: int
    missing: frozenset[int]


def notice_missing(
    inventory: Inventory,
    changes: Changes,
    known: Mapping[int, ImageFile],
    *,
    moved: bool = False,
    root_devices: Collection[int] = (),
    others: Sequence[bytes] = (),
) -> Alarm | None:
    """Return the alarm if a missing mount is likelier than a clean-up, or was so at an earlier scan.

    ``moved`` says that the root is not the folder that was scanned; ``root_devices`` are the numbers
    that its own file system has or had; ``others`` are the other roots.
    """
    if not changes.gone:
        return None
    columns = FileColumns.of(known)
    # Where nothing came, nothing that is gone lies under another name.
    stamps = dict(zip(changes.gone, columns.stamps(changes.gone), strict=True)) if changes.added else {}
    twins = _now_twins(inventory, known)
    missing = frozenset(changes.gone) - _renamed(changes, stamps) - twins
    if not missing:
        return None
    vanished = frozenset(changes.gone) - twins
    if changes.added:
        vanished = _vanished(changes, {id_: stamp for id_, stamp in stamps.items() if id_ in vanished})
    if moved and vanished:
        cause = Cause.MOVED
    elif not inventory.found or _lacks_a_root(vanished, columns, others):
        cause = Cause.EMPTY
    elif _lacks_a_device(vanished, columns, root_devices):
        cause = Cause.DEVICE
    elif len(vanished) >= GUARD_FILES and len(vanished) > GUARD_SHARE * len(known):
        cause = Cause.MANY
    elif _were_missing(missing, columns):
        cause = Cause.STILL
    else:
        return None
    return Alarm(cause, len(missing), len(known), missing)


def find_elsewhere(
    gone: Iterable[int], known: Mapping[int, ImageFile], others: Sequence[bytes], away: Collection[bytes]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return which of the files that are gone lie in other roots that are away, and which in none any more.

    A disk that is away has lost nothing; a folder that is compared no more has nothing to be missed.
    """
    absolute = FileColumns.of(known).absolute()
    elsewhere = {id_: known[id_].path for id_ in gone if id_ in absolute} if absolute else {}
    roots = {id_: split_root(path, others)[0] for id_, path in elsewhere.items()}
    missing = frozenset(id_ for id_, root in roots.items() if root in away)
    return missing, frozenset(id_ for id_, root in roots.items() if not root)


def _renamed(changes: Changes, gone: Mapping[int, Stamp]) -> frozenset[int]:
    """Return the files that are gone only by name: the same inode was added under another."""
    here = {_inode(found.stamp) for found in changes.added}
    return frozenset(id_ for id_, stamp in gone.items() if _inode(stamp) in here)


def _now_twins(inventory: Inventory, known: Mapping[int, ImageFile]) -> frozenset[int]:
    """Return the RAW files that are still there, but belong to a picture that came beside them."""
    return frozenset(FileColumns.of(known).find(inventory.twins).values()) if inventory.twins else frozenset()


def _vanished(changes: Changes, gone: Mapping[int, Stamp]) -> frozenset[int]:
    """Return the files of which no added one looks as if it were the same, moved or copied from a disk."""
    here = Counter(_looks(found.stamp) for found in changes.added)
    vanished = set()
    for id_, stamp in gone.items():
        looks = _looks(stamp)
        if here[looks]:
            here[looks] -= 1
        else:
            vanished.add(id_)
    return frozenset(vanished)


def _lacks_a_device(vanished: frozenset[int], known: FileColumns, root_devices: Collection[int]) -> bool:
    """Return whether of some file system below the root every known file vanished."""
    ids, devices = known.gather("id", "device")
    left = ~np.isin(ids, np.fromiter(vanished, np.int64, len(vanished)))
    lacking = set(devices.tolist()) - set(devices[left].tolist())
    return bool(lacking - set(root_devices))


def _lacks_a_root(vanished: frozenset[int], known: FileColumns, others: Sequence[bytes]) -> bool:
    """Return whether of some other root every known file vanished."""
    lacking = {split_root(known[id_].path, others)[0] for id_ in vanished} - {b""}
    if not lacking:
        return False
    ids, folders = known.gather("id", "folder")
    left = set(folders[~np.isin(ids, np.fromiter(vanished, np.int64, len(vanished)))].tolist())
    return bool(lacking - {split_root(known.folders[number], others)[0] for number in left})


def _were_missing(missing: frozenset[int], known: FileColumns) -> bool:
    """Return whether one of the files was missing at an earlier scan."""
    ids, status = known.gather("id", "status")
    return any(id_ in missing for id_ in ids[status == STATUSES.index(Status.MISSING)].tolist())


def _inode(stamp: Stamp) -> tuple[int, int, int, int]:
    return stamp.device, stamp.inode, stamp.size, stamp.mtime_ns


def _looks(stamp: Stamp) -> tuple[int, int]:
    return stamp.size, stamp.mtime_ns
