"""The reserve: a little disk space that a bin keeps for the moment when the disk is full.

On a full disk names can still be changed, but a log cannot grow and a folder cannot be made. Freeing the
reserve makes room for that, so that files can still come back.
"""

from __future__ import annotations

import contextlib
import errno
import os

from dpm_tui.recycle.filesystem.nofollow import create_file

NAME = b"reserve"
_BYTES = 1 << 16


def keep_reserve(bin_: int) -> None:
    """Put the reserve into an open bin where it is missing and there is room; never raises OSError."""
    with contextlib.suppress(OSError):
        descriptor = create_file(NAME, bin_)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, _BYTES)
            else:
                os.write(descriptor, bytes(_BYTES))
        except OSError:
            os.unlink(NAME, dir_fd=bin_)
        finally:
            os.close(descriptor)


def give_up_reserve(bin_: int) -> bool:
    """Free the reserve of an open bin; return whether there was one."""
    try:
        os.unlink(NAME, dir_fd=bin_)
    except OSError:
        return False
    return True


def check_room(descriptor: int, needed: int) -> None:
    """Raise OSError (ENOSPC) if the file system of an open folder has not ``needed`` bytes left.

    A file system that does not tell its size passes.
    """
    found = os.fstatvfs(descriptor)
    free = found.f_bfree if os.geteuid() == 0 else found.f_bavail
    if found.f_blocks and free * found.f_frsize < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
