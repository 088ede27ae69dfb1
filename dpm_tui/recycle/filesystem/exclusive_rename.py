"""Renames that never replace a file: by the kernel's own flag, by a hard link, or by claiming the name."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Callable

from dpm_tui.recycle.filesystem.nofollow import create_file, status

_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""Errors of a file system or kernel that does not support the call."""
_NO_LINKS = _UNSUPPORTED | {errno.EPERM, errno.EMLINK}
"""Errors of a file system without hard links; FAT says EPERM."""

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_NOREPLACE = 4 if sys.platform == "darwin" else 1
_EXCLUSIVE = getattr(_LIBRARY, "renameatx_np" if sys.platform == "darwin" else "renameat2", None)

Announce = Callable[[], None]


def move_in(source: int, name: bytes, target: int, new_name: bytes) -> None:
    """Rename ``name`` in the folder ``source`` to ``new_name`` in ``target``, which only we write to.

    Where the kernel cannot refuse an existing name, it is enough to look first: only we write there. It
    is a rename all the same, so that a file put at ``name`` meanwhile is moved, never deleted.
    Raises FileExistsError and other OSErrors (EXDEV: another file system); the file then has its
    old name.
    """
    if _renamed(source, name, target, new_name):
        return
    if status(new_name, target) is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)


def move_out(
    source: int, name: bytes, target: int, new_name: bytes, announce: Announce | None = None
) -> None:
    """Rename ``name`` in ``source``, which only we write to, to ``new_name`` in a folder of others.

    ``announce`` is called before a step that gives the file a second name for a moment. Raises
    FileExistsError if the new name is taken, and other OSErrors (EXDEV: another file system); the
    file then has its old name. The last of the three ways leaves an empty file under the new name
    if the process is killed in it; only file systems with neither NOREPLACE nor hard links get
    there.
    """
    if _renamed(source, name, target, new_name):
        return
    if announce is not None:
        announce()
    try:
        link_and_unlink(source, name, target, new_name)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        claim_and_rename(source, name, target, new_name)


def rename_exclusive(source: int, name: bytes, target: int, new_name: bytes) -> None:
    """Rename in one step that fails if the name is taken; ENOSYS where the system cannot."""
    if _EXCLUSIVE is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if _EXCLUSIVE(source, name, target, new_name, ctypes.c_uint(_NOREPLACE)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def link_and_unlink(source: int, name: bytes, target: int, new_name: bytes) -> None:
    """Give the file its new name, which fails if it is taken, and take the old one away."""
    os.link(name, new_name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    try:
        os.unlink(name, dir_fd=source)
    except FileNotFoundError:
        return  # somebody else took the old name away: the new one is the last
    except OSError:
        os.unlink(new_name, dir_fd=target)
        raise


def claim_and_rename(source: int, name: bytes, target: int, new_name: bytes) -> None:
    """Make an empty file of the new name, which fails if it is taken, and rename over it."""
    claim = create_file(new_name, target)
    try:
        mine = os.fstat(claim)
    finally:
        os.close(claim)
    found = os.stat(new_name, dir_fd=target, follow_symlinks=False)
    if not os.path.samestat(mine, found) or found.st_size:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    try:
        os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new_name, dir_fd=target)
        raise


def _renamed(source: int, name: bytes, target: int, new_name: bytes) -> bool:
    """Rename in one step; return whether the system can. After an OSError the file has its old name."""
    try:
        rename_exclusive(source, name, target, new_name)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return False
        # On a network mount the answer may be lost after the rename was done.
        lost = error.errno == errno.ENOENT and status(name, source) is None
        if not lost or status(new_name, target) is None:
            raise
    return True
