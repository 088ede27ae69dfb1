"""The commands that remember what a person says about pictures: not duplicates, or variants to keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from dpm_tui.catalog.group import Group
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.tui.lines.group_lines import letter
from dpm_tui.tui.screens.base.command_host import Handlers, WorkerHost
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.screens.base.pair_pictures import PairHost

_NAME_WIDTH = 16


class DecideHost(PairHost, WorkerHost, Protocol):
    """A screen that shows a pair of the group under the cursor."""


class DecideCommands:
    """Commands about the group under the cursor.

    ``expect`` hears that its group will change by a decision, and that it does not after all.
    """

    def __init__(
        self,
        host: DecideHost,
        comparer: PairComparer,
        expect: Callable[[bool], None] = lambda expected: None,
    ) -> None:
        self._host = host
        self._comparer = comparer
        self._expect = expect

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "not_duplicates": partial(self._decide, "not_duplicates"),
            "variants": partial(self._decide, "variants"),
        }

    async def _decide(self, verdict: str) -> None:
        """Ask whom it is about, and remember a verdict."""
        session, prompt = self._host.session, self._host.prompt
        group, file = session.group, session.file
        assert group is not None
        assert file is not None
        # What is asked about is decided, wherever the cursor is by then.
        files, other = session.library.files, self._host.comparison.other
        scope = "g" if len(group.members) == 2 else await self._ask_scope(group, other, verdict)
        if not scope:
            return
        chosen = {"p": (file.id, other), "f": (file.id,)}.get(scope, ())
        if scope == "f":
            await self._comparer.compare_apart(group, chosen)
        words = ""
        self._expect(True)
        try:
            words = await self._host.link.decisions.decide_group(files, group, chosen, verdict)
        finally:
            self._expect(bool(words))
        prompt.say(words or translate("tui.same_content"))

    async def _ask_scope(self, group: Group, other: int, verdict: str) -> str:
        """Ask whom the decision is about: the pair, the file and every other one, or the whole group."""
        prompt = self._host.prompt
        name = letter(group.members.index(other)).strip()
        name = name or display_name(self._host.session.library.files[other].name, _NAME_WIDTH)
        keys = (f"tui.ask_{verdict}", f"tui.ask_{verdict}_short")
        words = (translate(key, count=len(group.members), other=name) for key in keys)
        return await prompt.choose(prompt.fitting(*words), "pfg")
