"""The worker's end of one decoder: starts it, talks to it, kills it when it hangs, starts it again."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from typing import Any

from dpm_tui.deferred_text import defer
from dpm_tui.errors import reason_of
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.state.disk.held_folder import HeldFolder, folder_of
from dpm_tui.worker.decoders.fork_server import MOST_DESCRIPTORS
from dpm_tui.worker.decoders.forked_process import ForkedProcess, ForkServer, one_thread_environment
from dpm_tui.worker.decoders.inherited_roots import descriptors_of, encode_roots

_Process = subprocess.Popen[bytes] | ForkedProcess

CHILD = "dpm_tui.worker.decoders.decoder_child"
ANSWER_SECONDS = 20.0
_READ_BYTES = 1 << 16
_MAX_ANSWER_BYTES = 1 << 28
_LAST_WORDS = 2000
_LINES_SHOWN = 2
_SHOWN = 300
_END_SECONDS = 1.0


def open_fork_server() -> ForkServer | None:
    """Return what starts decoders quickly, None where a process with libraries cannot safely be forked."""
    return ForkServer(CHILD) if sys.platform == "linux" else None


class DecoderDied(Exception):
    """The decoder ended or was killed while it worked on an order; the text says how and can be shown.

    ``starved`` says that it lacked memory, ``late`` that it exceeded its time.
    """

    def __init__(self, reason: str, *, starved: bool = False, late: bool = False) -> None:
        super().__init__(reason)
        self.starved = starved
        self.late = late


class DecoderProcess:
    """One decoder child with ``memory`` bytes to decode in; used by one thread at a time.

    A fork server starts it, if there is one; else it loads everything itself.

    ``work`` is ``decode``, ``verify`` for a child that judges pairs by their thumbnails, or ``inspect`` for
    one that looks at pairs at full size, ``notes`` for one that reads metadata. It inherits the open folders
    of pictures.
    """

    def __init__(
        self,
        root: RootFolder,
        thumbnails: bytes | HeldFolder,
        memory: int,
        work: str = "decode",
        server: ForkServer | None = None,
    ) -> None:
        self._root = root
        self._thumbnails = folder_of(thumbnails)
        self._work = work
        self._server = server
        self._arguments = [os.fsdecode(self._thumbnails.path), str(memory), work]
        self._process: _Process | None = None
        self._folders: tuple[tuple[int, int], ...] = ()
        self._tail = b""
        self._said = b""

    @property
    def pid(self) -> int:
        """The process id, 0 where none runs."""
        process = self._process
        return process.pid if process is not None else 0

    def ask(self, order: dict[str, Any], seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Send an order and return its answer.

        Raises DecoderDied if the child ends, does not answer in time or cannot start; the next order starts
        another child.
        """
        try:
            process = self._running()
        except OSError as error:
            raise DecoderDied(reason_of(error)) from error
        assert process.stdin is not None
        self._said = b""
        try:
            line = json.dumps({**order, "seconds": seconds}, separators=(",", ":")).encode("ascii")
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            answer = json.loads(self._read_line(process, seconds))
            if not isinstance(answer, dict):
                raise ValueError("not an answer")
        except TimeoutError as error:
            self.kill()
            raise DecoderDied(
                self._describe_failure(defer("decode.no_answer", number=round(seconds))), late=True
            ) from error
        except (OSError, ValueError) as error:
            self._read_stderr(process)
            ended = "" if isinstance(error, ValueError) else _describe_end(process)
            reason = self._describe_failure(
                ended or defer("decode.last_words", how=defer("decode.no_whole_answer"), said=str(error))
            )
            self.kill()
            raise DecoderDied(reason, starved=b"MemoryError" in self._said) from error
        return answer

    def interrupt(self) -> None:
        """End the child from another thread: the thread that waits for its answer gets DecoderDied."""
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()

    def kill(self) -> None:
        """End the child at once."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._tail = b""

    def _running(self) -> _Process:
        """Return the child, a new one if there are other folders of pictures by now; raises OSError."""
        with self._root.opened() as roots:
            found = [os.fstat(descriptor) for descriptor in descriptors_of(roots)]
            folders = tuple((status.st_dev, status.st_ino) for status in found)
            if self._process is not None and (folders != self._folders or self._process.poll() is not None):
                self.kill()
            if self._process is None:
                self._process, self._folders = self._start(roots), folders
            return self._process

    def _start(self, roots: OpenRoots) -> _Process:
        # The child must use the same folders as we do, whatever lies under their paths by then.
        above = self._thumbnails.above
        passed = () if above is None else (above.descriptor,)
        arguments = [encode_roots(roots), *self._arguments, *map(str, passed)]
        descriptors = (*descriptors_of(roots), *passed)
        process: _Process
        if self._server is not None and len(descriptors) <= MOST_DESCRIPTORS - 3:
            process = self._server.fork(self._work, arguments, descriptors)
        else:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", CHILD, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=one_thread_environment(),
                pass_fds=descriptors,
            )
        assert process.stderr is not None
        os.set_blocking(process.stderr.fileno(), False)
        return process

    def _read_line(self, process: _Process, seconds: float) -> bytes:
        assert process.stdout is not None
        assert process.stderr is not None
        deadline = time.monotonic() + seconds
        parts, size = [self._tail], 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                ready = selector.select(max(deadline - time.monotonic(), 0))
                if not ready:
                    raise TimeoutError
                if any(key.fileobj is process.stderr for key, _ in ready) and not self._read_stderr(process):
                    selector.unregister(process.stderr)
                if not any(key.fileobj is process.stdout for key, _ in ready):
                    continue
                chunk = os.read(process.stdout.fileno(), _READ_BYTES)
                parts.append(chunk)
                size += len(chunk)
                if not chunk or size > _MAX_ANSWER_BYTES:
                    raise OSError("no whole answer")
        line, _, self._tail = b"".join(parts).partition(b"\n")
        return line

    def _read_stderr(self, process: _Process) -> bool:
        """Read the standard error of the child; return whether there may be more."""
        assert process.stderr is not None
        try:
            while chunk := os.read(process.stderr.fileno(), _READ_BYTES):
                self._said = (self._said + chunk)[-_LAST_WORDS:]
        except BlockingIOError:
            return True
        return False

    def _describe_failure(self, how: str) -> str:
        """Return how the child ended, with the end of its standard error."""
        lines = [line.strip() for line in self._said.decode("utf-8", "replace").splitlines()]
        words = " / ".join(line for line in lines[-_LINES_SHOWN:] if line)
        return defer("decode.last_words", how=how, said=display_name(words, _SHOWN)) if words else how


def _describe_end(process: _Process) -> str:
    """Return how a child ended that closed its output, empty if it did not end."""
    try:
        code = process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    if code >= 0:
        return defer("decode.exit_code", code=str(code))
    try:
        return defer("decode.killed", signal=signal.Signals(-code).name)
    except ValueError:
        return defer("decode.killed", signal=str(-code))
