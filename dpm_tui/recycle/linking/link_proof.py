"""Link proof: whether a link to the kept file may, and can, take the name of an identical one."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterable, Iterator, Mapping

from dpm_tui.catalog.image_file import Stamp, read_stamp
from dpm_tui.file_names import display_name
from dpm_tui.recycle.bin.removal_log import Action, LogEntry
from dpm_tui.recycle.filesystem.file_clone import share_all_data, try_clone
from dpm_tui.recycle.proof import OpenFile
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move

_NO_REFLINKS = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOTTY, errno.ENOSYS, errno.EINVAL}
_NO_HARD_LINKS = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EMLINK}


def left_reflinks(entries: Iterable[LogEntry]) -> dict[bytes, Stamp]:
    """Return which files left a reflink under their names, by the log: each path with what had it before."""
    left: dict[bytes, Stamp] = {}
    for entry in entries:
        if entry.action is Action.RECYCLED and entry.move is not None and entry.move.link is Link.REFLINK:
            left[entry.path] = entry.move.victim.stamp
        elif entry.action is Action.RESTORED and entry.to == entry.path and not entry.below:
            left.pop(entry.path, None)
    return left


def check_link(move: Move, victim: OpenFile, keeper: OpenFile, left: Mapping[bytes, Stamp]) -> None:
    """Raise Refused if a link in the place of a proven victim would be of no use, or change too much.

    ``left`` are the reflinks that were left before, asked where the file system does not tell what is shared.
    """
    shown = display_name(move.keeper.path)
    if victim.status.st_nlink > 1:
        raise Refused("link_names")
    match move.link:
        case Link.HARD:
            if victim.status.st_uid != keeper.status.st_uid:
                raise Refused("link_owner", keeper=shown)
        case Link.REFLINK:
            shared = share_all_data(victim.descriptor, keeper.descriptor)
            if shared or (shared is None and _looks_like(victim, left.get(move.victim.path))):
                raise Refused("already_linked", keeper=shown)


def check_possible(move: Move, victim: OpenFile, keeper: OpenFile) -> None:
    """Raise Refused if the file system cannot make the link, as far as that can be told without making it."""
    with linking(move):
        match move.link:
            case Link.HARD:
                if victim.status.st_dev != keeper.status.st_dev:
                    raise OSError(errno.EXDEV, "")
            case Link.REFLINK:
                try_clone(keeper.descriptor, victim.folder)


def _looks_like(victim: OpenFile, before: Stamp | None) -> bool:
    """Return whether a file looks as the one did that left a reflink in its place, and is another one."""
    now = read_stamp(victim.status)
    if before is None or now.inode == before.inode:
        return False
    return (now.size, now.mtime_ns) == (before.size, before.mtime_ns)


@contextlib.contextmanager
def linking(move: Move) -> Iterator[None]:
    """Turn what a file system answers to making a link into Refused; other OSErrors stay as they are."""
    shown = display_name(move.keeper.path)
    try:
        yield
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise Refused("link_elsewhere", keeper=shown) from error
        if move.link is Link.REFLINK and error.errno in _NO_REFLINKS:
            raise Refused("no_reflinks") from error
        if move.link is Link.HARD and error.errno in _NO_HARD_LINKS:
            raise Refused("no_hard_links", keeper=shown) from error
        raise
