"""A list from the worker that can be filtered by words, with the details of a line below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.cursor_list import CursorListScreen
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines

T = TypeVar("T")


class NarrowedListScreen(CursorListScreen, Generic[T]):
    """``all`` are the items of the list, ``shown`` those that have every one of the ``words``.

    ``TITLE_KEY`` is the title of its panel.
    ``LIST`` names the list and the sentences ``tui.<LIST>_hidden``, ``_empty`` and ``_loading``. It is asked
    for anew each time that the screen is shown, unless ``ONCE``.
    """

    LIST: ClassVar[str]
    TITLE_KEY: ClassVar[str]
    DETAIL_LINES: ClassVar[int]
    ONCE: ClassVar = False

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self.known = False
        self.all: Sequence[T] = ()
        self.shown: Sequence[T] = ()
        self.words = ""

    async def fetch(self) -> Sequence[T]:
        """Return every item, asked for anew."""
        raise NotImplementedError

    def says(self, item: T, words: list[str]) -> bool:
        """Return whether every one of the folded ``words`` occurs in what the list says of an item."""
        raise NotImplementedError

    def draw_item(self, item: T, width: int) -> list[Part]:
        """Return the line of an item."""
        raise NotImplementedError

    def details_of(self, item: T, width: int) -> list[list[Part]]:
        """Return at most ``DETAIL_LINES`` lines about an item."""
        raise NotImplementedError

    def counts(self) -> Sequence[tuple[str, str]]:
        """Return what the title says about how many items are shown."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """Yield the list and the details of the line."""
        self.rows = RowList(self._draw, self.app.look, id=self.LIST)
        self.details = TextLines(height=self.DETAIL_LINES)
        self.empty = TextLines(id="empty")
        look = self.app.look
        self.panel = Panel(look, self.TITLE_KEY, self.empty, self.rows, active=True)
        yield self.panel
        yield Panel(look, "tui.panel_details", self.details, id=f"{self.LIST}-details", fits=True)

    def on_screen_resume(self) -> None:
        """Ask for the list."""
        if not (self.ONCE and self._asked):
            self._asked = True
            self.start(self.renew(), self.LIST, exclusive=True)

    async def renew(self) -> None:
        """Ask for the list anew and show it."""
        self.all, self.known = await self.fetch(), True
        self._narrow(self.words)

    @property
    def current(self) -> T | None:
        """The item under the cursor."""
        return self.shown[self.cursor] if self.shown else None

    @property
    def line_count(self) -> int:
        """How many items are shown."""
        return len(self.shown)

    def show_session(self) -> None:
        """Show the list, or say that there is nothing in it."""
        super().show_session()
        if self.has_class("-empty") and self.shown:
            self.call_after_refresh(self.show_line)  # until then there is no room for details
        self.set_class(not self.shown, "-empty")
        if self.words:
            reason = translate(f"tui.{self.LIST}_hidden", words=self.words)
        else:
            reason = translate(f"tui.{self.LIST}_{'empty' if self.known else 'loading'}")
        self.empty.show([[], [(f" {reason}", self.app.look["notice"])]])
        self.show_list()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how many items are shown and the words that the list is narrowed down to."""
        words = [(f"  /{self.words}", "notice")] if self.words else []
        return [*super().title_state(), *self.panel.told([*self.counts(), *words])]

    def show_line(self) -> None:
        """Show the details of the item under the cursor."""
        item = self.current
        self.details.show([] if item is None else self.details_of(item, self.details.size.width))

    async def find(self) -> None:
        """Ask for words; the list follows while they are typed."""
        before = self.words
        text = await self.prompt.read(
            translate("tui.ask_find"), before, self._narrow, history=self.session.recent.filters
        )
        self.session.recent.note_filter(text or "")
        if text is None:
            self._narrow(before)

    def widen(self) -> bool:
        """Clear the words; return whether there were any."""
        had_words = bool(self.words)
        if had_words:
            self._narrow("")
        return had_words

    def _narrow(self, text: str) -> str:
        self.words = " ".join(text.split())
        words = self.words.casefold().split()
        self.shown = [item for item in self.all if self.says(item, words)] if words else self.all
        self.rows.refresh()
        self.show_session()
        return ""

    def _draw(self, line: int, width: int) -> list[Part]:
        return self.draw_item(self.shown[line], width) if line < len(self.shown) else []
