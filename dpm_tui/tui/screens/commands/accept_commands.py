"""The commands that let the rule in force mark: for one group, for all that are shown, or after a look."""

from __future__ import annotations

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.filter import not_passed
from dpm_tui.review.marks.no_suggestion import NoSuggestion
from dpm_tui.review.marks.suggestion import Suggestion
from dpm_tui.text_format import similarity
from dpm_tui.tui.screens.commands.plan_commands import PlanCommands, work
from dpm_tui.tui.session.setting_words import name_words
from dpm_tui.units import long_size

_NAME_CELLS = 24


class AcceptCommands(PlanCommands):
    """Commands for a screen that shows groups with their marks."""

    def show_marks(self) -> None:
        """Show changed marks."""
        raise NotImplementedError

    def do_next_group(self) -> None:
        """To the next group."""
        raise NotImplementedError

    def do_accept(self) -> None:
        """Mark what the rule suggests for this group, and go on."""
        session, group = self.session, self.session.group
        assert group is not None
        suggestion = session.marks.suggest([group], session.rule)
        session.marks.accept(suggestion)
        why = session.marks.why_nothing(group, session.rule)
        if not suggestion.files or why.spared is not None:
            if why.key == "unlike":
                # Whoever looked and goes on has seen it: the next sitting begins behind it.
                session.passing.note(group.id, group.keeper, session.marks.history)
            self.prompt.say(self._words_of(why))
        self.show_marks()
        self.do_next_group()

    async def do_accept_all(self) -> None:
        """Mark what the rule suggests for every group shown and not passed, after a question with numbers."""
        session = self.session
        marks, rule = session.marks, session.rule
        numbers = not_passed(session.library, session.rows.numbers, session.passed)

        def weigh() -> Suggestion:
            whole = marks.suggest_all(numbers, rule)
            fresh = whole.beyond(marks.removed)
            # What is marked already is not counted again, unless it changes: to the rule of now, or to none.
            suggestion = fresh if fresh.files or not marks.history.changes(whole.markings) else whole
            return suggestion if suggestion.similarities else Suggestion(session.library)

        suggestion = await work(len(numbers), weigh)
        if not suggestion.files:
            reviewed = marks.removed or len(numbers) < len(session.rows)
            key = "rules.no_more_suggestions" if reviewed else "rules.no_suggestions"
            self.prompt.say(translate(key, rule=self._rule_name))
            return
        match await self.prompt.choose(self._ask(suggestion), "yl"):
            case "y" if marks is session.marks:
                self.accept(suggestion)
            case "l" if marks is session.marks:
                self.app.push_named("suggestion", suggestion, self)

    def accept(self, suggestion: Suggestion) -> None:
        """Mark what a suggestion says and tell how much that is."""
        self.session.marks.accept(suggestion)
        size = long_size(suggestion.size)
        self.prompt.say(translate("tui.accepted", count=suggestion.files, size=size))
        self.show_marks()

    def do_choose_rule(self) -> None:
        """Open the keeper rules."""
        self.app.push_named("keeper")

    @property
    def _rule_name(self) -> str:
        return display_name(name_words(self.session.rule.name), 24)

    def _words_of(self, why: NoSuggestion) -> str:
        """Return the sentence that says why the rule would mark nothing in a group."""
        if why.spared is None:
            return translate(f"rules.nothing_{why.key}", rule=self._rule_name)
        name = display_name(self.session.library.files[why.file].name, _NAME_CELLS)
        reason = translate(f"review.spared_{why.spared}")
        keys = ("rules.nothing_spared", "rules.nothing_spared_short", "rules.nothing_spared_shorter")
        return self.prompt.fitting(*(translate(key, name=name, reason=reason) for key in keys))

    def _ask(self, suggestion: Suggestion) -> str:
        """Return the question before many groups are marked in as many words as there is room for."""
        values = {
            "rule": self._rule_name,
            "count": suggestion.files,
            "groups": suggestion.groups,
            "files": suggestion.files,
            "size": long_size(suggestion.size),
            "weakest": similarity(suggestion.weakest),
        }
        keys = ("rules.ask_accept_all", "rules.ask_accept_all_short", "rules.ask_accept_all_shorter")
        return self.prompt.fitting(*(translate(key, **values) for key in keys))
