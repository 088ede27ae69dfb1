"""The worker's end of one decoder: starts it, talks to it, kills it when it hangs, starts it again."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from typing import Any

ANSWER_SECONDS = 20.0
_READ_BYTES = 1 << 16


class DecoderDied(Exception):
    """The decoder ended or was killed while it worked on an order."""


class DecoderProcess:
    """One decoder child; used by one thread at a time."""

    def __init__(self, root: bytes, thumbnails: bytes) -> None:
        self._arguments = [os.fsdecode(root), os.fsdecode(thumbnails)]
        self._process: subprocess.Popen[bytes] | None = None
        self._tail = b""

    @property
    def pid(self) -> int:
        """The process id, 0 where none runs."""
        return self._process.pid if self._process is not None else 0

    def ask(self, order: dict[str, Any], seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Send an order and return its answer.

        Raises DecoderDied if the child ends or does not answer in time; the next order starts
        another child.
        """
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(order, separators=(",", ":")).encode("ascii") + b"\n")
            process.stdin.flush()
            line = self._read_line(process, seconds)
            answer = json.loads(line)
        except (OSError, ValueError) as error:
            self.kill()
            raise DecoderDied(str(error)) from error
        if not isinstance(answer, dict):
            self.kill()
            raise DecoderDied("not an answer")
        return answer

    def kill(self) -> None:
        """End the child at once."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue
        self._tail = b""

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.kill()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "dpm_tui.worker.decoder_child", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
        return self._process

    def _read_line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        parts = [self._tail]
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    raise OSError("no answer in time")
                chunk = os.read(process.stdout.fileno(), _READ_BYTES)
                if not chunk:
                    raise OSError("ended")
                parts.append(chunk)
        line, _, self._tail = b"".join(parts).partition(b"\n")
        return line
