"""The app in a page without a browser: the server as a process, and what its page would hear."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
import pyte

_PATIENCE = 60
_UNKNOWN = re.compile(rb"\x1b\[[?>=]?[0-9;]*(?:\$p|u)")
"""Questions that the terminal in memory does not know."""


class Server:
    """``dpm-tui serve`` as a process; ``address`` is what it has printed."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process = process
        self.address = address

    @property
    def apps(self) -> list[psutil.Process]:
        """The apps that run for pages."""
        return psutil.Process(self.process.pid).children()

    async def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return the exit code and what was said on standard error."""
        self.process.send_signal(number)
        _, told = await asyncio.wait_for(self.process.communicate(), _PATIENCE)
        assert self.process.returncode is not None
        return self.process.returncode, told.decode()


@asynccontextmanager
async def server_of(folder: Path, *options: str) -> AsyncIterator[Server]:
    """Serve a folder on any free port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dpm_tui", "serve", str(folder), "--port", "0", *options,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        # Tests that run in the background ignore it, and a server would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), _PATIENCE)
    try:
        yield Server(process, line.decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


class PageClient:
    """A page of 100x30 cells, ten by twenty pixels each."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.screen = pyte.Screen(100, 30)
        self.pictures: list[str] = []
        """What draws pictures, as it came."""
        self.closed = asyncio.Event()
        self._stream = pyte.ByteStream(self.screen)
        self._socket = socket
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.screen.display)

    async def press(self, keys: str) -> None:
        """Type."""
        await self._socket.send_json(["stdin", keys])

    async def say(self, text: str) -> None:
        """Send the server a message as it is."""
        await self._socket.send_str(text)

    async def shows(self, *words: str) -> str:
        """Wait until the screen has some words, and return what it shows."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while not all(word in self.text for word in words):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{words} are not in:\n{self.text}") from None
        return self.text

    async def close(self) -> None:
        """Close the page, as somebody does who closes its tab."""
        await self._socket.close()
        await self._reader

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self._stream.feed(_UNKNOWN.sub(b"", message.data))
            elif message.json()[0] == "pictures":
                self.pictures.append(message.json()[1])
                if "\x1b[5n" in message.data.encode().decode("unicode_escape"):
                    await self._socket.send_json(["well"])
            self._changed.set()
        self.closed.set()


@asynccontextmanager
async def page_of(server: Server, password: str = "") -> AsyncIterator[PageClient]:
    """Open the page of a server by the address that it has printed, and by its password."""
    parts = urlsplit(server.address)
    place = parts.netloc
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(server.address) as response:
            text = await response.text()
        if password:
            where, origin = f"http://{place}/login", {"Origin": f"http://{place}"}
            async with session.post(where, data={"password": password}, headers=origin) as response:
                text = await response.text()
        assert "textual-terminal" in text
        size = "width=100&height=30&cell_width=10&cell_height=20"
        socket = await session.ws_connect(
            f"ws://{place}/ws?{size}", origin=f"http://{place}", max_msg_size=0, heartbeat=None
        )
        page = PageClient(socket)
        try:
            yield page
        finally:
            await page.close()
