"""The system call openat2 of Linux, which Python lacks: opens a path that may not lead out of its folder."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache

_NUMBER = 437
"""The same on every architecture."""
_NO_SYMLINKS = 0x04
_BENEATH = 0x08
_UNKNOWN = (errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG)
"""Errors of kernels before 5.6, and of sandboxes that do not know the call."""
_TRIES = 64


class Openat2Missing(Exception):
    """The call is missing or not allowed: the path has to be opened part by part."""


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def openat2(folder: int, path: bytes, flags: int) -> int:
    """Return a descriptor of ``path`` below the open ``folder``, without following links or leaving it.

    Mount points are crossed. Raises OSError, or Openat2Missing where the system has no such call.
    """
    call = _system_call()
    if call is None or not _is_there():
        raise Openat2Missing
    return _open(call, folder, path, flags)


def _open(call: Callable[..., int], folder: int, path: bytes, flags: int) -> int:
    how = _OpenHow(flags | os.O_CLOEXEC, 0, _BENEATH | _NO_SYMLINKS)
    error = 0
    for _ in range(_TRIES):
        descriptor = call(
            _NUMBER, folder, ctypes.c_char_p(path), ctypes.byref(how), ctypes.c_size_t(ctypes.sizeof(how))
        )
        if descriptor >= 0:
            return descriptor
        error = ctypes.get_errno()
        if error not in (errno.EINTR, errno.EAGAIN):
            break
    if error == errno.ENOSYS:  # forbidden meanwhile
        raise Openat2Missing
    raise OSError(error, os.strerror(error), path)


@cache
def _is_there() -> bool:
    """Return whether the call works, by opening a path that always exists."""
    call = _system_call()
    if call is None:
        return False
    try:
        folder = os.open(b"/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.close(_open(call, folder, b".", os.O_RDONLY | os.O_DIRECTORY))
    except Openat2Missing:
        return False
    except OSError as error:
        return error.errno not in _UNKNOWN
    finally:
        os.close(folder)
    return True


@cache
def _system_call() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        call = ctypes.CDLL(None, use_errno=True).syscall
    except (OSError, AttributeError):
        return None
    call.restype = ctypes.c_long
    return call
