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
from dpm_tui.errors import DpmError, ExitCode, reason_of
from dpm_tui.locale import current_language
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import ENDING, STARTING
from dpm_tui.worker.event_queue import EventQueue
from dpm_tui.worker.protocol.message_codec import ProtocolError, decode
from dpm_tui.worker.protocol.message_stream import LineReader, send_message
from dpm_tui.worker.protocol.messages import (
    PROTOCOL_VERSION,
    Answer,
    Event,
    Failed,
    Hello,
    Request,
    Welcome,
    answers,
)
from dpm_tui.worker.protocol.socket_address import socket_path

_START_SECONDS = 120.0
"""How long a worker may take until it listens: reading a million files from a slow NAS takes long."""
_HANDOVER_SECONDS = 10.0
"""How long to wait for a worker on this machine that holds the lock and is just beginning or ending."""
_HANDOVER_STEP_SECONDS = 0.25
_GREETING_SECONDS = 30.0
"""How long a worker may take to answer the greeting: it may be busy grouping a large library."""
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
    """The connection to the worker ended during a request."""

    def __init__(self) -> None:
        super().__init__("worker_lost")


class Client(Protocol):
    """What the app needs of a worker; tests pass a scripted one."""

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
        self._lines = LineReader(reader, contents=True)
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._events = EventQueue()
        self._next_id = 0
        self._loss: DpmError = WorkerLost()
        self._pump = asyncio.create_task(self._receive())
        self.welcome: Welcome

    @classmethod
    async def connect(
        cls, layout: Layout, name: str, *, stays: bool = True, start: bool = True, decodes: bool = False
    ) -> WorkerClient:
        """Return a connection to the worker of ``layout``; start one if none listens and ``start`` is set.

        A worker that is started is told by ``decodes`` that a run will follow.

        Raises DpmError if none listens, it ended while starting or what listens is no worker,
        WorkerFailed if it refuses.
        """
        address = socket_path(layout)
        for attempt in range(_ATTEMPTS):
            streams = await _open(address)
            if streams is None and not start:
                raise DpmError("no_worker")
            client = cls(*(streams or await _take_over(layout, address, decodes)))
            try:
                async with asyncio.timeout(_GREETING_SECONDS):
                    answer = await client.request(Hello(PROTOCOL_VERSION, name, stays))
            except TimeoutError:
                await client.close()
                raise DpmError("worker_silent") from None
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
        """Send a request and return its answer, of the type that ``protocol.requests`` names.

        Raises WorkerFailed, WorkerLost, or DpmError if what came back makes no sense.
        """
        if self._pump.done():
            raise self._loss
        self._next_id += 1
        number = self._next_id
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await send_message(self._writer, message, id=number)
            answer = await future
        except OSError as error:
            raise WorkerLost from error
        finally:
            self._waiting.pop(number, None)
            # asyncio would report an unread exception of an abandoned answer as an error.
            if not future.cancel() and not future.cancelled():
                future.exception()
        if isinstance(answer, Failed):
            raise WorkerFailed(answer)
        if not answers(message, answer):
            raise DpmError("protocol_nonsense")
        return answer

    async def events(self) -> AsyncIterator[Event]:
        """Yield events until the connection ends; those outdated before they were fetched are left out."""
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
            while envelope := await self._lines.read():
                if envelope.re:
                    future = self._waiting.get(envelope.re)
                    if future is not None and not future.done():
                        future.set_result(envelope.message)  # type: ignore[arg-type]
                elif isinstance(envelope.message, Event):
                    self._events.put(envelope.message)
        except OSError:
            pass
        except ProtocolError:
            self._loss = DpmError("protocol_nonsense")
        finally:
            self._events.end()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(self._loss)


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open(address: bytes) -> _Streams | None:
    try:
        return await asyncio.open_unix_connection(os.fsdecode(address))
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise DpmError("worker_unreachable", reason=reason_of(error)) from error


async def _take_over(layout: Layout, address: bytes, decodes: bool) -> _Streams:
    """Start a worker and return its streams; first wait for one that starts or ends on this machine."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _HANDOVER_SECONDS
    while True:
        try:
            return await _start_worker(layout, address, decodes)
        except WorkerFailed as error:
            if error.key != "held":
                raise
            if (streams := await _open(address)) is not None:
                return streams
            here = error.values.get("host") == socket.gethostname()
            if not here or error.values.get("phase") not in (STARTING, ENDING) or loop.time() > deadline:
                raise
        await asyncio.sleep(_HANDOVER_STEP_SECONDS)


async def _start_worker(layout: Layout, address: bytes, decodes: bool) -> _Streams:
    """Start a worker in its own session, so that a hang-up does not reach it; return its streams.

    The process started forks the worker and ends at once.

    Its first line on standard output says that it listens, or carries the reason why it cannot.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "dpm_tui.worker", os.fsdecode(layout.root), os.fsdecode(layout.base),
            current_language(), *(["--shared-bin"] if layout.shared_bin else []),
            *(["--decodes"] if decodes else []),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise DpmError("worker_unreachable", reason=reason_of(error)) from error
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        message = decode(line).message if line else None
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise DpmError("worker_silent") from None
    except (ValueError, ProtocolError):
        raise DpmError("worker_died", version=__version__) from None
    finally:
        await process.wait()
    if isinstance(message, Failed):
        # A pipe that is not read to its end causes a warning once the loop is gone.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.stdout.read(), _START_SECONDS)
        raise WorkerFailed(message)
    streams = await _open(address)
    if streams is None:
        raise DpmError("worker_died", version=__version__)
    return streams
