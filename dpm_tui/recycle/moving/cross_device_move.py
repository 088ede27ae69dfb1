"""Moves to the bin of another file system, by explicit choice: a verified copy, then the source goes."""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import replace

from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.filesystem.exclusive_rename import move_in, move_out
from dpm_tui.recycle.filesystem.nofollow import join, same_file, split, status
from dpm_tui.recycle.filesystem.verified_copy import copy_verified
from dpm_tui.recycle.moving.partial_name import LEAVING, PART, passing_name
from dpm_tui.recycle.proof import OpenFile
from dpm_tui.recycle.refusal import Refused
from dpm_tui.state.disk.held_folder import sync_names


def copy_in(held: OpenFile, batch: int, target: int, log: RemovalLog, entry: LogEntry, digest: str) -> None:
    """Copy a proven file into the open folder ``target`` of ``batch`` and remove the source.

    The log announces it first (``entry``, made complete here). The source goes only after the copy
    was read back, equals ``digest`` where one is given, and has its name on the disk; it is set
    aside under another name before, so that a file put in its place meanwhile is never deleted.

    Raises Refused and OSError, the source then being in its place and no copy left behind.
    """
    entry = replace(entry, to=entry.path)
    aside, part = passing_name(entry, LEAVING), passing_name(entry, PART)
    announced = replace(entry, to=join(split(entry.path)[0], aside), part=part)
    if not log.append([announced]):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        copied = copy_verified(held.folder, held.name, batch, part)
        if digest and copied != digest:
            raise Refused("changed")
        move_in(batch, part, target, held.name)
        sync_names(target)
        _remove_source(held, aside)
    except (OSError, Refused):
        with contextlib.suppress(OSError):
            _unlink(part, batch)
            if held.in_place():
                _unlink(held.name, target)
                log.append([replace(entry, action=Action.STAYED, to=b"")])
        raise


def copy_back(held: OpenFile, target: int, log: RemovalLog, entry: LogEntry) -> None:
    """Copy a file that ``copy_in`` brought to the open folder ``target`` back to its origin.

    The log announces it first, so recovery treats a kill like that of a restore. The file in the bin goes
    last. Raises OSError.
    """
    announced = replace(entry, to=entry.path)
    part = passing_name(announced, PART)
    if not log.append([replace(announced, part=part)]):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    copy_verified(target, held.name, held.folder, part)
    try:
        move_out(held.folder, part, held.folder, held.name)
    except OSError:
        _unlink(part, held.folder)
        raise
    sync_names(held.folder)
    os.unlink(held.name, dir_fd=target)
    log.append([replace(entry, action=Action.STAYED)])


def _unlink(name: bytes, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _remove_source(held: OpenFile, aside: bytes) -> None:
    move_out(held.folder, held.name, held.folder, aside)
    found = status(aside, held.folder)
    if found is None or not same_file(found, held.status) or _content_of(found) != _content_of(held.status):
        move_out(held.folder, aside, held.folder, held.name)
        raise Refused("swapped")
    os.unlink(aside, dir_fd=held.folder)


def _content_of(found: os.stat_result) -> tuple[int, int]:
    """Return the fields of a status that change with the content; not ctime, which a rename changes."""
    return found.st_size, found.st_mtime_ns
