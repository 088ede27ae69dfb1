"""The log: sentences of the worker, newest last, all of them or only the errors."""

from __future__ import annotations

from datetime import datetime

from dpm_tui.text_format import log_sentence
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, cut_middle
from dpm_tui.tui.theme import Look
from dpm_tui.worker.protocol.messages import LogLine

_ROLES = {"error": "error", "warning": "notice"}


class LogLines:
    """Draws the lines of a session's log."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look
        self._lines: list[LogLine] = []
        self.only_errors = False

    def collect(self) -> int:
        """Take the lines to show from the session and return how many they are."""
        wanted = self._session.log
        hidden = () if self._session.config.show_errors else ("error",)
        if self.only_errors:
            self._lines = [line for line in wanted if line.level == "error"]
        else:
            self._lines = [line for line in wanted if line.level not in hidden]
        return len(self._lines)

    def draw(self, number: int, width: int) -> list[Part]:
        """Return the pieces of one line."""
        if number >= len(self._lines):
            return []
        line = self._lines[number]
        time = f"{datetime.fromtimestamp(line.time):%H:%M:%S}" if line.time else " " * 8
        words = cut_middle(spell_out(line), width - 11)
        return [(f" {time}  ", self._look["dim"]), (words, self._look[_ROLES.get(line.level, "text")])]


def spell_out(line: LogLine) -> str:
    """Return the sentence of a line; its key where this version does not know it."""
    return log_sentence(line.key, line.values)
