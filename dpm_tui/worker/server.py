"""The worker's server: accepts clients on a socket, answers them and tells them what happens."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from dataclasses import dataclass

from dpm_tui import __version__
from dpm_tui.errors import DpmError, HeldError
from dpm_tui.names import display_name
from dpm_tui.worker.protocol import (
    LINE_BYTES_AT_MOST,
    PROTOCOL_VERSION,
    Answer,
    ApplyPlan,
    Decide,
    Done,
    Event,
    Failed,
    Hello,
    LibraryChanged,
    LogLine,
    ProtocolError,
    PurgeEntries,
    RedoBatch,
    Request,
    ResetState,
    RestoreEntries,
    RunStatus,
    Shutdown,
    UndoBatch,
    Welcome,
    decode,
    encode,
)
from dpm_tui.worker.session import Session

_TICK_SECONDS = 0.25
_LINGER_SECONDS = 3.0
"""How long a worker without clients and without a run waits for the next client."""
_UNSENT_BYTES_AT_MOST = 1 << 22
"""A client that does not read gets no more events; it asks again when it wakes up."""
_OBSERVERS = frozenset({"app", "status", "stop"})
"""Clients that may join others; the rest change things and want the worker for themselves."""
_REVIEWING = (ApplyPlan, UndoBatch, RedoBatch, RestoreEntries, PurgeEntries, Decide, ResetState)
"""What only one app at a time may ask for: two people moving the same files would surprise each other."""


@dataclass(eq=False, slots=True)
class _Peer:
    writer: asyncio.StreamWriter
    name: str = ""
    stays: bool = True
    reviewer: bool = True


class Server:
    """Serves one root until nobody needs it any more."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._peers: set[_Peer] = set()
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._log: deque[LogLine] = deque(maxlen=500)
        self._sent: RunStatus | None = None
        self._idle_since = 0.0

    async def serve(self, address: bytes) -> None:
        """Listen at ``address`` until the last client is gone and no run is under way."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(address)
        server = await asyncio.start_unix_server(self._accept, os.fsdecode(address), limit=LINE_BYTES_AT_MOST)
        os.chmod(address, 0o600)
        ticker = asyncio.create_task(self._tick())
        async with server:
            await self._over.wait()
            server.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(address)
        ticker.cancel()
        await asyncio.to_thread(self._session.runner.stop)
        self._announce()
        for peer in list(self._peers):
            peer.writer.close()

    def end(self) -> None:
        """Checkpoint and stop serving."""
        self._over.set()

    def library_changed(self) -> None:
        """Tell every client that the groups are not what they were."""
        self._broadcast(LibraryChanged(len(self._session.results.groups)))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = _Peer(writer)
        try:
            while line := await reader.readline():
                envelope = decode(line)
                task = asyncio.create_task(self._respond(peer, envelope.message, envelope.id))  # type: ignore[arg-type]
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                if isinstance(envelope.message, Hello):
                    await task
        except (OSError, ValueError, ProtocolError):
            pass
        finally:
            self._peers.discard(peer)
            self._leave(peer)
            writer.close()

    async def _respond(self, peer: _Peer, request: Request, number: int) -> None:
        try:
            if isinstance(request, Hello):
                answer: Answer = self._welcome(peer, request)
            elif peer not in self._peers:
                answer = Failed("protocol_order")
            elif isinstance(request, Shutdown):
                await asyncio.to_thread(self._session.runner.stop)
                answer = Done()
                self.end()
            elif isinstance(request, _REVIEWING) and not peer.reviewer:
                raise self._held("app")
            else:
                answer = await self._session.answer(request)
        except DpmError as error:
            answer = Failed(error.key, error.values, int(error.exit_code))
        except Exception as error:
            answer = Failed("worker_bug", {"reason": f"{type(error).__name__}: {display_name(str(error))}"})
        with contextlib.suppress(OSError):
            peer.writer.write(encode(answer, re=number))
            await peer.writer.drain()
        if isinstance(request, Hello) and peer in self._peers:
            self._send(peer, self._session.runner.status)
            for line in self._log:
                self._send(peer, line)

    def _welcome(self, peer: _Peer, hello: Hello) -> Answer:
        if hello.version != PROTOCOL_VERSION:
            raise DpmError("protocol_version", found=hello.version, known=PROTOCOL_VERSION)
        if hello.client not in _OBSERVERS and (others := {other.name for other in self._peers} - {"status"}):
            raise self._held(", ".join(sorted(others)))
        peer.reviewer = not any(other.name == "app" and other.reviewer for other in self._peers)
        peer.name, peer.stays = hello.client, hello.stays
        self._peers.add(peer)
        return Welcome(
            version=PROTOCOL_VERSION,
            program=__version__,
            pid=os.getpid(),
            root=self._session.state.layout.root,
            config=self._session.config,
            writable=self._session.writable,
            reviewer=peer.reviewer,
        )

    def _held(self, client: str) -> HeldError:
        root = display_name(self._session.state.layout.root)
        return HeldError("held_by_client", path=root, client=client, pid=os.getpid())

    def _leave(self, peer: _Peer) -> None:
        if not peer.stays and not self._peers:
            self.end()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._idle_since = loop.time()
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._announce()
            if self._peers or self._session.runner.running:
                self._idle_since = loop.time()
            elif loop.time() - self._idle_since > _LINGER_SECONDS:
                self.end()

    def _announce(self) -> None:
        for line in self._session.runner.take_lines():
            self._log.append(line)
            self._broadcast(line)
        status = self._session.runner.status
        news = self._sent is None or (status.run, status.phase) != (self._sent.run, self._sent.phase)
        if news or self._session.runner.running:
            self._sent = status
            self._broadcast(status)

    def _broadcast(self, event: Event) -> None:
        for peer in self._peers:
            self._send(peer, event)

    def _send(self, peer: _Peer, event: Event) -> None:
        transport = peer.writer.transport
        if not transport.is_closing() and transport.get_write_buffer_size() < _UNSENT_BYTES_AT_MOST:
            peer.writer.write(encode(event))
