"""The driver of a page: the app in a browser, by way of a server that has its input and output.

Letters and pictures go different ways. The page lays pictures over the letters as kitty's graphics say.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from textual.app import App
from textual.drivers.web_driver import WebDriver

from dpm_tui.state.disk.atomic_write import write_all
from dpm_tui.tui.terminal.driver import FADING, SLOW_SECONDS
from dpm_tui.tui.terminal.painting_driver import PaintingDriver
from dpm_tui.tui.terminal.sgr_reduction import thin


class PageDriver(PaintingDriver, WebDriver):
    """Textual's driver for browsers; the app ends with the server that it talks to."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._loop_of_app = asyncio.get_running_loop()
        self._is_gone = False
        self._waited = 0.0
        sender: Any = self._send
        self._write = sender
        self.begin_painting()

    @property
    def is_slow(self) -> bool:
        """Whether the page was slow to take what it was sent lately."""
        return self._waited > SLOW_SECONDS

    def write(self, data: str) -> None:
        """Send text to the page, without the colours that it has already."""
        super().write(thin(data))

    def draw(self, sequences: str) -> None:
        """Send what draws pictures to the page."""
        self.write_meta({"type": "pictures", "sequences": sequences})

    def start_application_mode(self) -> None:
        """Begin; what the page shows is not known."""
        self.shown.forget()
        super().start_application_mode()

    def stop_application_mode(self) -> None:
        """Leave the page."""
        self.before_leaving()
        super().stop_application_mode()

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Follow what the page says of itself: its size, and that it has come to a question."""
        if packet_type == "resize":
            self.shown.forget()
        if packet_type == "well":
            self._loop_of_app.call_soon_threadsafe(self.on_well)
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Hand on what is typed, and end the app when nothing can come any more."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._leave()

    def _send(self, packet: bytes) -> None:
        if self._is_gone:
            return
        began = time.monotonic()
        try:
            write_all(self.fileno, packet)
        except OSError:
            self._leave()
        self._waited = max(time.monotonic() - began, self._waited * FADING)

    def _leave(self) -> None:
        """End the app, from whatever thread found the server gone."""
        self._is_gone = True
        self._loop_of_app.call_soon_threadsafe(self._app.exit)
