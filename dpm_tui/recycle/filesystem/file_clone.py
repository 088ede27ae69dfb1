"""Clones (reflinks): files that share the data of another file on the disk until either is written to."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
from collections.abc import Iterator

_CLONE = getattr(fcntl, "FICLONE", 0x40049409)
_EXTENTS = 0xC020660B
_HEAD = struct.Struct("=QQLLLL")
_EXTENT = struct.Struct("=QQQ16xL12x")
_BATCH = 256
_SYNC = 1
_LAST, _UNTOLD, _INLINE = 0x1, 0x2 | 0x4, 0x200
"""Flags of an extent: the last one; its place is not known (yet); it lies among the metadata."""

_Extent = tuple[int, int, int]
"""Where a run of data begins in the file and on the disk, and its length in bytes."""


def clone(source: int, target: int) -> None:
    """Let the open, empty file ``target`` share all data of the open file ``source``.

    Raises OSError: EXDEV for another file system, EOPNOTSUPP where there are no clones.
    """
    if sys.platform != "linux":
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    fcntl.ioctl(target, _CLONE, source)


def try_clone(source: int, folder: int) -> None:
    """Raise the OSError that ``clone`` would for a file in an open folder; the trial never has a name.

    Says nothing where a file without a name cannot be made.
    """
    flags = getattr(os, "O_TMPFILE", 0)
    try:
        target = os.open(b".", flags | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=folder) if flags else -1
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT):
            return
        raise
    if target >= 0:
        try:
            clone(source, target)
        finally:
            os.close(target)


def share_all_data(first: int, second: int) -> bool | None:
    """Return whether two open files of the same bytes share all of them on the disk, None if nothing tells.

    What the file system keeps among its metadata is shared by no file, so it does not count.
    """
    if sys.platform != "linux":
        return None
    try:
        return list(_extents(first)) == list(_extents(second))
    except OSError:
        return None


def _extents(descriptor: int) -> Iterator[_Extent]:
    """Yield the runs of data of an open file, as long as they are; raises OSError if they cannot be told."""
    run: _Extent | None = None
    for logical, physical, length, flags in _read_extents(descriptor):
        if flags & _UNTOLD:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        if flags & _INLINE:
            continue
        if run is not None and (run[0] + run[2], run[1] + run[2]) == (logical, physical):
            run = (run[0], run[1], run[2] + length)
            continue
        if run is not None:
            yield run
        run = (logical, physical, length)
    if run is not None:
        yield run


def _read_extents(descriptor: int) -> Iterator[tuple[int, int, int, int]]:
    start = 0
    while True:
        answer = bytearray(_HEAD.size + _BATCH * _EXTENT.size)
        _HEAD.pack_into(answer, 0, start, (1 << 64) - 1 - start, _SYNC, 0, _BATCH, 0)
        fcntl.ioctl(descriptor, _EXTENTS, answer)
        count = _HEAD.unpack_from(answer)[3]
        for number in range(count):
            extent = _EXTENT.unpack_from(answer, _HEAD.size + number * _EXTENT.size)
            yield extent
            start = extent[0] + extent[2]
            if extent[3] & _LAST:
                return
        if not count:
            return
