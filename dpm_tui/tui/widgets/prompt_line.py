"""The prompt line: notices, questions and text input, in one line if it fits, never over the pictures."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from dpm_tui.file_names import display_name
from dpm_tui.tui.terminal.cell_text import cut_middle, line_of, wrap
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.typing_aid import Complete, TypingAid

_CANCEL = ("escape", "ctrl+c")
_MIN_FIELD = 24
_MAX_LINES = 4
"""So high a question may become where its keys would not be seen otherwise."""
_FIELD_BESIDE_TROUBLE = 14
"""Narrow, so that the error beside the field can be read; the end of the typed text stays visible."""


class PromptText(Widget):
    """The words of the prompt line."""

    DEFAULT_CSS = "PromptText { height: 1; width: 1fr; }"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.text = ""
        self.role = "notice"
        self._lines: list[str] = []

    def show(self, text: str, role: str, *, whole: bool = False) -> None:
        """Show words in the style of a role, the ``whole`` of them if they need several lines."""
        text = display_name(text)
        width = self.app.size.width - 1
        lines = wrap(text, width - 1)[:_MAX_LINES] if whole and cell_len(text) > width else []
        if (text, role, lines) != (self.text, self.role, self._lines):
            self.text, self.role, self._lines = text, role, lines
            self.refresh()
        if self.styles.height is None or self.styles.height.value != max(len(lines), 1):
            self.styles.height = max(len(lines), 1)

    def render_line(self, y: int) -> Strip:
        """Return the words, cut in the middle where they are too long."""
        width = self.size.width
        text = self._lines[y] if y < len(self._lines) else cut_middle(self.text, width - 1)
        return line_of([(" ", self._look["text"]), (text, self._look[self.role])], width, self._look["text"])


class PromptLine(Horizontal, can_focus=True, inherit_bindings=False):
    """Says something, or asks for a key or for a text; one question at a time."""

    DEFAULT_CSS = """
    PromptLine { height: auto; }
    PromptLine Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._text = PromptText(look)
        self._input = Input(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._input.display = False
        self._answer: asyncio.Future[str | None] | None = None
        self._waiting: set[asyncio.Event] = set()
        self._keys: frozenset[str] = frozenset()
        self._on_change: Callable[[str], str] | None = None
        self._label = ""
        self._field = _MIN_FIELD
        self._aid = TypingAid()

    @property
    def text(self) -> str:
        """The words that are shown."""
        return self._text.text

    @property
    def busy(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None and not self._answer.done()

    def compose(self) -> ComposeResult:
        """Yield the words and the field."""
        yield self._text
        yield self._input

    def say(self, text: str, role: str = "notice") -> None:
        """Show a notice, unless a question is open."""
        if not self.busy:
            self._text.show(text, role)

    def fitting(self, *wordings: str) -> str:
        """Return the first of several wordings that there is room for, or the last."""
        return next((text for text in wordings if cell_len(text) < self.size.width), wordings[-1])

    async def choose(self, question: str, keys: Collection[str]) -> str:
        """Ask for one of ``keys``; return it, or nothing where the user backs out."""
        self._keys = frozenset(keys)
        self._read_with(None)
        self._text.show(question, "question", whole=True)
        self.screen.set_focus(self)
        return await self._wait() or ""

    async def read(
        self,
        label: str,
        initial: str = "",
        on_change: Callable[[str], str] | None = None,
        *,
        field: int = _MIN_FIELD,
        history: Sequence[str] = (),
        complete: Complete | None = None,
    ) -> str | None:
        """Ask for a text; return it, or None where the user backs out.

        ``on_change`` is called with every change and returns what is wrong with it, or nothing. The field
        is at least ``field`` cells wide. The arrow keys bring ``history`` back, tab takes what ``complete``
        returns for what was typed.
        """
        self._aid = TypingAid([text for text in history if text != initial], complete)
        self._on_change = on_change
        self._field = field
        self._label = label
        self._read_with(initial)
        self._show_label(label, "question")
        self.screen.set_focus(self._input)
        return await self._wait()

    async def wait_for_question(self, ended_or_asks: asyncio.Event, seconds: float) -> None:
        """Wait for an event that is set when a question opens here; at most so many seconds."""
        self._waiting.add(ended_or_asks)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended_or_asks.wait(), seconds)
        finally:
            self._waiting.discard(ended_or_asks)

    def take_late(self, event: events.Key) -> bool:
        """Take a key that was pressed before the question opened; return whether the question accepts it."""
        if not self.busy:
            return False
        if self._input.display and event.key not in _CANCEL:
            if event.is_printable and event.character:
                self._input.insert_text_at_cursor(event.character)
            return event.is_printable
        self.on_key(event)
        return True

    async def _wait(self) -> str | None:
        self._finish(None)
        self._answer = asyncio.get_running_loop().create_future()
        for event in self._waiting:
            event.set()
        try:
            return await self._answer
        finally:
            self._close()

    def _close(self) -> None:
        """Tidy up, unless a newer question has taken the line over."""
        if self.busy or not self.is_attached:
            return
        self._read_with(None)
        self._text.show("", "notice")
        self.screen.set_focus(None)

    def _finish(self, answer: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _read_with(self, initial: str | None) -> None:
        """Show the field with a text in it, or only words."""
        self._input.display = initial is not None
        self._text.styles.width = "1fr"
        with self._input.prevent(Input.Changed):
            self._input.value = initial or ""
        self._input.cursor_position = len(initial or "")

    def _show_label(self, text: str, role: str) -> None:
        field = _FIELD_BESIDE_TROUBLE if role == "error" else self._field
        self._text.styles.width = min(cell_len(text) + 2, max(self.size.width - field, 1))
        self._text.show(text, role)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._on_change is not None and self.busy:
            trouble = self._on_change(event.value)
            self._show_label(trouble or self._label, "error" if trouble else "question")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._finish(event.value)

    def _help_to_type(self, key: str) -> bool:
        """Bring back or complete what is typed; return whether the field must not have the key."""
        text = self._input.value
        if key in ("up", "down"):
            self._fill(self._aid.go_back(text) if key == "up" else self._aid.go_on(text))
        elif key == "tab" and self._aid.complete is not None:
            self.run_worker(self._complete(self._aid.complete), group="complete", exclusive=True)
        return key in ("up", "down", "tab", "shift+tab")

    async def _complete(self, complete: Complete) -> None:
        """Complete what is typed; a disk may take its time, and what is typed meanwhile counts."""
        text, aid = self._input.value, self._aid
        if aid.turns(text):
            self._fill(aid.take_next())
            return
        found = await asyncio.to_thread(complete, text)
        if self.busy and aid is self._aid and self._input.value == text:
            self._fill(aid.take(text, found))

    def _fill(self, text: str | None) -> None:
        if text is not None and self._input.display:
            self._input.value = text
            self._input.cursor_position = len(text)

    def on_key(self, event: events.Key) -> None:
        """Take every key while a question is open; a field keeps those that it edits with."""
        if not self.busy:
            return
        if event.key in _CANCEL:
            self._finish(None)
        elif self._input.display:
            if not self._help_to_type(event.key):
                return
            event.prevent_default()
        else:
            # An arrow or a function key has no character.
            pressed = event.character if event.character in self._keys else event.key
            if pressed in self._keys:
                self._finish(pressed)
            elif pressed == "n":
                self._finish(None)
        event.stop()
