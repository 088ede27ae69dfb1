"""Console: says lines and asks for lines, without ever moving a cursor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Awaitable
from typing import Any, TypeVar

from dpm_tui.cli.output import write

T = TypeVar("T")

_MAX_LINE_BYTES = 1 << 16
"""What comes without a line break is cut here: a pipe may hold anything."""


class Interrupted(Exception):
    """The user wants to leave at once: ^C, or the process was told to end."""


class Console:
    """Standard input and output, from one event loop.

    Input is read by a thread of its own: it may be a terminal, a pipe or a file.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._stop: asyncio.Future[None] = self._loop.create_future()
        self._echoes = sys.stdin.isatty()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._interrupt)
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, *lines: str) -> None:
        """Write lines."""
        write("".join(f"{line}\n" for line in lines), sys.stdout)

    async def ask(self, question: str) -> str:
        """Return the line that answers a question; raises EOFError at the end of the input, Interrupted."""
        write(question + (" " if self._echoes else "\n"), sys.stdout)
        line = await self.unless_stopped(self._lines.get())
        if line is None:
            self._lines.put_nowait(None)
            raise EOFError
        return line

    async def choose(self, question: str, letters: str) -> str:
        """Return the first letter of the answer if it is one of ``letters``, else nothing.

        Raises as ``ask``.
        """
        first = (await self.ask(question)).strip()[:1].lower()
        return first if first in letters else ""

    async def unless_stopped(self, work: Awaitable[T]) -> T:
        """Return what ``work`` returns; raises Interrupted as soon as the user wants to leave."""
        task = asyncio.ensure_future(work)
        waiting: set[asyncio.Future[Any]] = {task, self._stop}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        raise Interrupted

    def _interrupt(self) -> None:
        """Ask for the end; the next time the process ends at once."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.remove_signal_handler(number)
        if not self._stop.done():
            self._stop.set_result(None)

    def _read(self) -> None:
        """Hand over line after line, then None."""
        rest = b""
        try:
            while chunk := os.read(0, 1 << 16):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._hand_over(line)
                if len(rest) > _MAX_LINE_BYTES:
                    self._hand_over(rest)
                    rest = b""
        except OSError:
            pass  # the terminal is gone
        if rest:
            self._hand_over(rest)
        self._put(None)

    def _hand_over(self, line: bytes) -> None:
        self._put(line[:_MAX_LINE_BYTES].decode("utf-8", "surrogateescape"))

    def _put(self, line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # nobody asks any more
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
