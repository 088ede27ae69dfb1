"""The worker's server: accepts clients on a socket, answers them and sends them events."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import traceback
from collections import deque
from collections.abc import Callable

from dpm_tui import __version__
from dpm_tui.errors import DpmError, is_full
from dpm_tui.file_names import display_name
from dpm_tui.worker.protocol.message_codec import ProtocolError
from dpm_tui.worker.protocol.messages import (
    PROTOCOL_VERSION,
    Answer,
    BatchProgress,
    Done,
    Failed,
    FindCompanions,
    FindNotes,
    GetBin,
    GetDecisions,
    GetLibrary,
    GetRemovals,
    GetReview,
    GroupsFound,
    Hello,
    LibraryChanged,
    LogLine,
    Request,
    RunStatus,
    Shutdown,
    Stay,
    Welcome,
)
from dpm_tui.worker.server.client_connection import ClientConnection
from dpm_tui.worker.server.client_registry import ClientRegistry
from dpm_tui.worker.server.group_publisher import GroupPublisher
from dpm_tui.worker.server.request_handler import RequestHandler

_TICK_SECONDS = 0.25
_LINGER_SECONDS = 3.0
"""How long a worker without clients and without work waits for the next client."""
_GREETING_SECONDS = 10.0
"""How long a connection may take to say who it is."""
_FAREWELL_SECONDS = 2.0
"""How long a worker that ends waits for its clients to read the last answers."""
_MAX_CONNECTIONS = 64
_LARGE = (GetLibrary, GetBin, GetDecisions, GetRemovals, GetReview, FindCompanions, FindNotes)


class Server:
    """Serves one root until it is not needed any more; ``ending`` is called before it stops listening."""

    def __init__(self, session: RequestHandler, ending: Callable[[], None] = lambda: None) -> None:
        self.listening = asyncio.Event()
        self._session = session
        self._publisher = GroupPublisher(session.result_service, lambda: session.threshold, self.groups_found)
        self._ending = ending
        self._clients = ClientRegistry(session.state.layout.root)
        self._strangers = 0
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._log: deque[LogLine] = deque(maxlen=500)
        self._sent: RunStatus | None = None
        self._batch: BatchProgress | None = None
        self._idle_since = 0.0

    async def serve(self, address: bytes) -> None:
        """Listen at ``address`` until the last client is gone and no work is under way.

        A batch under way ends after its current file, and every client gets its answer.
        """
        with contextlib.suppress(FileNotFoundError):
            os.unlink(address)
        server = await asyncio.start_unix_server(self._accept, os.fsdecode(address))
        os.chmod(address, 0o600)
        own = os.lstat(address).st_ino
        self.listening.set()
        ticker = asyncio.create_task(self._tick())
        await self._over.wait()
        self._ending()
        server.close()
        with contextlib.suppress(FileNotFoundError):
            # Another worker may listen there by now, if this one has lost its folder.
            if os.lstat(address).st_ino == own:
                os.unlink(address)
        ticker.cancel()
        await self._session.close()
        self.announce()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_FAREWELL_SECONDS)
        await asyncio.gather(*(peer.close(_FAREWELL_SECONDS) for peer in self._clients))

    def end(self) -> None:
        """Checkpoint and stop serving."""
        self._over.set()

    def library_changed(self) -> None:
        """Tell every client that the groups have changed."""
        self._clients.broadcast(LibraryChanged(len(self._session.results.groups)))

    def groups_found(self, count: int) -> None:
        """Tell every client that a run that is under way has settled more groups."""
        self._clients.broadcast(GroupsFound(count))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) + self._strangers >= _MAX_CONNECTIONS:
            writer.close()
            return
        self._strangers += 1
        peer = ClientConnection(reader, writer)
        try:
            await self._greet(peer)
            while peer in self._clients and (envelope := await peer.lines.read()):
                await peer.turn.acquire()
                task = asyncio.create_task(self._respond(peer, envelope.message, envelope.id))  # type: ignore[arg-type]
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except (OSError, ProtocolError):
            pass  # a client with another protocol, or one that is too slow, is dropped
        finally:
            self._leave(peer)
            await peer.close(_FAREWELL_SECONDS)

    async def _greet(self, peer: ClientConnection) -> None:
        """Read the first message and answer it; an admitted client becomes a peer.

        A worker that has lost its folder ends without an answer: the client starts another one.
        """
        try:
            async with asyncio.timeout(_GREETING_SECONDS):
                envelope = await peer.lines.read()
            if envelope is None or self._ends_without_folder():
                return
            try:
                answer = self._welcome(peer, envelope.message)
            except DpmError as error:
                answer = Failed.of(error)
            await peer.answer(answer, envelope.id)
        finally:
            self._strangers -= 1
        if peer in self._clients:
            peer.send_event(self._session.runner.status)
            for line in self._log:
                peer.send_event(line)

    async def _respond(self, peer: ClientConnection, request: Request, number: int) -> None:
        try:
            async with peer.table if isinstance(request, _LARGE) else contextlib.nullcontext():
                await peer.answer(await self._try(peer, request), number)
        finally:
            peer.turn.release()

    async def _try(self, peer: ClientConnection, request: Request) -> Answer:
        try:
            return await self._answer(peer, request)
        except DpmError as error:
            return Failed.of(error)
        except Exception as error:
            if isinstance(error, OSError) and is_full(error):
                folder = display_name(self._session.state.layout.folder)
                return Failed.of(DpmError("disk_full", path=folder))
            traceback.print_exception(error, file=sys.stderr)
            reason = f"{type(error).__name__}: {display_name(str(error))}"
            return Failed("worker_bug", {"reason": reason})

    async def _answer(self, peer: ClientConnection, request: Request) -> Answer:
        match request:
            case Shutdown():
                await self._session.close()
                self.end()
                return Done()
            case Stay():
                peer.stays = request.stays
                return Done()
        self._clients.check(peer, request)
        return await self._session.answer(request, lambda: peer.gone)

    def _welcome(self, peer: ClientConnection, hello: object) -> Answer:
        if not isinstance(hello, Hello):
            return Failed("protocol_order")
        # For a mere observer the settings are not read again: the user may be writing them.
        if self._clients.admit(peer, hello):
            self._session.settings.refresh()
        return Welcome(
            version=PROTOCOL_VERSION,
            program=__version__,
            pid=os.getpid(),
            root=self._session.state.layout.root,
            config=self._session.config,
            writable=self._session.writable,
            reviewer=peer.reviewer,
        )

    def _ends_without_folder(self) -> bool:
        """End if the state folder was removed or replaced; return whether that happened."""
        state, runner = self._session.state, self._session.runner
        if self._over.is_set() or not state.is_lost():
            return self._over.is_set()
        if not runner.running:
            runner.log("error", "state_gone", path=display_name(state.layout.folder))
        self.end()
        return True

    def _leave(self, peer: ClientConnection) -> None:
        peer.gone = True
        if self._clients.leave(peer) and not peer.stays and not self._clients:
            self.end()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._idle_since = loop.time()
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._ends_without_folder()
            self.announce()
            if self._clients or self._session.busy:
                self._idle_since = loop.time()
            elif loop.time() - self._idle_since > _LINGER_SECONDS:
                self.end()

    def announce(self) -> None:
        """Send what is new of the run, the log and the batch; a clock does so as well."""
        for line in self._session.runner.take_lines():
            self._log.append(line)
            self._clients.broadcast(line)
        status = self._session.runner.status
        self._publisher.follow(status)
        news = self._sent is None or (status.run, status.phase) != (self._sent.run, self._sent.phase)
        if news or self._session.runner.running:
            self._sent = status
            self._clients.broadcast(status)
        batch = self._session.batch
        if batch is not None and batch != self._batch:
            self._clients.broadcast(batch)
        self._batch = batch
