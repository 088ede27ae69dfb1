"""The decisions screen: what was said about pictures, newest first, and a way to revoke it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dpm_tui.locale import translate
from dpm_tui.review.decisions.decision_entries import DecisionEntry, list_decisions
from dpm_tui.review.history.mark_history import StepKind
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.decision_lines import DETAIL_LINES, decision_details, decision_line, label
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.narrowed_list import NarrowedListScreen
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.commands.file_mover import say_progress
from dpm_tui.tui.terminal.cell_text import Part
from dpm_tui.worker.protocol.messages import DecisionData, GetDecisions


class DecisionsScreen(NarrowedListScreen[DecisionEntry]):
    """Lies over the groups."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.DECISIONS, Scope.UNDO, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    MARKS: ClassVar = "select_decision"
    LIST: ClassVar = "decisions"
    TITLE_KEY: ClassVar = "tui.scope_decisions"
    DETAIL_LINES: ClassVar = DETAIL_LINES

    def __init__(self) -> None:
        super().__init__()
        self.selected: set[object] = set()

    def handlers(self) -> Handlers:
        """Return the commands of the list of decisions."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            "select_decision": self._select_decision,
            "revoke": self._revoke_chosen,
            "revoke_shown": self._revoke_shown,
            "find_decision": self.find,
            "undo": self._undo,
            "redo": self._redo,
            "back": self._back,
        }

    async def fetch(self) -> Sequence[DecisionEntry]:
        """Return what was decided, the newest first."""
        return list_decisions((await self.link.ask(GetDecisions(), DecisionData)).decisions)

    def says(self, item: DecisionEntry, words: list[str]) -> bool:
        """Return whether files, verdict or date of a decision have all of the words."""
        return item.says(words, label(item))

    def draw_item(self, item: DecisionEntry, width: int) -> list[Part]:
        """Return the line of a decision."""
        return decision_line(item, width, self.app.look, selected=item.key in self.selected)

    def details_of(self, item: DecisionEntry, width: int) -> list[list[Part]]:
        """Return what is known of a decision."""
        return decision_details(item, width, self.app.look)

    def show_session(self) -> None:
        """Show the decisions; what is hidden is not selected."""
        if self.selected:
            self.selected &= {entry.key for entry in self.shown}
        super().show_session()
        say_progress(self)

    def counts(self) -> Sequence[tuple[str, str]]:
        """Return how many decisions there are and how many are selected."""
        state = []
        if self.shown:
            state.append((f" {translate('tui.decisions_count', count=len(self.shown))}", "strong"))
        if self.selected:
            state.append((f"  {translate('tui.selected', count=len(self.selected))}", "notice"))
        return state

    def _select_decision(self) -> None:
        """Select the decision or not, and go on."""
        if self.current is not None:
            self.selected ^= {self.current.key}
            self.cursor += 1
            self.show_session()

    async def _revoke_chosen(self) -> None:
        """Revoke the selected decisions, or the one under the cursor."""
        chosen = [entry for entry in self.shown if entry.key in self.selected]
        await self._revoke(chosen or self.shown[self.cursor : self.cursor + 1])

    async def _revoke_shown(self) -> None:
        """Revoke every decision shown, after a question."""
        await self._revoke(self.shown)

    async def _undo(self) -> None:
        """Take the last decision or revocation back, unless something else was done since."""
        last = self.session.marks.history.last
        if last is None or last.deed is not StepKind.DECIDE:
            self.prompt.say(translate("tui.no_decision_last"))
            return
        outcome = await self.link.decisions.take_back(last)
        await self.renew()
        self.prompt.say(outcome.words)

    async def _redo(self) -> None:
        """Make the decision or revocation again that was undone last."""
        following = self.session.marks.history.next
        if following is None or following.deed is not StepKind.DECIDE:
            self.prompt.say(translate("tui.nothing_to_redo"))
            return
        outcome = await self.link.decisions.decide_again(following)
        await self.renew()
        self.prompt.say(outcome.words)

    def _back(self) -> None:
        """Take selection and words away, or go back to the groups."""
        if self.selected:
            self.selected.clear()
            self.show_session()
        elif not self.widen():
            self.go_back()

    async def _revoke(self, entries: Sequence[DecisionEntry]) -> None:
        if not entries:
            return
        files = sum(entry.count for entry in entries)
        question = translate("tui.ask_revoke", count=len(entries), files=files)
        if len(entries) > 1 and await self.prompt.choose(question, "y") != "y":
            return
        await self.link.decisions.decide((), [decision for entry in entries for decision in entry.revocation])
        self.selected.clear()
        await self.renew()
        self.prompt.say(translate("tui.revoked", count=len(entries)))
