"""Landlock, with which a Linux process gives up access to all files but those that it names."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from collections.abc import Callable, Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same on every architecture."""
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file rights each version knows; no version after 5 added any."""
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_BIND_AND_CONNECT = 0b11
_SOCKETS_AND_SIGNALS = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def restrict_reading(folders: Iterable[int], places: Iterable[bytes]) -> bool:
    """Restrict this process to reading below the open ``folders`` and at ``places``; return success.

    Threads started later are restricted, too. Nothing can be written, removed or run. It fails on other
    systems, and on kernels before 5.13 or without Landlock. Privileges must have been given up before.
    """
    if sys.platform != "linux":
        return False
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = int(call(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))
    if version < 1:
        return False
    rules = _Ruleset((1 << _RIGHTS_BY_VERSION.get(version, 16)) - 1)
    size = 8
    if version >= _NETWORK_SINCE:
        rules.network, size = _BIND_AND_CONNECT, 16
    if version >= _SCOPES_SINCE:
        rules.scopes, size = _SOCKETS_AND_SIGNALS, 24
    ruleset = int(call(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0))
    if ruleset < 0:
        return False
    try:
        if not all(_allow(call, ruleset, folder) for folder in folders):
            return False
        for place in places:
            # A missing path needs no rule.
            with contextlib.suppress(OSError):
                descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
                try:
                    _allow(call, ruleset, descriptor)
                finally:
                    os.close(descriptor)
        return bool(call(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(call: Callable[..., int], ruleset: int, descriptor: int) -> bool:
    """Allow reading of a file, or of everything below a folder; return whether that worked."""
    folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
    rule = _Beneath(_READ_FILE | _READ_FOLDER if folder else _READ_FILE, descriptor)
    return bool(call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0) == 0)
