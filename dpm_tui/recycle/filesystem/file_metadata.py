"""Metadata of files: owner, permissions, times and extended attributes, lists of access among them."""

from __future__ import annotations

import contextlib
import os

_OF_SYSTEM = (b"security.", b"trusted.")
"""Attributes that the system sets as it sees fit; they say nothing of the picture."""


def copy_metadata(source: int, target: int) -> None:
    """Give the open file ``target`` the metadata of ``source``, as far as the system allows.

    Permissions and times are always given: raises OSError where they cannot be.
    """
    found = os.fstat(source)
    made = os.fstat(target)
    if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
        with contextlib.suppress(OSError):
            os.fchown(target, found.st_uid, found.st_gid)
    with contextlib.suppress(OSError):
        wanted = _names(source)
        for name in set(_names(target)).difference(wanted):
            with contextlib.suppress(OSError):
                os.removexattr(target, name)
        for name in wanted:
            with contextlib.suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))
    os.fchmod(target, found.st_mode & 0o777)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def same_metadata(first: int, second: int) -> bool:
    """Return whether two open files have one owner, the same permissions, mtime and attributes of people.

    Raises OSError.
    """
    one, other = os.fstat(first), os.fstat(second)
    fields = ("st_uid", "st_gid", "st_mode", "st_mtime_ns")
    if any(getattr(one, name) != getattr(other, name) for name in fields):
        return False
    return _of_people(first) == _of_people(second)


def _of_people(descriptor: int) -> dict[str, bytes]:
    names = (name for name in _names(descriptor) if not os.fsencode(name).startswith(_OF_SYSTEM))
    return {name: os.getxattr(descriptor, name) for name in names}


def _names(descriptor: int) -> list[str]:
    return os.listxattr(descriptor) if hasattr(os, "listxattr") else []
