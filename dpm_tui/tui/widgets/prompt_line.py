"""The prompt line: notices, questions and text input in one line, never a dialog over the pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from dpm_tui.names import display_name
from dpm_tui.tui.cells import cut_middle, line_of
from dpm_tui.tui.look import Look


class PromptText(Widget):
    """The words of the prompt line."""

    DEFAULT_CSS = "PromptText { height: 1; width: 1fr; }"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.text = ""
        self.role = "notice"

    def show(self, text: str, role: str) -> None:
        """Show words in the style of a role."""
        text = display_name(text)
        if (text, role) != (self.text, self.role):
            self.text, self.role = text, role
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the words, cut in the middle where they are too long."""
        width = self.size.width
        text = cut_middle(self.text, width - 1)
        return line_of([(" ", self._look["text"]), (text, self._look[self.role])], width, self._look["text"])


class PromptLine(Horizontal, can_focus=True, inherit_bindings=False):
    """Says something, or asks for a key or for a text; one question at a time."""

    DEFAULT_CSS = """
    PromptLine { height: 1; }
    PromptLine Input { display: none; width: 1fr; height: 1; border: none; padding: 0; }
    PromptLine Input { background: ansi_default; }
    PromptLine.-reading Input { display: block; }
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._text = PromptText(look)
        self._input = Input(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._answer: asyncio.Future[str | None] | None = None
        self._keys: Collection[str] = ()
        self._on_change: Callable[[str], str] | None = None
        self._label = ""

    @property
    def text(self) -> str:
        """The words that are shown."""
        return self._text.text

    @property
    def busy(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None and not self._answer.done()

    def compose(self) -> ComposeResult:
        """Lay out the words and the field."""
        yield self._text
        yield self._input

    def say(self, text: str, role: str = "notice") -> None:
        """Show a notice, unless a question is open."""
        if not self.busy:
            self._text.show(text, role)

    async def choose(self, question: str, keys: Collection[str]) -> str:
        """Ask for one of ``keys``; return it, or nothing where the user backs out."""
        self.remove_class("-reading")
        self._text.styles.width = "1fr"
        self._text.show(question, "question")
        self._keys = keys
        self.focus()
        return await self._wait() or ""

    async def read(
        self, label: str, initial: str = "", on_change: Callable[[str], str] | None = None
    ) -> str | None:
        """Ask for a text; return it, or None where the user backs out.

        ``on_change`` hears every change and returns what is wrong with it, or nothing.
        """
        self._keys = ()
        self._on_change = on_change
        self._label = label
        self.add_class("-reading")
        self._show_label(label, "question")
        with self._input.prevent(Input.Changed):
            self._input.value = initial
        self._input.cursor_position = len(initial)
        self._input.focus()
        return await self._wait()

    def cancel(self) -> None:
        """Back out of the open question."""
        self._finish(None)

    async def _wait(self) -> str | None:
        self.cancel_open()
        self._answer = asyncio.get_running_loop().create_future()
        try:
            return await self._answer
        finally:
            self._close()

    def cancel_open(self) -> None:
        """Back out of a question that a newer one replaces."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    def _close(self) -> None:
        if self.busy:
            return
        self.remove_class("-reading")
        self._text.styles.width = "1fr"
        self._text.show("", "notice")
        if self.is_attached:
            self.screen.set_focus(None)

    def _finish(self, answer: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _show_label(self, text: str, role: str) -> None:
        self._text.styles.width = cell_len(text) + 2
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

    def on_key(self, event: events.Key) -> None:
        """Take every key while a question is open."""
        if not self.busy:
            return
        reading = self.has_class("-reading")
        if event.key in ("escape", "ctrl+c"):
            self._finish(None)
        elif not reading:
            pressed = event.character if event.character in self._keys else event.key
            if pressed in self._keys:
                self._finish(pressed)
            elif pressed == "n":
                self._finish(None)
        elif event.key not in ("tab", "shift+tab"):
            return
        event.stop()
