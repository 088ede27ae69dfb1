"""The sandbox of a decoder child: it limits the damage that a hostile picture can do."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Sequence

from dpm_tui.worker.sandbox.landlock import restrict_reading
from dpm_tui.worker.sandbox.syscall_filter import filter_calls

_OPEN_FILES = 24
_NICE = 5
_OOM_SCORE = 800
_GRACE_SECONDS = 5
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_VERSION = 0x20080522
_CAP_DAC_READ_SEARCH = 1 << 2
_READABLE = (
    b"/usr", b"/lib", b"/lib64", b"/proc/self", b"/proc/cpuinfo", b"/proc/meminfo",
    b"/sys/devices/system/cpu", b"/sys/fs/cgroup", b"/dev/null", b"/dev/zero", b"/dev/urandom",
)  # fmt: skip
"""Files of libraries that are loaded late, or that count the processors."""


def enter_sandbox(memory: int, folders: Sequence[int], *places: bytes) -> None:
    """Lower the limits of this process for good, as far as the system knows them.

    It may take ``memory`` bytes more than it has now, write no file, open few, leave no core, gain no
    privilege; when memory runs out the system ends it before others. Where Linux can do it, it starts no
    process, reaches no network, changes no file, and reads only below the open ``folders``, at ``places``
    and where Python lies. A limit that the system lacks is skipped. Modules should be imported before.
    """
    sys.dont_write_bytecode = True
    limits = {
        resource.RLIMIT_AS: _address_space() + memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES + len(folders),
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "linux":  # only where threads do not count as processes
        limits[resource.RLIMIT_NPROC] = 0
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(str(_OOM_SCORE))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            _refuse_privileges()
            own = [place for place in places if not os.path.islink(place)]
            restrict_reading(folders, [*own, *_READABLE, *_python_places()])
        with contextlib.suppress(OSError, AttributeError):
            filter_calls()


def allow_seconds(seconds: float) -> None:
    """Have the system end this process if the current order takes longer, with or without a worker.

    The worker ends it sooner. But a worker may be killed, and the death signal of its threads would
    come at the end of every scan.
    """
    spent, most = int(time.process_time()), int(seconds) + _GRACE_SECONDS
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent + most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.alarm(most)


def rest() -> None:
    """Stop the clock that ``allow_seconds`` started."""
    signal.alarm(0)


def _address_space() -> int:
    """Return the bytes of address space in use, 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
    return 0


def _python_places() -> Iterable[bytes]:
    """Return where modules that are imported late may lie."""
    return {os.fsencode(place) for place in (sys.prefix, sys.base_prefix, *sys.path) if os.path.isabs(place)}


def _refuse_privileges() -> None:
    """Give up all privileges, but as root keep the one to read files of other users."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    reading = _CAP_DAC_READ_SEARCH if os.geteuid() == 0 else 0
    # Twice effective, permitted and inheritable, for the lower and the upper half.
    libc.capset(head, (ctypes.c_uint32 * 6)(reading, reading, 0, 0, 0, 0))
