"""Copies to another file system; the source goes only after the copy was read back."""

from __future__ import annotations

import contextlib
import errno
import os

from dpm_tui.recycle.filesystem.file_metadata import copy_metadata
from dpm_tui.recycle.filesystem.nofollow import create_file, digest_of, open_file

_CHUNK = 1 << 20


def copy_verified(source: int, name: bytes, target: int, part: bytes) -> str:
    """Copy ``name`` in the folder ``source`` to the new file ``part`` in ``target`` and read it back.

    Returns the SHA-256 of both. The copy has the content, permissions, times and, where possible, owner and
    extended attributes of the source. On return the content is on the disk. After an error there is no
    ``part``. The check may read from the system's cache.

    Raises OSError (EIO if the copy differs).
    """
    reading = open_file(name, source)
    try:
        writing = create_file(part, target, os.O_RDWR)
        try:
            return _copy(reading, writing)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part, dir_fd=target)
            raise
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _copy(reading: int, writing: int) -> str:
    with (
        open(reading, "rb", buffering=0, closefd=False) as origin,
        open(writing, "wb", buffering=_CHUNK, closefd=False) as copy,
    ):
        while chunk := origin.read(_CHUNK):
            copy.write(chunk)
    os.fsync(writing)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(writing, 0, 0, os.POSIX_FADV_DONTNEED)
    digest = digest_of(reading)
    if digest_of(writing) != digest:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    copy_metadata(reading, writing)
    os.fsync(writing)
    return digest
