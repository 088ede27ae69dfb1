"""Link removal: when a file comes back to its place, the link that took its name is put away."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.bin.bin_folder import LINKS, BinFile
from dpm_tui.recycle.filesystem.exclusive_rename import move_in, move_out
from dpm_tui.recycle.filesystem.file_metadata import same_metadata
from dpm_tui.recycle.filesystem.nofollow import (
    digest_of,
    folder_below,
    join,
    open_file,
    same_file,
    split,
    status,
)
from dpm_tui.recycle.proof import check_path
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move


@contextlib.contextmanager
def link_put_away(root: Base, file: BinFile, move: Move | None, source: int, place: int) -> Iterator[None]:
    """Keep the link that took the name of ``file`` out of the way while that comes back to its ``place``.

    ``place`` is the open folder below the open ``root``, ``source`` that in the bin where the file lies. Only
    a link that is still as it was made is put away, into the batch, and only one that nothing is lost with:
    another name of the kept file, or a file of the same bytes and metadata. It is deleted when the file is
    back, and takes its name again if the file did not come. Anything else stays where it is. Raises OSError.
    """
    name = split(file.path)[1]
    found = _find_own(root, move, name, source, place)
    if found is None:
        yield
        return
    below = join(file.batch.encode(), LINKS, split(file.home.local(file.path))[0])
    with folder_below(file.home.bin, below, make=0o700) as waiting:
        move_in(place, name, waiting, name)
        try:
            if not _is_still(found, status(name, waiting)):
                move_out(waiting, name, place, name)
            yield
        except BaseException:
            _give_name_back(waiting, place, name)
            raise
        # Where that fails, recovery does it: the file is back.
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=waiting)


def _find_own(root: Base, move: Move | None, name: bytes, source: int, place: int) -> os.stat_result | None:
    """Return the status of the link of ``move`` in its place, None if another file lies there, or none."""
    if move is None or not move.link or not _is_regular(status(name, place)):
        return None
    with contextlib.ExitStack() as stack:
        descriptor = open_file(name, place)
        stack.callback(os.close, descriptor)
        found = os.fstat(descriptor)
        if not _is_regular(found):
            return None
        if (found.st_nlink > 1) is not (move.link is Link.HARD):
            return None
        if move.link is Link.HARD and _is_kept(root, move.keeper.path, found):
            return found
        victim = open_file(name, source)
        stack.callback(os.close, victim)
        if move.link is Link.HARD:
            own = found.st_ino == move.keeper.stamp.inode
        else:
            own = same_metadata(victim, descriptor)
        if not own or digest_of(victim) != digest_of(descriptor):
            return None
        return found if _is_still(found, os.fstat(descriptor)) else None


def _is_kept(root: Base, keeper: bytes, found: os.stat_result) -> bool:
    """Return whether the kept file is in its place and the same file as the one found."""
    with contextlib.suppress(OSError, Refused):
        check_path(keeper)
        folder, name = split(keeper)
        with folder_below(root, folder) as place:
            return same_file(status(name, place), found)
    return False


def _is_still(before: os.stat_result, now: os.stat_result | None) -> bool:
    """Return whether a file is the one of before, with the same content and no fewer names than needed."""
    if now is None or not same_file(before, now) or min(before.st_nlink, 2) > now.st_nlink:
        return False
    return (before.st_size, before.st_mtime_ns) == (now.st_size, now.st_mtime_ns)


def _is_regular(found: os.stat_result | None) -> bool:
    return found is not None and stat.S_ISREG(found.st_mode)


def _give_name_back(waiting: int, place: int, name: bytes) -> None:
    """Put the link back into its place, unless it is there or another file took it: recovery follows then."""
    with contextlib.suppress(OSError):
        if status(name, waiting) is not None:
            move_out(waiting, name, place, name)
