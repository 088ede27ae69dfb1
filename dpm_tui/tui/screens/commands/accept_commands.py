"""Accepting for one group what the rule in force suggests."""

from __future__ import annotations

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.no_suggestion import NoSuggestion
from dpm_tui.tui.screens.base.command_host import GroupHost, Handlers
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.session.setting_words import rule_name

_NAME_CELLS = 24


class AcceptCommands:
    """Commands for the group under the cursor."""

    def __init__(self, host: GroupHost, comparer: PairComparer) -> None:
        self._host = host
        self._comparer = comparer

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {"accept": self._accept}

    async def _accept(self) -> None:
        """Mark what the rule suggests for this group, and go on."""
        session, file = self._host.session, self._host.session.file_id
        await self._comparer.compare_group(file)
        if not session.library.has(file):
            return
        number = session.library.number_of(file)
        group = session.library.groups[number]
        suggestion = session.marks.suggest([number], session.rule)
        session.marks.accept(suggestion)
        why = session.marks.why_nothing(number, session.rule)
        if not suggestion.files or why.spared is not None:
            if why.key == "unlike":
                # Whoever looked and goes on has seen it: the next sitting begins behind it.
                session.review.passing.note(group.id, group.keeper, session.marks.history)
            self._host.prompt.say(self._words_of(why))
        self._host.show_marks()
        if session.group == group:
            self._host.next_group()

    def _words_of(self, why: NoSuggestion) -> str:
        """Return the sentence that says why the rule would mark nothing in a group."""
        session, prompt = self._host.session, self._host.prompt
        if why.spared is None:
            return translate(f"rules.nothing_{why.key}", rule=rule_name(session.rule))
        name = display_name(session.library.files[why.file].name, _NAME_CELLS)
        reason = translate(f"review.spared_{why.spared}")
        keys = ("rules.nothing_spared", "rules.nothing_spared_short", "rules.nothing_spared_shorter")
        return prompt.fitting(*(translate(key, name=name, reason=reason) for key in keys))
