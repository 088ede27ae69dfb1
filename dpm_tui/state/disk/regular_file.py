"""Opens state files, which may lie in a shared folder: follows no link, waits for no pipe."""

from __future__ import annotations

import errno
import os
import stat

from dpm_tui.errors import DamagedError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.held_folder import Where, place_of

MAX_FILE_BYTES = 1 << 34
"""A larger file was not written by us (ten million pictures need less); reading it could take forever."""

_NO_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENODEV}
"""Errors from opening a link, a folder, a pipe without a reader or a missing device."""


def open_regular(
    path: Where, flags: int = os.O_RDONLY, mode: int = 0o600, *, at_most: int = MAX_FILE_BYTES
) -> int:
    """Return a descriptor of the regular file at ``path``.

    Raises DamagedError if a link, a folder, a pipe or a device lies there or the file is too large to
    be ours, OSError (FileNotFoundError among them) for everything else.
    """
    place = place_of(path)
    try:
        descriptor = place.open(flags | os.O_NONBLOCK, mode)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise DamagedError("state_file_odd", path=display_name(place.path)) from error
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size <= at_most:
        return descriptor
    os.close(descriptor)
    key = "state_file_huge" if stat.S_ISREG(status.st_mode) else "state_file_odd"
    raise DamagedError(key, path=display_name(place.path), size=status.st_size)


def read_regular(path: Where, at_most: int) -> bytes:
    """Return the content of the regular file at ``path``, ``at_most`` bytes; raises as ``open_regular``."""
    with open(open_regular(path), "rb") as file:
        content = file.read(at_most + 1)
        size = os.fstat(file.fileno()).st_size
    if len(content) > at_most:
        raise DamagedError("state_file_huge", path=display_name(os.fspath(path)), size=size)
    return content
