"""A fork server: a process that has loaded what decoders need, and becomes one of them whenever asked.

Started as ``python -m dpm_tui.worker.decoders.fork_server SOCKET MODULE [WORK]``. Libraries take half a
second of a processor to load, a fork some milliseconds. It opens no picture and has one thread, so that a
fork is safe. It ends when the worker closes its end of the socket; its children end when their orders do.

Each message is a line of JSON with one answer: ``fork`` with descriptors, ``kill`` or ``poll`` with a process
id. Only its own children that nobody has asked about can be killed, so an id never means another process.
"""

from __future__ import annotations

import errno
import fcntl
import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol, cast

MOST_BYTES = 1 << 20
MOST_DESCRIPTORS = 250
"""Those that a child can be given at most, its pipes among them; Linux passes 253 with one message."""


class Program(Protocol):
    """What a child becomes: a module."""

    def load(self, work: str) -> None:
        """Import what some work needs; asked before each fork, and again by the child."""

    def main(self) -> None:
        """Run with the arguments in ``sys.argv``."""


def main() -> None:
    """Answer messages until the other end of the socket closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    program = cast(Program, import_module(sys.argv[2]))
    for work in sys.argv[3:]:
        _load(program, work)
    children: set[int] = set()
    while True:
        message, received, *_ = socket.recv_fds(channel, MOST_BYTES, MOST_DESCRIPTORS)
        if not message:
            return
        order = json.loads(message)
        match order["do"]:
            case "fork":
                answer = _fork(program, order, received, channel)
                children |= {answer["pid"]} if "pid" in answer else set()
            case "kill":
                answer = _kill(order["pid"], children)
            case _:
                answer = _poll(order["pid"], children)
        for descriptor in received:
            os.close(descriptor)
        channel.sendall(json.dumps(answer).encode("ascii"))


def _load(program: Program, work: str) -> None:
    # What keeps it from being loaded keeps each child from it, whose last words the worker tells.
    with suppress(Exception):
        program.load(work)


def _fork(
    program: Program, order: dict[str, Any], received: Sequence[int], channel: socket.socket
) -> dict[str, Any]:
    """Return the process id of a new child, or the number of the error that kept it from starting."""
    _load(program, order["work"])
    # What is frozen is never searched for garbage, so its pages stay shared.
    gc.freeze()
    try:
        pid = os.fork()
    except OSError as error:
        return {"errno": error.errno or errno.EAGAIN}
    if pid == 0:
        sys.argv[1:] = order["arguments"]
        _become(program, received, order["descriptors"], channel)
    return {"pid": pid}


def _become(program: Program, received: Sequence[int], wanted: Sequence[int], channel: socket.socket) -> None:
    """Run the program with the received descriptors under the wanted numbers; never returns."""
    code = 1
    try:
        channel.close()
        _place(received, wanted)
        # Those of this process think that they can seek.
        sys.stdin, sys.stdout = os.fdopen(0, "r", closefd=False), os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
        program.main()
        sys.stdout.flush()
        code = 0
    except BaseException:
        # What the program has open stays so as long as this lasts: its last words come before its end.
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _place(received: Sequence[int], wanted: Sequence[int]) -> None:
    """Give descriptors other numbers."""
    floor = max(wanted) + 1
    lifted = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, floor) for descriptor in received]
    for descriptor in received:
        os.close(descriptor)
    for descriptor, number in zip(lifted, wanted, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)


def _kill(pid: int, children: set[int]) -> dict[str, Any]:
    if pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return {}


def _poll(pid: int, children: set[int]) -> dict[str, Any]:
    """Return the exit code of a child, None while it runs."""
    if pid not in children:
        return {"code": -signal.SIGKILL}
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return {"code": None}
    children.discard(pid)
    return {"code": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    main()
