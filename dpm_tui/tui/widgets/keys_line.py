"""The line of keys: the most useful commands of the screen, from the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.tui.cells import Part, parts_width, spread
from dpm_tui.tui.commands import Command
from dpm_tui.tui.look import Look


class KeysLine(Widget):
    """Shows as many commands as there is room for; those that cannot work now are dimmed."""

    DEFAULT_CSS = "KeysLine { height: 1; width: 1fr; }"

    def __init__(self, look: Look, commands: Sequence[Command], works: Callable[[Command], bool]) -> None:
        super().__init__()
        self._look = look
        self._commands = commands
        self._works = works
        self._painted: list[tuple[str, bool]] = []

    def renew(self) -> None:
        """Repaint if a command can work now that could not, or its words have changed."""
        state = self._state()
        if state != self._painted:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the commands with the last one, the help, always at the right end."""
        look, width = self._look, self.size.width
        self._painted = self._state()
        *commands, last = self._commands
        right = [*self._parts(last), (" ", look["text"])]
        left: list[Part] = [(" ", look["text"])]
        for command in commands:
            parts = [*self._parts(command), ("  ", look["text"])]
            if parts_width([*left, *parts, *right]) > width:
                break
            left += parts
        return spread(left, right, width, look["text"])

    def _state(self) -> list[tuple[str, bool]]:
        return [(command.label, self._works(command)) for command in self._commands]

    def _parts(self, command: Command) -> list[Part]:
        works = self._works(command)
        key, label = ("key", "text") if works else ("dim", "dim")
        return [(command.shown_key, self._look[key]), (f" {command.label}", self._look[label])]
