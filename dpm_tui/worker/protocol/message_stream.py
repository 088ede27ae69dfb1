"""Lines on a socket: read with a limit, and turned into messages without holding up the event loop.

The content of a message follows behind its line.
"""

from __future__ import annotations

import asyncio

from dpm_tui.worker.protocol.column_codec import Content
from dpm_tui.worker.protocol.message_codec import Envelope, ProtocolError, decode, encode
from dpm_tui.worker.protocol.messages import MAX_LINE_BYTES, LibraryData, Message, is_table

_CHUNK_BYTES = 1 << 18
_SMALL_BYTES = 1 << 16
"""A line up to this size takes less time to decode than a thread takes to start."""
_NO_CONTENT = Content()


class LineReader:
    """Reads messages from a stream, one a line of at most ``at_most`` bytes.

    Messages with content are accepted only where ``contents`` says so.
    It never holds more than one message and the bytes that arrived behind it.
    """

    def __init__(
        self, reader: asyncio.StreamReader, at_most: int = MAX_LINE_BYTES, *, contents: bool = False
    ) -> None:
        self.at_most = at_most
        self._reader = reader
        self._takes_contents = contents
        self._rest = b""

    async def read(self) -> Envelope | None:
        """Return the next message, None at the end or for a torn last line.

        Raises ProtocolError for a line that is too long or no message, OSError.
        """
        line = await self._line()
        if line is None:
            return None
        small = len(line) <= _SMALL_BYTES
        envelope = decode(line) if small else await asyncio.to_thread(decode, line)
        content = _content_of(envelope.message)
        if content and not self._takes_contents:
            raise ProtocolError("content from one who sends none")
        return envelope if await self._fill(content) else None

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
        end, _, self._rest = parts.pop().partition(b"\n")
        if size - len(self._rest) - 1 > self.at_most:
            raise ProtocolError("too long a line")
        return b"".join((*parts, end))

    async def _fill(self, content: Content) -> bool:
        """Read a content into its buffer; return whether all of it arrived."""
        begin, self._rest = self._rest[: len(content)], self._rest[len(content) :]
        content[: len(begin)] = begin
        place = len(begin)
        while place < len(content):
            chunk = await self._reader.read(min(_CHUNK_BYTES, len(content) - place))
            if not chunk:
                return False
            content[place : place + len(chunk)] = chunk
            place += len(chunk)
        return True


async def send_message(
    writer: asyncio.StreamWriter,
    message: Message,
    *,
    id: int = 0,  # noqa: A002
    re: int = 0,
) -> None:
    """Write a message and wait until most of it is on the way; the line of a large one is made in a thread.

    Raises OSError.
    """
    large = is_table(message)
    line = await asyncio.to_thread(encode, message, id=id, re=re) if large else encode(message, id=id, re=re)
    writer.write(line)
    # No await in between: nobody else can write between the two.
    if content := _content_of(message):
        writer.write(memoryview(content))
    await writer.drain()


def _content_of(message: Message) -> Content:
    return message.content if isinstance(message, LibraryData) else _NO_CONTENT
