"""A panel: a titled frame around widgets, as much of it as the terminal has room and characters for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.style import Style
from textual import events
from textual.containers import Container
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, line_of, parts_width
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.frame import frame_letters

_MIN_TITLE = 8
"""So many cells a title keeps beside what is told at its right end."""


class Panel(Container):
    """Frames widgets: lines all around from 100x30 cells on, a rule with the title on top from 60x16 on.

    The app's style sheet gives the room for the lines as padding, by the size of the terminal; a panel
    draws what that leaves room for. Below 60x16 it draws nothing. The title is the sentence of a key, so
    that it follows the language. Neither it nor what is told beside it is read as markup or can drive a
    terminal. An ``active`` panel stands out; one that ``fits`` is as high as what is in it.
    """

    DEFAULT_CSS = "Panel { height: 1fr; width: 1fr; }"

    class Resized(Message):
        """The widgets inside have another width."""

    def __init__(
        self,
        look: Look,
        title_key: str,
        *children: Widget,
        id: str | None = None,  # noqa: A002
        active: bool = False,
        fits: bool = False,
    ) -> None:
        super().__init__(*children, id=id)
        if fits:
            self.styles.height = "auto"
        self._look = look
        self._title: tuple[str, dict[str, Any]] = (title_key, {})
        self._told: list[tuple[str, str]] = []
        self._active = active
        self._width = 0

    @property
    def titled(self) -> bool:
        """Whether there is room for the title and what is told beside it."""
        return bool(self.styles.padding.top)

    def retitle(self, title_key: str, **values: Any) -> None:
        """Show the sentence of another key as title, or other values in it."""
        self._change_title((title_key, values), self._told)

    def tell(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show pieces of text with their roles at the right end of the title, like counts."""
        self._change_title(self._title, list(facts))

    def told(self, facts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """Show pieces of text where there is room; return them where there is none, to be told elsewhere."""
        self.tell(facts)
        return () if self.titled else facts

    def activate(self, active: bool) -> None:
        """Let the panel stand out, or not."""
        if active != self._active:
            self._active = active
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the frame; the widgets inside are painted over its middle."""
        filters, ground = self.get_line_filters(), self.background_colors[1]
        lines = []
        for y in crop.line_range:
            line = self._draw(y).crop(crop.x, crop.right)
            for each in filters:
                line = line.apply_filter(each, ground)
            lines.append(line)
        return lines

    def on_resize(self, event: events.Resize) -> None:
        """Tell the screen when the widgets inside have another width."""
        if self.content_size.width != self._width:
            self._width = self.content_size.width
            self.post_message(self.Resized())

    def _change_title(self, title: tuple[str, dict[str, Any]], told: list[tuple[str, str]]) -> None:
        if (title, told) != (self._title, self._told):
            self._title, self._told = title, told
            # Textual counts from the first cell inside the frame.
            self.refresh(Region(0, 0, max(self.outer_size.width, 1), 1).translate(-self.content_offset))

    def _draw(self, y: int) -> Strip:
        width, height = self.outer_size
        look, padding = self._look, self.styles.padding
        left, rule, right, side, low_left, low_right = tuple(frame_letters(look))
        line = look["frame_on" if self._active else "frame"]
        framed = bool(padding.left)
        if y == 0 and padding.top:
            ends = (left, right) if framed else (rule, rule)
            return line_of(self._top(ends, rule, width, line), width, Style.null())
        if framed and y == height - 1:
            return line_of([(f"{low_left}{rule * (width - 2)}{low_right}", line)], width, Style.null())
        parts: list[Part] = [(side, line), (" " * (width - 2), look["text"]), (side, line)] if framed else []
        return line_of(parts, width, Style.null())

    def _top(self, ends: tuple[str, str], rule: str, width: int, line: Style) -> list[Part]:
        """Return the uppermost line: the title, and what is told where there is room for both."""
        look, (key, values) = self._look, self._title
        room = max(width - 6, 0)
        told: list[Part] = []
        for text, role in self._told:
            shown = cut_middle(display_name(text), max(room - _MIN_TITLE - parts_width(told), 0))
            told.append((shown, look[role]))
        if told:
            told[0] = (f" {told[0][0].lstrip()}", told[0][1])
            told.append((" ", line))
        title = cut_middle(display_name(translate(key, **values)), max(room - parts_width(told), 0))
        parts: list[Part] = [
            (f"{ends[0]}{rule}", line),
            (f" {title} ", look["heading_on" if self._active else "heading"]),
        ]
        between = max(width - parts_width([*parts, *told]) - 2, 0)
        return [*parts, (rule * between, line), *told, (f"{rule}{ends[1]}", line)]
