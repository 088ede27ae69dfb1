"""Lines on a socket: read with a limit, and turned into messages without holding up the event loop."""

from __future__ import annotations

import asyncio

from dpm_tui.worker.envelope import Envelope, ProtocolError, decode, encode
from dpm_tui.worker.protocol import LINE_BYTES_AT_MOST, Message, is_table

_CHUNK_BYTES = 1 << 16
_SMALL_BYTES = 1 << 16
"""A line of this size takes less time to decode than a thread takes to begin."""


class LineReader:
    """Reads messages from a stream, one a line of at most ``at_most`` bytes.

    At no time does it hold more than one line and what has arrived behind it.
    """

    def __init__(self, reader: asyncio.StreamReader, at_most: int = LINE_BYTES_AT_MOST) -> None:
        self.at_most = at_most
        self._reader = reader
        self._rest = b""

    async def read(self) -> Envelope | None:
        """Return the next message, None at the end; a torn last line is the end, too.

        Raises ProtocolError for a line that is too long or no message, OSError.
        """
        line = await self._line()
        if line is None:
            return None
        if len(line) <= _SMALL_BYTES:
            return decode(line)
        return await asyncio.to_thread(decode, line)

    async def _line(self) -> bytes | None:
        parts, size = [self._rest], len(self._rest)
        while b"\n" not in parts[-1]:
            if size > self.at_most:
                raise ProtocolError("a line without end")
            chunk = await self._reader.read(_CHUNK_BYTES)
            if not chunk:
                return None
            parts.append(chunk)
            size += len(chunk)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        if len(line) > self.at_most:
            raise ProtocolError("too long a line")
        return line


async def encode_message(message: Message, *, id: int = 0, re: int = 0) -> bytes:  # noqa: A002
    """Return the line for ``message``; a large one is made in a thread."""
    if is_table(message):
        return await asyncio.to_thread(encode, message, id=id, re=re)
    return encode(message, id=id, re=re)
