"""A browser without a window, driven by its DevTools protocol: what a page becomes in real life."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import aiohttp
import pytest

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
needs_chromium = pytest.mark.skipif(not PROGRAM, reason="there is no chromium on this machine")
_PATIENCE = 40


class Tab:
    """One page of a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requests: list[str] = []
        """Addresses that the page asked for, but for data that lies in the page."""
        self.errors: list[str] = []
        """What the page complained of: exceptions, and what its policy did not allow."""
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def ask(self, method: str, **values: Any) -> dict[str, Any]:
        """Return the answer to a command of the protocol."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": values})
        return await asyncio.wait_for(self._answers[number], _PATIENCE)

    async def open(self, address: str) -> None:
        """Open an address and wait until all of it is there."""
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.ask(f"{domain}.enable")
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.ask("Page.navigate", url=address)
        await self.until("document.readyState === 'complete'")

    async def value(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = await self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until an expression in the page is true, and return its value."""
        async with asyncio.timeout(_PATIENCE):
            while not (value := await self.value(script)):
                await asyncio.sleep(0.05)
        return value

    async def press(self, keys: str) -> None:
        """Press keys that write one sign each; a line break is that of enter."""
        for sign in keys:
            key, text = ("Enter", "\r") if sign == "\n" else (sign, sign)
            await self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
            await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def move_mouse(self, selector: str) -> None:
        """Move the mouse into the middle of an element."""
        box = await self.value(
            f"(()=>{{const e=document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block:'center'});const b=e.getBoundingClientRect();"
            "return [b.x+b.width/2,b.y+b.height/2]})()"
        )
        await self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])

    async def close(self) -> None:
        """Stop listening."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                answer = self._answers.pop(told["id"])
                if "error" in told:
                    answer.set_exception(AssertionError(told["error"]))
                else:
                    answer.set_result(told["result"])
                continue
            values = told["params"]
            match told["method"]:
                case "Network.requestWillBeSent" if not values["request"]["url"].startswith("data:"):
                    self.requests.append(values["request"]["url"])
                case "Network.webSocketCreated":
                    self.requests.append(values["url"])
                case "Runtime.exceptionThrown":
                    self.errors.append(json.dumps(values["exceptionDetails"]))
                case "Log.entryAdded" if values["entry"]["level"] == "error":
                    self.errors.append(values["entry"]["text"])


@asynccontextmanager
async def browser_tab(folder: Path) -> AsyncIterator[Tab]:
    """Start a browser that keeps its things in ``folder``, and give its page; end it afterwards."""
    profile = folder / "profile"
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={profile}",
        "--window-size=1280,900", "about:blank",
        stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_PATIENCE):
            told = profile / "DevToolsActivePort"
            while not (told.exists() and len(told.read_text().splitlines()) > 1):
                await asyncio.sleep(0.05)
        port = int(told.read_text().splitlines()[0])
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                pages = [page for page in await response.json() if page["type"] == "page"]
            socket = await session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
            tab = Tab(socket)
            try:
                yield tab
            finally:
                await tab.close()
    finally:
        # Its children are of its group.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
