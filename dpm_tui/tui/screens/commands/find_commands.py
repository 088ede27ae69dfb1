"""The commands that find groups: filter, order, hiding what is reviewed, going to a number or a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from textual.timer import Timer

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.locale import translate
from dpm_tui.review.library.filter import Filter, FilterError, parse_filter
from dpm_tui.review.library.list_layout import ListPosition
from dpm_tui.review.library.sort import Order
from dpm_tui.text_format import sentence
from dpm_tui.tui.screens.base.command_host import Handlers, SessionHost, TimerHost
from dpm_tui.tui.session.filter_words import words_on
from dpm_tui.tui.session.kind_walk import KindWalk
from dpm_tui.tui.session.session import Session

_ORDER_KEYS = {
    "k": Order.KIND, "f": Order.FOLDER, "n": Order.NAME, "s": Order.SIZE, "c": Order.SCORE,
    "g": Order.FILES, "d": Order.DATE,
}  # fmt: skip
_AT_ONCE = 5000
"""So many groups are looked through between two keys without anybody noticing."""
_PAUSE_SECONDS = 0.12
"""More of them are once nothing was typed for so long."""
_DIGITS = 9
"""No list has as many groups as a longer number says."""


class FindHost(SessionHost, TimerHost, Protocol):
    """A screen with a list of groups."""

    @property
    def walk(self) -> KindWalk:
        """The kinds of the groups shown, and the way between them."""

    def show_cursor(self, before: ListPosition) -> None:
        """Show the cursor after it has moved."""


class FindCommands:
    """Commands that choose which groups are shown, in which order, and which of them the cursor is on."""

    def __init__(self, host: FindHost) -> None:
        self._host = host
        self._typed: Timer | None = None

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "filter": self._filter,
            "sort": self._sort,
            "hide_reviewed": self._hide_reviewed,
            "go_to": self._go_to,
            "next_step": partial(self._go_to_step, 1),
            "previous_step": partial(self._go_to_step, -1),
            "next_match": self._next_match,
            "previous_match": self._previous_match,
        }

    @property
    def _session(self) -> Session:
        return self._host.session

    def drop_filter(self) -> None:
        """Take the filter away."""
        if self._session.filter.words:
            self._use_filter("")

    async def _filter(self) -> None:
        """Ask for a filter; the list follows while it is typed."""
        before = self._session.filter.text
        text = await self._read("tui.ask_filter", before, self._use_filter)
        self._use_filter(before if text is None else text)

    async def _sort(self) -> None:
        """Ask for an order; the same one again turns it round."""
        key = await self._host.prompt.choose(translate("tui.ask_sort"), "".join(_ORDER_KEYS))
        if key:
            self._session.sorting = self._session.sorting.choose(_ORDER_KEYS[key])
            self._session.lay_out()
            self._host.show_session()
            name = translate(f"tui.order_{self._session.sorting.order.value}")
            word = "tui.sorted_reverse" if self._session.sorting.reverse else "tui.sorted"
            self._host.prompt.say(translate(word, order=name))

    def _hide_reviewed(self) -> None:
        """Hide the groups that are reviewed, or show them again."""
        session = self._session
        before = len(session.rows)
        session.hides_reviewed = not session.hides_reviewed
        session.lay_out()
        self._host.show_session()
        word = "tui.reviewed_hidden" if session.hides_reviewed else "tui.reviewed_shown"
        self._host.prompt.say(translate(word, count=abs(before - len(session.rows))))

    async def _go_to(self) -> None:
        """Ask for a number or for words, and go to the group that is meant while they are typed."""
        file, start = self._session.file, self._session.cursor

        def follow(text: str) -> None:
            self._go(text, start)

        text = await self._read("tui.ask_go_to", "", follow)
        if text is None:
            self._return_to(file)
        elif text.strip() and not self._go(text, start):
            self._host.prompt.say(translate("tui.not_found"))

    def _go_to_step(self, step: int) -> None:
        """Go to the first group of the next kind, or of the one before."""
        here = self._session.cursor
        order = self._session.sorting
        kind = self._host.walk.go(step)
        if kind is None:
            self._host.prompt.say(translate("tui.no_more_steps"))
            return
        if order == self._session.sorting:
            self._host.show_cursor(here)
        else:
            self._host.show_session()
        self._host.prompt.say(sentence(f"tui.step_{kind.value}"))

    def _next_match(self) -> None:
        """To the next group that fits what was looked for."""
        self._step(1)

    def _previous_match(self) -> None:
        """To the group before that fits what was looked for."""
        self._step(-1)

    def _step(self, step: int) -> None:
        wanted, here = self._session.wanted, self._session.cursor
        if not wanted.words:
            self._host.prompt.say(translate("tui.nothing_looked_for"))
        elif not self._seek(wanted, here.position + step, step):
            self._host.prompt.say(translate("tui.not_found"))

    def _go(self, text: str, start: ListPosition) -> bool:
        """Go to the group that a number or words mean, from a place on; tell whether there is one."""
        text = text.strip()
        if text.isdecimal():
            self._move(ListPosition(max(min(int(text[:_DIGITS]), len(self._session.rows)), 1) - 1, 0))
            return True
        self._session.wanted = parse_filter(text)
        return self._seek(self._session.wanted, start.position, 1)

    def _seek(self, wanted: Filter, position: int, step: int) -> bool:
        found = self._session.seek(wanted, position, step)
        if found is not None:
            self._move(ListPosition(found, 0))
        return found is not None

    def _return_to(self, file: ImageFile | None) -> None:
        """Put the cursor back on a file, if it is still shown."""
        before = self._session.cursor
        if file is not None and self._session.go_to_file(file.id):
            self._host.show_cursor(before)

    def _move(self, place: ListPosition) -> None:
        before, self._session.cursor = self._session.cursor, place
        self._host.show_cursor(before)

    async def _read(self, label: str, initial: str, use: Callable[[str], None]) -> str | None:
        """Ask for words; ``use`` gets what is typed of them, in a large library once typing pauses."""

        def changed(text: str) -> str:
            try:
                parse_filter(text)
            except FilterError as error:
                return words_on(error)
            self._forget_typed()
            if len(self._session.library.groups) <= _AT_ONCE:
                use(text)
            else:
                self._typed = self._host.set_timer(_PAUSE_SECONDS, lambda: use(text))
            return ""

        try:
            text = await self._host.prompt.read(
                translate(label), initial, changed, history=self._session.recent.filters
            )
        finally:
            self._forget_typed()
        try:
            parse_filter(text or "")
        except FilterError as error:
            self._host.prompt.say(words_on(error), "error")
            return None
        self._session.recent.note_filter(text or "")
        return text

    def _forget_typed(self) -> None:
        if self._typed is not None:
            self._typed.stop()
            self._typed = None

    def _use_filter(self, text: str) -> None:
        if text != self._session.filter.text:
            self._session.filter = parse_filter(text)
            self._session.lay_out()
            self._host.show_session()
