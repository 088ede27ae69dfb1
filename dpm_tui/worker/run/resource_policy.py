"""Resource policy: how a worker stays out of the way of everything else on a small machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

import psutil

from dpm_tui.state.config import Config
from dpm_tui.state.disk.mounts import Mount, read_mounts

_NICE = 5
AUTOGROUP = "/proc/self/autogroup"
"""Linux gives each session a share of the processor, and nice values only count within a session.

Beside a busy process of another session a nice worker gets one half, one whose session is nice a quarter.
"""
_READERS_ON_SLOW_DISKS = 2
"""More readers only make a rotating disk seek and a network wait."""
_NETWORK_TYPES = ("nfs", "cifs", "smb", "fuse.", "9p", "afs", "ceph", "glusterfs", "davfs")


def lower_priority() -> None:
    """Let other processes go first, at the processor and at the disk; children inherit it.

    Only for a process that is alone in its session: the whole session gets the lower priority.
    Best effort with the lowest priority rather than idle: on a busy disk an idle process never ends.
    """
    with contextlib.suppress(OSError):
        os.nice(max(_NICE - os.nice(0), 0))
        with open(AUTOGROUP, "r+b", buffering=0) as file:
            file.write(b"%d" % os.nice(0))
    if hasattr(psutil, "IOPRIO_CLASS_BE"):
        with contextlib.suppress(OSError, psutil.Error):
            psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, 7)


def worker_count(config: Config) -> int:
    """Return how many verifying threads the settings ask for, by default one a processor."""
    if config.workers:
        return config.workers
    try:
        return max(len(os.sched_getaffinity(0)), 1)
    except AttributeError:
        return os.cpu_count() or 1


def reader_count(config: Config, root: bytes) -> int:
    """Return how many files below ``root`` and the other roots should be read at the same time."""
    count = worker_count(config)
    if config.workers or not any(map(is_slow_disk, (root, *config.other_folders))):
        return count
    return min(count, _READERS_ON_SLOW_DISKS)


def memory_of(pids: Iterable[int]) -> int:
    """Return the bytes of memory that some processes take; one that has ended takes none.

    Libraries that they share count once, where the system tells.
    """
    own, shared = 0, 0
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            info = psutil.Process(pid).memory_info()
            part = int(getattr(info, "shared", 0))
            own, shared = own + int(info.rss) - part, max(shared, part)
    return own + shared


def is_slow_disk(root: bytes, proc: str = "/proc", sys: str = "/sys") -> bool:
    """Return whether ``root`` lies on a rotating disk or a network mount; False where nothing tells."""
    try:
        device = os.stat(root).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        kind = _type_of(os.path.realpath(root), read_mounts(proc))
    except OSError:
        return False
    return kind.startswith(_NETWORK_TYPES) or _rotates(f"{sys}/dev/block/{number}")


def _type_of(root: bytes, mounts: Iterable[Mount]) -> str:
    """Return the type of the file system that ``root`` lies on: of its mounts the nearest, newest one."""
    best, kind = -1, ""
    for mount in mounts:
        below = root == mount.point or root.startswith(mount.point.rstrip(b"/") + b"/")
        if below and len(mount.point) >= best:
            best, kind = len(mount.point), mount.type
    return kind


def _rotates(device: str) -> bool:
    """Return whether a block device rotates; a partition asks the disk that it is on."""
    real = os.path.realpath(device)
    for folder in (real, os.path.dirname(real)):
        try:
            with open(f"{folder}/queue/rotational", "rb") as file:
                return file.read().strip() == b"1"
        except OSError:
            continue
    return False
