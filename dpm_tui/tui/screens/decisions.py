"""The decisions screen: what was said about pictures, newest first, and a way to revoke it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.review.decision_list import Entry, list_decisions
from dpm_tui.review.history import Deed
from dpm_tui.tui.cells import Part
from dpm_tui.tui.commands import Scope
from dpm_tui.tui.decision_lines import DETAIL_LINES, decision_details, decision_line, label
from dpm_tui.tui.screens.base import ListScreen, bindings_for
from dpm_tui.tui.screens.decide_commands import DecideCommands
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.worker.protocol import DecisionData, GetDecisions


class DecisionsScreen(DecideCommands, ListScreen):
    """Lies over the groups."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.DECISIONS, Scope.UNDO, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self) -> None:
        super().__init__()
        self.known = False
        self.all: Sequence[Entry] = ()
        self.entries: Sequence[Entry] = ()
        self.selected: set[object] = set()
        self.words = ""
        self.cursor = 0

    def compose_body(self) -> ComposeResult:
        """Lay out the list and the details of the line."""
        self.rows = RowList(self._draw, self.app.look["cursor"], id="decisions")
        self.details = TextLines(id="decision-details", height=DETAIL_LINES)
        self.empty = TextLines(id="empty")
        yield self.empty
        yield self.rows
        yield self.details

    def on_screen_resume(self) -> None:
        """Ask for the decisions anew."""
        super().on_screen_resume()
        self.run_worker(self.carry_out(self._fetch()), group="decisions", exclusive=True)

    def show_session(self) -> None:
        """Show the decisions, or say that there are none."""
        super().show_session()
        self.set_class(not self.entries, "-empty")
        if self.words:
            reason = translate("tui.decisions_hidden", words=self.words)
        else:
            reason = translate("tui.decisions_empty" if self.known else "tui.decisions_loading")
        self.empty.show([[], [(f" {reason}", self.app.look["notice"])]])
        self.rows.show(len(self.entries), self.cursor)
        self._show_details()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return how many decisions there are, how many are selected and the words of the filter."""
        state = [*super().title_state()]
        if self.entries:
            state.append((f" {translate('tui.decisions_count', count=len(self.entries))}", "strong"))
        if self.selected:
            state.append((f"  {translate('tui.selected', count=len(self.selected))}", "notice"))
        if self.words:
            state.append((f"  /{self.words}", "notice"))
        return state

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + lines, 0), max(len(self.entries) - 1, 0))
        self.rows.move_to(self.cursor)
        self._show_details()

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        self.move_lines(line - self.cursor)

    def do_select_decision(self) -> None:
        """Select the decision or not, and go on."""
        if self.entries:
            self.selected ^= {self.entries[self.cursor].key}
            self.cursor = min(self.cursor + 1, len(self.entries) - 1)
            self.show_session()

    async def do_revoke(self) -> None:
        """Revoke the selected decisions, or the one under the cursor."""
        chosen = [entry for entry in self.entries if entry.key in self.selected]
        await self._revoke(chosen or self.entries[self.cursor : self.cursor + 1])

    async def do_revoke_shown(self) -> None:
        """Revoke every decision shown, after a question."""
        await self._revoke(self.entries)

    async def do_find_decision(self) -> None:
        """Ask for words; the list follows while they are typed."""
        before = self.words
        text = await self.prompt.read(translate("tui.ask_find"), before, self._narrow)
        if text is None:
            self._narrow(before)

    async def do_undo(self) -> None:
        """Take the last decision or revocation back, unless something else was done since."""
        last = self.session.marks.history.last
        if last is None or last.deed is not Deed.DECIDE:
            self.prompt.say(translate("tui.no_decision_last"))
            return
        await self.take_decision_back(last)
        await self._fetch()

    async def do_redo(self) -> None:
        """Make the decision or revocation again that was undone last."""
        following = self.session.marks.history.next
        if following is None or following.deed is not Deed.DECIDE:
            self.prompt.say(translate("tui.nothing_to_redo"))
            return
        await self.decide_again(following)
        await self._fetch()

    def do_back(self) -> None:
        """Take selection and words away, or go back to the groups."""
        if self.selected:
            self.selected.clear()
            self.show_session()
        elif self.words:
            self._narrow("")
        else:
            self.dismiss()

    async def _revoke(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        files = sum(entry.count for entry in entries)
        question = translate("tui.ask_revoke", count=len(entries), files=f"{files:,}")
        if len(entries) > 1 and await self.prompt.choose(question, "y") != "y":
            return
        await self.decide((), [decision for entry in entries for decision in entry.revocation])
        self.selected.clear()
        await self._fetch()
        self.prompt.say(translate("tui.revoked", count=len(entries)))

    async def _fetch(self) -> None:
        data = await self.app.link.ask(GetDecisions(), DecisionData)
        self.all, self.known = list_decisions(data.decisions), True
        self.selected &= {entry.key for entry in self.all}
        self._narrow(self.words)

    def _narrow(self, text: str) -> str:
        self.words = " ".join(text.split())
        words = self.words.casefold().split()
        fitting = [entry for entry in self.all if entry.says(words, label(entry))] if words else self.all
        self.entries = fitting
        self.selected &= {entry.key for entry in fitting}
        self.cursor = min(self.cursor, max(len(fitting) - 1, 0))
        self.rows.refresh()
        self.show_session()
        return ""

    def _show_details(self) -> None:
        lines: list[list[Part]] = []
        if self.entries:
            lines = decision_details(self.entries[self.cursor], self.size.width, self.app.look)
        self.details.show(lines)

    def _draw(self, line: int, width: int) -> list[Part]:
        if line >= len(self.entries):
            return []
        entry = self.entries[line]
        return decision_line(entry, width, self.app.look, selected=entry.key in self.selected)
