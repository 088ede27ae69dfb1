"""The client's end of a worker: requests with answers, and a stream of events."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Protocol

from dpm_tui import __version__
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.state.layout import Layout
from dpm_tui.worker.address import socket_path
from dpm_tui.worker.protocol import (
    LINE_BYTES_AT_MOST,
    PROTOCOL_VERSION,
    Answer,
    Event,
    Failed,
    Hello,
    LibraryChanged,
    LogLine,
    Request,
    RunStatus,
    Welcome,
    decode,
    encode,
)

_START_SECONDS = 20.0
"""How long a worker may take until it listens: a slow NAS needs seconds to load Python."""
_HANDOVER_SECONDS = 10.0
"""How long to wait for a worker on this machine that holds the lock but listens no more: it is ending."""
_HANDOVER_STEP_SECONDS = 0.25
_ATTEMPTS = 3


class WorkerFailed(DpmError):
    """The worker refused or failed a request; carries the error it answered with."""

    def __init__(self, answer: Failed) -> None:
        super().__init__(answer.key, **answer.values)
        try:
            self.exit_code = ExitCode(answer.exit_code)
        except ValueError:
            self.exit_code = ExitCode.FAILED


class WorkerLost(DpmError):
    """The connection to the worker ended in the middle of something."""

    def __init__(self) -> None:
        super().__init__("worker_lost")


class Client(Protocol):
    """What the app needs of a worker; tests pass one that follows a script."""

    welcome: Welcome

    async def request(self, message: Request) -> Answer:
        """Send a request and return its answer; raises WorkerFailed or WorkerLost."""

    def events(self) -> AsyncIterator[Event]:
        """Yield events until the connection ends."""

    async def close(self) -> None:
        """End the connection; the worker decides by its ``Hello`` whether a run goes on."""


class WorkerClient:
    """A connection to a running worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._next_id = 0
        self._pump = asyncio.create_task(self._receive())
        self.welcome: Welcome

    @classmethod
    async def connect(
        cls, layout: Layout, name: str, *, stays: bool = True, start: bool = True
    ) -> WorkerClient:
        """Connect to the worker of ``layout``, starting one if none listens and ``start`` is set.

        Raises DpmError if none listens or it ended while starting, WorkerFailed if it refuses.
        """
        address = socket_path(layout)
        for attempt in range(_ATTEMPTS):
            streams = await _open(address)
            if streams is None and not start:
                raise DpmError("no_worker")
            client = cls(*(streams or await _take_over(layout, address)))
            try:
                answer = await client.request(Hello(PROTOCOL_VERSION, name, stays))
            except DpmError as error:
                await client.close()
                # A worker that was just ending may still have accepted the connection.
                if not isinstance(error, WorkerLost) or attempt == _ATTEMPTS - 1:
                    raise
                await asyncio.sleep(_HANDOVER_STEP_SECONDS)
                continue
            assert isinstance(answer, Welcome)
            client.welcome = answer
            return client
        raise WorkerLost

    async def request(self, message: Request) -> Answer:
        """Send a request and return its answer; raises WorkerFailed or WorkerLost."""
        if self._pump.done():
            raise WorkerLost
        self._next_id += 1
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[self._next_id] = future
        try:
            self._writer.write(encode(message, id=self._next_id))
            await self._writer.drain()
        except OSError as error:
            raise WorkerLost from error
        answer = await future
        if isinstance(answer, Failed):
            raise WorkerFailed(answer)
        return answer

    async def events(self) -> AsyncIterator[Event]:
        """Yield events until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()
        self._pump.cancel()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._writer.wait_closed()
        with contextlib.suppress(asyncio.CancelledError):
            await self._pump

    async def _receive(self) -> None:
        try:
            while line := await self._reader.readline():
                envelope = decode(line)
                if envelope.re:
                    future = self._waiting.pop(envelope.re, None)
                    if future is not None and not future.done():
                        future.set_result(envelope.message)  # type: ignore[arg-type]
                elif isinstance(envelope.message, RunStatus | LogLine | LibraryChanged):
                    self._events.put_nowait(envelope.message)
        except OSError:
            pass
        finally:
            self._events.put_nowait(None)
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(WorkerLost())
            self._waiting.clear()


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open(address: bytes) -> _Streams | None:
    try:
        return await asyncio.open_unix_connection(os.fsdecode(address), limit=LINE_BYTES_AT_MOST)
    except (FileNotFoundError, ConnectionRefusedError):
        return None


async def _take_over(layout: Layout, address: bytes) -> _Streams:
    """Start a worker; if one on this machine is just ending, wait until it is gone."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _HANDOVER_SECONDS
    while True:
        try:
            return await _start_worker(layout, address)
        except WorkerFailed as error:
            here = error.key == "held" and error.values.get("host") == socket.gethostname()
            if not here or loop.time() > deadline:
                raise
        await asyncio.sleep(_HANDOVER_STEP_SECONDS)
        if (streams := await _open(address)) is not None:
            return streams


async def _start_worker(layout: Layout, address: bytes) -> _Streams:
    """Start a worker in a session of its own, so that a hang-up of the terminal does not reach it.

    The process started forks the worker and ends at once.

    Its first line on standard output says that it listens, or carries the reason why it cannot.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "dpm_tui.worker", os.fsdecode(layout.root), os.fsdecode(layout.base),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        limit=LINE_BYTES_AT_MOST,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise DpmError("worker_silent") from None
    finally:
        await process.wait()
    if line:
        message = decode(line).message
        if isinstance(message, Failed):
            # A pipe that is not read to its end complains when the loop is gone.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.stdout.read(), _START_SECONDS)
            raise WorkerFailed(message)
    streams = await _open(address)
    if streams is None:
        raise DpmError("worker_died", version=__version__)
    return streams
