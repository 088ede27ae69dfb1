"""Client connection: one client on the server's side, with limits on what is in transit."""

from __future__ import annotations

import asyncio
import contextlib

from dpm_tui.worker.protocol.message_codec import encode
from dpm_tui.worker.protocol.message_stream import LineReader, send_message
from dpm_tui.worker.protocol.messages import MAX_LINE_BYTES, MAX_STRANGER_BYTES, Answer, Event, Hello

_REQUESTS_AT_ONCE = 16
"""With more open requests than this, a client is not read until it has its answers."""
_MAX_UNSENT_BYTES = 1 << 22
"""A client that does not read gets no more events; it asks again later."""


class ClientConnection:
    """One connection. ``gone`` is True once the client has left, even with open requests.

    ``turn`` is held by a request from its arrival until its answer is on the way, ``table`` by one
    with a large answer: what a client that never reads can make the worker hold is limited.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines = LineReader(reader, MAX_STRANGER_BYTES)
        self.name = ""
        self.stays = True
        self.reviewer = False
        self.gone = False
        self.turn = asyncio.Semaphore(_REQUESTS_AT_ONCE)
        self.table = asyncio.Lock()
        self._writer = writer

    def greet(self, hello: Hello) -> None:
        """Store what the client says of itself; from now on it may send large requests."""
        self.name, self.stays = hello.client, hello.stays
        self.lines.at_most = MAX_LINE_BYTES

    def send_event(self, event: Event) -> None:
        """Send an event, unless the client does not read."""
        transport = self._writer.transport
        if not transport.is_closing() and transport.get_write_buffer_size() < _MAX_UNSENT_BYTES:
            self._writer.write(encode(event))

    async def answer(self, answer: Answer, number: int) -> None:
        """Send an answer and wait until most of it is on the way; a client that is gone is no error."""
        with contextlib.suppress(OSError):
            await send_message(self._writer, answer, re=number)

    async def close(self, seconds: float) -> None:
        """End the connection; wait so long for the client to read what was sent."""
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), seconds)
        self._writer.transport.abort()
