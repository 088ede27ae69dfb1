"""Keeper survival: checks that the keeper still exists after its copy has moved.

Bind mounts, union mounts and clouds show one file under two paths, some with other device and inode
numbers. Caches of such file systems prove nothing: the keeper is opened and read again.
"""

from __future__ import annotations

import contextlib
import os

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.filesystem.nofollow import digest_of, folder_below, split
from dpm_tui.recycle.proof import OpenFile, prove
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.plan import Witness

_BLOCK = 4096


def check_survives(root: Base, keeper: Witness, moved: os.stat_result, held: OpenFile | None = None) -> None:
    """Raise Refused unless the keeper can be opened and read now and is what was proven.

    ``moved`` is the file that went, ``held`` the keeper as it was held open before. Where both are of one
    size on different devices, which is rare, all of it is read and its folder has to list it.
    """
    try:
        with prove(root, keeper) as again:
            # The new name of a file changes the time of change of every path to it.
            if held is not None and read_stamp(again.status) != read_stamp(held.status):
                raise Refused("changed")
            doubtful = again.status.st_dev != moved.st_dev and again.status.st_size == moved.st_size
            _read(again, keeper, whole=doubtful)
            if doubtful:
                _check_listed(root, keeper.path)
    except (Refused, OSError) as error:
        key = "keeper_gone" if held is not None and _is_deleted(held, moved) else "keeper_went_along"
        raise Refused(key, keeper=display_name(keeper.path)) from error


def _is_deleted(held: OpenFile, moved: os.stat_result) -> bool:
    """Return whether another program has deleted the keeper in the same folder meanwhile."""
    with contextlib.suppress(OSError):
        return held.status.st_dev == moved.st_dev and os.fstat(held.descriptor).st_nlink == 0
    return False


def _read(held: OpenFile, keeper: Witness, *, whole: bool) -> None:
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(held.descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    size = held.status.st_size
    for at in (0, max(size - _BLOCK, 0)):
        if len(os.pread(held.descriptor, _BLOCK, at)) != min(size - at, _BLOCK):
            raise Refused("changed")
    if whole and keeper.digest and digest_of(held.descriptor) != keeper.digest:
        raise Refused("changed")


def _check_listed(root: Base, path: bytes) -> None:
    folder, name = split(path)
    with folder_below(root, folder) as descriptor:
        if name not in map(os.fsencode, os.listdir(descriptor)):
            raise Refused("gone")
