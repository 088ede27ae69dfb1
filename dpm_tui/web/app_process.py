"""The app process: the app as it runs for one page, ended with the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

_SECONDS_TO_LEAVE = 10.0
"""How long an app may take to end, such as to save marks, before it is killed."""


class AppProcess(AppService):
    """Textual's service with two more ways: pictures to the page, and that the page has drawn them."""

    def __init__(
        self,
        command: str,
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def leave() -> None:
            await close()

        super().__init__(
            command,
            write_bytes=write_bytes,
            write_str=write_str,
            close=leave,
            download_manager=DownloadManager(),
        )

    async def run(self) -> None:
        """Run until the app ends by itself or is stopped, then close the page's connection."""
        try:
            await super().run()
        finally:
            with suppress(ConnectionError):
                await self.remote_close()

    async def stop(self) -> None:
        """Ask the app to leave; kill it if it does not."""
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(_SECONDS_TO_LEAVE):
                await super().stop()
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def on_meta(self, data: bytes) -> None:
        """Hand pictures on to the page, and all else to Textual's service."""
        told = json.loads(data)
        if told["type"] == "pictures":
            await self.remote_write_str(json.dumps(["pictures", told["sequences"]]))
        else:
            await super().on_meta(data)
