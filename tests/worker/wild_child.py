"""A decoder child that a picture has taken over: it tries whatever would do harm, and reports."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.worker.decoders import decoder_child
from dpm_tui.worker.sandbox.sandbox_trial import try_out

_AT_FDCWD = -100
_LIBC = ctypes.CDLL(None, use_errno=True)


def carry_out(roots: OpenRoots, thumbnails: Any, order: dict[str, Any], memory: int) -> dict[str, Any]:
    """Try everything; return what became of each try."""
    root, outside, worker = roots.own, order["outside"], order["worker"]
    tries: dict[str, Callable[[], object]] = {
        "read": lambda: os.open("a.jpg", os.O_RDONLY, dir_fd=root),
        "read outside": lambda: os.open(f"{outside}/secret", os.O_RDONLY),
        "thread": lambda: _finish(threading.Thread(target=int)),
        "fork": _fork,
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "internet": lambda: socket.socket(socket.AF_INET),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "socket pair": socket.socketpair,
        "write": lambda: os.open("a.jpg", os.O_WRONLY, dir_fd=root),
        "truncate": lambda: os.open("a.jpg", os.O_RDONLY | os.O_TRUNC, dir_fd=root),
        "truncate by path": lambda: os.truncate(f"/proc/self/fd/{root}/a.jpg", 0),
        "truncate by openat2": lambda: _openat2(root, b"a.jpg", os.O_WRONLY | os.O_TRUNC),
        "create": lambda: os.open("new", os.O_RDONLY | os.O_CREAT, dir_fd=root),
        "remove": lambda: os.unlink("a.jpg", dir_fd=root),
        "rename": lambda: os.rename("a.jpg", "b.jpg", src_dir_fd=root, dst_dir_fd=root),
        "link": lambda: os.link("a.jpg", "b.jpg", src_dir_fd=root, dst_dir_fd=root),
        "symlink": lambda: os.symlink("/etc", "b", dir_fd=root),
        "folder": lambda: os.mkdir("b", dir_fd=root),
        "mode": lambda: os.chmod("a.jpg", 0, dir_fd=root),
        "times": lambda: os.utime("a.jpg", (0, 0), dir_fd=root),
        "owner": lambda: os.chown("a.jpg", 1, 1, dir_fd=root),
        "attribute": lambda: os.setxattr(f"/proc/self/fd/{root}", "user.a", b"a"),
        "kill": lambda: os.kill(worker, signal.SIGCONT),
        "kill group": lambda: os.kill(0, signal.SIGCONT),
        "memory of others": lambda: os.open(f"/proc/{worker}/mem", os.O_RDONLY),
        "trace": lambda: _checked(_LIBC.ptrace(16, worker, 0, 0)),
        "limits": _raise_limit,
    }
    outcomes = {name: _try(each) for name, each in tries.items()}
    return {"status": "ok", "held": try_out(root), "tried": outcomes}


def _try(deed: Callable[[], object]) -> str:
    try:
        deed()
    except (OSError, ValueError, RuntimeError) as error:
        return str(error)
    return "done"


def _finish(thread: threading.Thread) -> None:
    thread.start()
    thread.join()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _openat2(folder: int, name: bytes, flags: int) -> None:
    how = (ctypes.c_uint64 * 3)(flags, 0, 0)
    _checked(_LIBC.syscall(437, folder, name, ctypes.byref(how), ctypes.c_size_t(24)))


def _raise_limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


decoder_child.carry_out = carry_out
load, main = decoder_child.load, decoder_child.main

if __name__ == "__main__":
    main()
