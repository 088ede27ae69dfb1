"""The sandbox trial: tries in a decoder child what the sandbox forbids."""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
from collections.abc import Callable

PROTECTIONS = ("processes", "network", "writing", "removing", "reading", "memory")
"""What is kept from a decoder: to start processes, to open connections, to write files, to remove them, to
read outside the folder, to take more memory than it was given."""


def try_out(root: int) -> list[str]:
    """Return the protections that hold for this process; the attempts do no harm if they succeed."""
    trials: dict[str, Callable[[int], None]] = {
        "processes": _start_process,
        "network": _open_socket,
        "writing": _write,
        "removing": _remove,
        "reading": _read_elsewhere,
    }
    held = [name for name, trial in trials.items() if _is_refused(trial, root)]
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        held.append("memory")
    return held


def _is_refused(trial: Callable[[int], None], root: int) -> bool:
    try:
        trial(root)
    except (PermissionError, BlockingIOError):  # EAGAIN: for a limit on processes
        return True
    except OSError:
        return False
    return False


def _start_process(root: int) -> None:
    if (pid := os.fork()) == 0:
        os._exit(0)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _open_socket(root: int) -> None:
    import socket

    socket.socket().close()


def _write(root: int) -> None:
    os.close(os.open(os.devnull, os.O_WRONLY))


def _remove(root: int) -> None:
    """Remove what is certainly not there."""
    os.unlink(f".{secrets.token_hex(16)}", dir_fd=root)


def _read_elsewhere(root: int) -> None:
    os.close(os.open(b"/", os.O_RDONLY | os.O_DIRECTORY))
