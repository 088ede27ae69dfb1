"""The sandbox that a decoder child locks itself into: what a picture can cost at most."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time

_OPEN_FILES = 24
_NICE = 5
_OOM_SCORE = 800
_GRACE_SECONDS = 5
_PR_SET_NO_NEW_PRIVS = 38


def enter_sandbox(memory: int) -> None:
    """Lower the limits of this process for good, as far as the system knows them.

    It may take ``memory`` bytes more than it has now, write no file, open few, leave no core, gain no
    privilege; when memory runs out the system ends it before others. Whatever it needs should be
    imported before.
    """
    sys.dont_write_bytecode = True
    limits = {
        resource.RLIMIT_AS: _address_space() + memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(str(_OOM_SCORE))
    if sys.platform == "linux":
        _refuse_privileges()


def allow_seconds(seconds: float) -> None:
    """Let the system end this process if the order at hand takes longer, whether or not anybody watches.

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


def _refuse_privileges() -> None:
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
