"""The app in a pseudo-terminal that counts what it sends and when; it looks at nothing but bytes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Burst:
    """What came after something was done, and the seconds to its first and last byte, 0 if none came."""

    first: float
    last: float
    sent: bytes


class PtyApp:
    """``python -m dpm_tui FOLDER`` in a terminal of a size in cells."""

    def __init__(self, folder: Path, width: int, height: int, environ: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(_ROOT)
            os.execve(sys.executable, [sys.executable, "-m", "dpm_tui", str(folder)], {**environ})
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, keys: bytes) -> None:
        """Type."""
        os.write(self._terminal, keys)

    def press(self, keys: bytes, silence: float, most: float = 30.0) -> Burst:
        """Type and return what came until nothing did for so many seconds."""
        began = time.perf_counter()
        self.type(keys)
        return self.listen(began, silence, most)

    def listen(self, began: float, silence: float, most: float, until: bytes = b"") -> Burst:
        """Return what comes until ``silence``, ``until`` has come, or ``most`` seconds are over."""
        sent = b""
        first = last = 0.0
        while (now := time.perf_counter() - began) < most:
            if not select.select([self._terminal], [], [], min(silence, max(most - now, 0)))[0]:
                break
            try:
                sent += os.read(self._terminal, 1 << 16)
            except OSError:  # the app has ended
                break
            last = time.perf_counter() - began
            first = first or last
            if until and until in sent:
                break
        return Burst(first, last, sent)

    @property
    def memory(self) -> float:
        """Resident memory of the app in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6

    @property
    def most_memory(self) -> float:
        """The most memory that the app has had so far in MB, where the system tells."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return self.memory
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))

    def leave(self) -> None:
        """End the app."""
        psutil.Process(self.pid).terminate()
        self.listen(time.perf_counter(), 10.0, 10.0)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
