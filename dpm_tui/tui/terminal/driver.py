"""The driver of the terminal: one that goes away ends the app instead of blocking it for good.

Textual writes in a thread behind a short queue. Once the terminal is gone that thread would die of its
first error, the queue would fill, and the app would wait forever for room in it, ignore signals and stay
connected to the worker. The thread that reads would poll forever without a pause.

Textual reads the size of the terminal in a signal handler, which another signal may interrupt: of many
quick changes the last one need not win.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from dpm_tui.tui.terminal.late_answers import LateAnswers
from dpm_tui.tui.terminal.painting_driver import PaintingDriver
from dpm_tui.tui.terminal.sgr_reduction import thin

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")


_PAUSE_SECONDS = 0.1
"""How long an escape key waits for what may follow it, and how soon the thread notices the end."""

SLOW_SECONDS = 0.3
"""A line of a megabit takes as long for a large picture; a local terminal takes some milliseconds."""

FADING = 0.98
"""What a later write leaves of the longest wait."""

terminals_lost: list[object] = []
"""The drivers whose terminal went away: nothing can be said there at the end."""


class LastingOutput:
    """A text file for the driver: what cannot be written is dropped, and ``gone`` is called once."""

    def __init__(
        self, file: IO[str], gone: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._gone = gone
        self._clock = clock
        self.is_gone = False
        self.waited = 0.0
        """How long writing has waited for the terminal lately, in seconds."""

    def write(self, text: str) -> int:
        """Write ``text`` while there is a terminal; return how much was written."""
        return self._attempt(lambda: self._file.write(text), 0)

    def flush(self) -> None:
        """Flush while there is a terminal."""
        self._attempt(self._file.flush, None)

    def fileno(self) -> int:
        """Return the descriptor of the terminal."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._file.isatty()

    def _attempt(self, work: Callable[[], T], otherwise: T) -> T:
        if self.is_gone:
            return otherwise
        began = self._clock()
        try:
            done = work()
            self.waited = max(self._clock() - began, self.waited * FADING)
            return done
        except (OSError, ValueError):
            self.is_gone = True
            self._gone()
            return otherwise


class TerminalDriver(PaintingDriver, LinuxDriver):
    """Textual's driver for terminals, with an output that lasts and an input that may end.

    ``typed`` are keys that were read before it started.
    """

    typed: ClassVar[bytes] = b""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._loop_of_app = asyncio.get_running_loop()
        self._file: Any = LastingOutput(self._file, self._leave)
        self._unread = self.typed
        self.begin_painting()

    @property
    def is_slow(self) -> bool:
        """Whether the terminal was slow to take what it was sent lately."""
        return bool(self._file.waited > SLOW_SECONDS)

    def start_application_mode(self) -> None:
        """Take the terminal over; report its sizes in the order in which they come."""
        self.shown.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._loop_of_app.add_signal_handler(signal.SIGWINCH, self._tell_size)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self.send_message(events.Resize(size, size))

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was."""
        self.before_leaving()
        super().stop_application_mode()

    def draw(self, sequences: str) -> None:
        """Send what draws pictures to the terminal."""
        super().write(sequences)

    def write(self, data: str) -> None:
        """Send text to the terminal, without the colours that it has already."""
        super().write(thin(data))

    def send_message(self, message: Message) -> None:
        """Hand an event to the app; after a change of size the terminal may have moved anything."""
        if isinstance(message, events.Resize):
            self.shown.forget()
        super().send_message(message)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except (OSError, EOFError):
            self._file.is_gone = True
            self._leave()

    def run_input_thread(self) -> None:
        """Hand on what is typed until the app ends; raises OSError or EOFError if the terminal is gone."""
        decoder, parser = getincrementaldecoder("utf-8")("replace"), XTermParser(self._debug)
        answers = LateAnswers()
        data = answers.take(self._unread)[0]
        self._unread = b""  # only once: the thread starts again after a viewer has ended
        while not self.exit_event.is_set():
            text = decoder.decode(data)
            for event in parser.feed(text) if text else ():  # the parser takes empty text for the end
                self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
            data = b""
            if select.select([self.fileno], [], [], _PAUSE_SECONDS)[0]:
                data = os.read(self.fileno, 4096)
                if not data:
                    raise EOFError
                data, well = answers.take(data)
                for _ in range(well):
                    self._loop_of_app.call_soon_threadsafe(self.on_well)
            else:
                data = answers.give_up()

    def _leave(self) -> None:
        """End the app, from whatever thread found the terminal gone."""
        terminals_lost.append(self)
        self._loop_of_app.call_soon_threadsafe(self._app.exit)


def driver_class(typed: bytes = b"") -> type[TerminalDriver] | None:
    """Return this driver, or None where the environment names another (as a browser's server does).

    ``typed`` are keys that were read before it starts.
    """
    if constants.DRIVER:
        return None
    return type("TerminalDriver", (TerminalDriver,), {"typed": typed}) if typed else TerminalDriver
