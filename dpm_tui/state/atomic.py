"""Writes that leave either the old content or the new one, never a mixture."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable

_SYNC_UNSUPPORTED = {errno.EINVAL, errno.ENOTSUP}
"""What network file systems answer to syncing a folder; anything else is a real error."""


def write_atomic(path: bytes, content: bytes, mode: int = 0o600) -> None:
    """Replace the file at ``path``; after a crash it holds the old or the new content, whole.

    Raises OSError, in which case the old content is untouched.
    """
    write_parts_atomic(path, (content,), mode)


def write_parts_atomic(path: bytes, parts: Iterable[bytes], mode: int = 0o600) -> None:
    """Replace the file at ``path`` as ``write_atomic`` does, part by part; they may come of the old file."""
    partial = path + b".part"
    descriptor = create_partial(partial, mode)
    try:
        fill_and_close(descriptor, parts)
        os.replace(partial, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        raise
    sync_folder(os.path.dirname(path) or b".")


def create_partial(path: bytes, mode: int = 0o600) -> int:
    """Return a descriptor of a new, empty file at ``path`` in place of what an earlier write left there.

    What lies there is never opened: it may be a link to another file, or a pipe that nobody reads.
    Raises OSError.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(path, flags, mode)
    except FileExistsError:
        os.unlink(path)
        return os.open(path, flags, mode)


def fill_and_close(descriptor: int, parts: Iterable[bytes]) -> None:
    """Write parts to an open file, wait until the disk has them, and close it even after an OSError."""
    try:
        for part in parts:
            write_all(descriptor, part)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte of ``content``: one ``write`` may take only a part without an error."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(path: bytes) -> None:
    """Make renames and new names in the folder at ``path`` survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync_names(descriptor)
    finally:
        os.close(descriptor)


def sync_names(descriptor: int) -> None:
    """Make new and removed names in an open folder survive a power cut; raises OSError (EIO)."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _SYNC_UNSUPPORTED:
            raise
