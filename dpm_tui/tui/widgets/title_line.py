"""The title line: the screens with their keys, and a state."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.locale import translate
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, parts_width, spread
from dpm_tui.tui.theme import Look

SCREENS = ("scan", "compare", "groups", "bin", "settings")


class TitleLine(Widget):
    """Shows the five screens, the open one marked, and a state at the right end."""

    DEFAULT_CSS = "TitleLine { height: 1; width: 1fr; }"

    def __init__(self, look: Look, open_screen: str) -> None:
        super().__init__()
        self._look = look
        self._open = open_screen
        self._state: list[tuple[str, str]] = []
        self._names = True

    def show(self, state: Sequence[tuple[str, str]]) -> None:
        """Show pieces of text with their roles at the right end."""
        if list(state) != self._state:
            self._state = list(state)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line; the state gives way before the names of the screens do."""
        look, width = self._look, self.size.width
        tabs = self._tabs(names=True)
        wanted = parts_width([(text, look[role]) for text, role in self._state]) + 1
        self._names = parts_width(tabs) + wanted <= width
        if not self._names:
            tabs = self._tabs(names=False)
        room = max(width - parts_width(tabs) - 1, 0)
        state: list[Part] = []
        for text, role in self._state:
            fitted = cut_middle(text, room - parts_width(state))
            state.append((fitted, look[role]))
        return spread(tabs, [*state, (" ", look["text"])], width, look["text"])

    def on_click(self, event: events.Click) -> None:
        """Open the screen whose name was clicked."""
        start = 0
        for screen, (text, style) in zip(SCREENS, self._tabs(names=self._names), strict=False):
            end = start + parts_width([(text, style)])
            if start <= event.x < end:
                self.screen.call_later(self.screen.run_action, f"command('show_{screen}')")
            start = end

    def _tabs(self, *, names: bool) -> list[Part]:
        """Return the screens; without room only the open one keeps its name."""
        parts: list[Part] = []
        for number, screen in enumerate(SCREENS, 1):
            is_open = screen == self._open
            name = translate(f"tui.screen_{screen}") if names or is_open else ""
            text = f" {number} {name} " if name else f" {number} "
            parts.append((text, self._look["tab_on" if is_open else "tab"]))
        return parts
