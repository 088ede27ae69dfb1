"""Cell width: how wide the terminal draws a half block, asked of it before Textual takes over."""

from __future__ import annotations

import os
import re
import select
import termios
import time
from contextlib import suppress
from dataclasses import dataclass

BLOCK = "\u2580"
ANSWER_SECONDS = 0.4
"""A terminal that answers later, over a slow line, counts as a usual one; a late answer does no harm."""
_ASK = f"\r{BLOCK}\x1b[6n\r\x1b[2K".encode()
_PLACE = re.compile(rb"\x1b\[\d{1,5};(\d{1,5})R")


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells that a half block takes, 0 if the terminal did not say; and the keys that came meanwhile."""

    width: int = 0
    typed: bytes = b""

    @property
    def whole_cells(self) -> bool:
        """Whether pictures must do without half blocks.

        Terminals set to draw ambiguous characters wide, as is common beside Chinese, double them; those
        without UTF-8 draw three characters for one.
        """
        return self.width > 1


def ask_terminal(source: int = 0, target: int = 2, seconds: float = ANSWER_SECONDS) -> Answer:
    """Return how wide the terminal draws a half block: draw one, ask for the cursor position, erase it.

    ``source`` and ``target`` are the descriptors that are read and written.
    """
    try:
        before = termios.tcgetattr(source)
    except termios.error:
        return Answer()
    silent = [*before[:3], before[3] & ~(termios.ECHO | termios.ICANON), *before[4:]]
    try:
        termios.tcsetattr(source, termios.TCSADRAIN, silent)
        os.write(target, _ASK)
        return _listen(source, time.monotonic() + seconds)
    except (termios.error, OSError):
        return Answer()
    finally:
        with suppress(termios.error):
            termios.tcsetattr(source, termios.TCSADRAIN, before)


def _listen(source: int, end: float) -> Answer:
    heard = b""
    while (left := end - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        chunk = os.read(source, 1024)
        if not chunk:
            break
        heard += chunk
        if place := _PLACE.search(heard):
            return Answer(int(place[1]) - 1, heard[: place.start()] + heard[place.end() :])
    return Answer(0, heard)
