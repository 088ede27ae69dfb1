"""The commands that let the rule mark in every group shown, at once or after a look, and that change it."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from dpm_tui.locale import translate
from dpm_tui.review.marks.suggestion import Suggestion
from dpm_tui.text_format import similarity
from dpm_tui.tui.screens.base.command_host import Handlers, MarksHost, OpenerHost, work
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.session.setting_words import rule_name
from dpm_tui.units import long_size


class SuggestHost(MarksHost, OpenerHost, Protocol):
    """A screen that shows groups with their marks."""


class SuggestCommands:
    """Commands for all groups shown."""

    def __init__(self, host: SuggestHost, comparer: PairComparer) -> None:
        self._host = host
        self._comparer = comparer

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"accept_all": self._accept_all, "choose_rule": partial(self._host.push_named, "keeper")}

    async def _accept_all(self) -> None:
        """Mark what the rule suggests for every group shown and not passed, after a question with numbers."""
        session, prompt = self._host.session, self._host.prompt
        await self._comparer.compare_shown()
        marks, rule = session.marks, session.rule
        numbers = session.open_groups

        def weigh() -> Suggestion:
            whole = marks.suggest(numbers, rule)
            fresh = whole.beyond(marks.removed)
            # What is marked already is not counted again, unless it changes: to the rule of now, or to none.
            suggestion = fresh if fresh.files or not marks.history.changes(whole.markings) else whole
            return suggestion if suggestion.similarities else Suggestion(session.library)

        suggestion = await work(len(numbers), weigh)
        if not suggestion.files:
            reviewed = marks.removed or len(numbers) < len(session.rows)
            key = "rules.no_more_suggestions" if reviewed else "rules.no_suggestions"
            prompt.say(translate(key, rule=rule_name(session.rule)))
            return
        match await prompt.choose(self._question(suggestion), "yl"):
            case "y" if marks is session.marks:
                self._accept(suggestion)
            case "l" if marks is session.marks:
                self._host.push_named("suggestion", suggestion, self._host, self._accept)

    def _accept(self, suggestion: Suggestion) -> None:
        """Mark what a suggestion says and tell how much that is."""
        self._host.session.marks.accept(suggestion)
        size = long_size(suggestion.size)
        self._host.prompt.say(translate("tui.accepted", count=suggestion.files, size=size))
        self._host.show_marks()

    def _question(self, suggestion: Suggestion) -> str:
        """Return the question before many groups are marked in as many words as there is room for."""
        values = {
            "rule": rule_name(self._host.session.rule),
            "count": suggestion.files,
            "groups": suggestion.groups,
            "files": suggestion.files,
            "size": long_size(suggestion.size),
            "weakest": similarity(suggestion.weakest),
        }
        keys = ("rules.ask_accept_all", "rules.ask_accept_all_short", "rules.ask_accept_all_shorter")
        return self._host.prompt.fitting(*(translate(key, **values) for key in keys))
