"""The worker's end of a fork server, and of the processes that it forks."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from io import FileIO
from typing import Any

from dpm_tui.worker.decoders.fork_server import MOST_BYTES

_SERVER = "dpm_tui.worker.decoders.fork_server"
_STEP_SECONDS = 0.002


def one_thread_environment() -> dict[str, str]:
    """Return the environment of a process that shares the cores with others like it."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class ForkServer:
    """Starts processes that run ``module``, in some milliseconds each; several threads may ask.

    Its own process starts with the first of them or with ``start``, and again if it was ended from outside.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def __del__(self) -> None:
        self._shut()

    @property
    def pid(self) -> int:
        """The process id, 0 where it does not run."""
        process = self._process
        return process.pid if process is not None else 0

    def start(self, work: str) -> None:
        """Load what some work needs now, without waiting; where that fails, ``fork`` says why."""
        with self._lock, contextlib.suppress(OSError):
            self._opened(work)

    def fork(self, work: str, arguments: Sequence[str], descriptors: Sequence[int]) -> ForkedProcess:
        """Return a process that runs the module with these arguments and inherits the descriptors.

        Raises OSError.
        """
        with contextlib.ExitStack() as opened:
            ends = [os.pipe() for _ in range(3)]
            for end in (number for pipe in ends for number in pipe):
                opened.callback(os.close, end)
            (theirs_in, mine_in), (mine_out, theirs_out), (mine_errors, theirs_errors) = ends
            order = {
                "do": "fork",
                "work": work,
                "arguments": list(arguments),
                "descriptors": [0, 1, 2, *descriptors],
            }
            passed = [theirs_in, theirs_out, theirs_errors, *descriptors]
            try:
                channel, answer = self._ask(order, passed)
            except OSError:
                # It was ended since the last time; this one is new.
                channel, answer = self._ask(order, passed)
            if "pid" not in answer:
                number = int(answer.get("errno", errno.EIO))
                raise OSError(number, os.strerror(number))
            pipes = [os.dup(mine) for mine in (mine_in, mine_out, mine_errors)]
        return ForkedProcess(self, channel, int(answer["pid"]), pipes)

    def ask(self, channel: socket.socket, order: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer to an order about what was forked over a channel, None if that server is gone."""
        with contextlib.suppress(OSError):
            if channel is self._channel:
                return self._ask(order)[1]
        return None

    def _ask(
        self, order: dict[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[socket.socket, dict[str, Any]]:
        """Return the answer to an order and over which channel it came; raises OSError if nobody answers."""
        with self._lock:
            channel = self._opened()
            try:
                socket.send_fds(channel, [json.dumps(order).encode("ascii")], list(descriptors))
                if answer := channel.recv(MOST_BYTES):
                    return channel, json.loads(answer)
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            except OSError:
                self._shut()
                raise

    def close(self) -> None:
        """End it; processes that it forked go on until their standard input ends."""
        with self._lock:
            self._shut()

    def _opened(self, *work: str) -> socket.socket:
        if self._channel is None:
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", _SERVER, str(theirs.fileno()), self._module, *work],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=one_thread_environment(),
                    pass_fds=(theirs.fileno(),),
                )
            self._channel = mine
        return self._channel

    def _shut(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class ForkedProcess:
    """A process that a fork server started; what ``subprocess.Popen`` offers, as far as decoders need it."""

    def __init__(self, server: ForkServer, channel: socket.socket, pid: int, pipes: Sequence[int]) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = (
            FileIO(pipe, mode) for pipe, mode in zip(pipes, ("wb", "rb", "rb"), strict=True)
        )
        self._server = server
        self._channel = channel
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs; negative is the number of a signal."""
        # It holds its output open to the end, so that nobody has to be asked before each order.
        if self._code is None and (self.stdout.closed or self._has_ended_output()):
            answer = self._server.ask(self._channel, {"do": "poll", "pid": self.pid})
            # Without the server that forked it nobody can tell more than that it will end.
            self._code = -signal.SIGKILL if answer is None else answer["code"]
        return self._code

    def _has_ended_output(self) -> bool:
        poll = select.poll()
        poll.register(self.stdout, 0)
        return bool(poll.poll(0))

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            self._server.ask(self._channel, {"do": "kill", "pid": self.pid})

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended; raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(_STEP_SECONDS)
        return code
