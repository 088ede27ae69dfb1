"""The line of keys: the most useful commands of the screen, from the table of commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.tui.command_table import ALWAYS, Command
from dpm_tui.tui.terminal.cell_text import Part, parts_width, spread
from dpm_tui.tui.theme import Look


class KeysLine(Widget):
    """Shows as many commands as there is room for; those that cannot work now are dimmed.

    The ways out (back, quit, help) stand at the right end at any width; of the others those that
    come first in the table's order are shown first. A click carries a command out.
    """

    DEFAULT_CSS = "KeysLine { height: 1; width: 1fr; }"

    def __init__(self, look: Look, commands: Sequence[Command], works: Callable[[Command], bool]) -> None:
        super().__init__()
        self._look = look
        self._commands = commands
        self._works = works
        self._painted: list[tuple[str, bool]] = []
        self._places: list[tuple[int, int, Command]] = []

    def renew(self) -> None:
        """Repaint if a command can work now that could not, or its words have changed."""
        state = self._state()
        if state != self._painted:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        look, width = self._look, self.size.width
        self._painted = self._state()
        self._places = []
        gap: Part = (" ", look["text"])
        right: list[Part] = []
        ways_out = [command for command in self._commands if command.footer >= ALWAYS]
        for command in ways_out:
            right += [gap, gap, *self._parts(command)]
        right.append(gap)
        at = max(width - parts_width(right), 0)
        for command in ways_out:
            at = self._note(command, at + 2)
        left: list[Part] = [gap]
        for command in self._commands:
            parts = self._parts(command)
            if command.footer >= ALWAYS or parts_width([*left, *parts, *right]) > width:
                break
            self._note(command, parts_width(left))
            left += [*parts, gap, gap]
        return spread(left, right, width, look["text"])

    def on_click(self, event: events.Click) -> None:
        """Carry out the command that was clicked."""
        for start, end, command in self._places:
            if start <= event.x < end:
                self.screen.call_later(self.screen.run_action, f"command({command.id!r})")

    def _note(self, command: Command, start: int) -> int:
        """Remember where a command is shown; return where it ends."""
        end = start + parts_width(self._parts(command))
        self._places.append((start, end, command))
        return end

    def _state(self) -> list[tuple[str, bool]]:
        return [(command.label, self._works(command)) for command in self._commands]

    def _parts(self, command: Command) -> list[Part]:
        works = self._works(command)
        key, label = ("key", "text") if works else ("dim", "dim")
        return [(command.shown_key, self._look[key]), (f" {command.label}", self._look[label])]
