"""Link removal: when a file comes back, the link that took its name, or what was written, is put away."""

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
from dpm_tui.review.marks.plan import Move, SideFile


@contextlib.contextmanager
def link_put_away(root: Base, file: BinFile, move: Move | None, source: int, place: int) -> Iterator[None]:
    """Keep the link that took the name of ``file`` out of the way while that comes back to its ``place``.

    ``place`` is the open folder below the open ``root``, ``source`` that in the bin where the file lies. Only
    a link that is still as it was made is put away, into the batch, and only one that nothing is lost with:
    another name of the kept file, or a file of the same bytes and metadata. It is deleted when the file is
    back, and takes its name again if the file did not come. Anything else stays where it is. Raises OSError.
    """
    name = split(file.path)[1]
    with _put_away(file, file.path, place, _find_own(root, move, name, source, place)):
        yield


@contextlib.contextmanager
def side_file_put_away(root: Base, file: BinFile, side: SideFile | None) -> Iterator[None]:
    """Keep the side file that a move wrote out of the way while ``file``, which went with it, comes back.

    That is the side file of before, or where there was none the picture. Only one that is as it was written
    is put away: anything else stays where it is. Raises OSError.
    """
    if side is None or (side.old is not None and side.old.path != file.path):
        yield
        return
    folder, name = split(side.new.path)
    with contextlib.ExitStack() as stack:
        try:
            check_path(side.new.path)
            place = stack.enter_context(folder_below(root, folder))
        except (OSError, Refused):
            pass  # whatever became of the kept picture's folder, the file comes back
        else:
            stack.enter_context(_put_away(file, side.new.path, place, _find_written(side, name, place)))
        yield


@contextlib.contextmanager
def _put_away(file: BinFile, path: bytes, place: int, found: os.stat_result | None) -> Iterator[None]:
    """Keep what was found at ``path`` in the open folder ``place`` in the batch of ``file`` meanwhile."""
    if found is None:
        yield
        return
    folder, name = split(file.home.local(path))
    with folder_below(file.home.bin, join(file.batch.encode(), LINKS, folder), make=0o700) as waiting:
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


def _find_written(side: SideFile, name: bytes, place: int) -> os.stat_result | None:
    """Return the status of the side file that was written, None if it is another one by now."""
    if not _is_regular(status(name, place)):
        return None
    descriptor = open_file(name, place)
    try:
        found = os.fstat(descriptor)
        own = _is_regular(found) and found.st_nlink == 1 and digest_of(descriptor) == side.new.digest
        return found if own else None
    finally:
        os.close(descriptor)


def _find_own(root: Base, move: Move | None, name: bytes, source: int, place: int) -> os.stat_result | None:
    """Return the status of the link of ``move`` in its place, None if another file lies there, or none."""
    if move is None or not move.link or not _is_regular(status(name, place)):
        return None
    with contextlib.ExitStack() as stack:
        try:
            descriptor = open_file(name, place)
        except PermissionError:
            return None
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
