"""The commands that mark by hand: a file, the range that is open, or a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import translate
from dpm_tui.review.marks.mark_refusal import Refusal
from dpm_tui.review.rules.rule import DEFAULT_KINDS
from dpm_tui.text_format import count_kinds
from dpm_tui.tui.screens.base.command_host import GroupHost, Handlers
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.screens.commands.range_commands import RangeCommands
from dpm_tui.units import long_size


class MarkHost(GroupHost, Protocol):
    """A screen with a cursor on a file."""

    def move_lines(self, lines: int) -> None:
        """Move the cursor."""


class MarkCommands:
    """Commands about the file under the cursor; while a range is open they are about all of it."""

    def __init__(self, host: MarkHost, ranges: RangeCommands, comparer: PairComparer) -> None:
        self._host = host
        self._ranges = ranges
        self._comparer = comparer

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        return {
            "keep_only": self._keep_only,
            "toggle": self._toggle,
            "remove": self._remove,
            "keep": self._keep,
            "clear": self._clear,
            "pass_group": self._pass_group,
        }

    def title_state(self) -> list[tuple[str, str]]:
        """Return how much is marked for removal, for the title; nothing where nothing is."""
        marks = self._host.session.marks
        if not marks.removed:
            return []
        words = translate("tui.marked", count=len(marks.removed), size=long_size(marks.size))
        return [(f"  {words}", "remove")]

    async def _keep_only(self) -> None:
        """Keep the file, mark the others of its group, and go on; ask where one of them is no plain copy."""
        session, prompt = self._host.session, self._host.prompt
        file = session.file_id
        await self._comparer.compare_beside(file)
        marks = session.marks
        if not session.library.has(file):
            return
        beside = marks.beside(file)
        copies = [id_ for id_, kind in beside.items() if kind in DEFAULT_KINDS]
        going = list(beside)
        if len(copies) < len(going):
            keys = "yc" if copies else "y"
            key = await prompt.choose(self._ask_kinds(list(beside.values()), len(copies)), keys)
            if not key or marks is not session.marks:
                return
            going = copies if key == "c" else going
        stay = marks.keep_only(file, going)
        if stay:
            prompt.say(translate("tui.some_stay", count=stay))
        self._host.show_marks()
        if session.group is not None and file in session.group.members:
            self._host.next_group()

    def _ask_kinds(self, kinds: Sequence[Kind], copies: int) -> str:
        """Return the question before files are marked that are no plain copies."""
        named = count_kinds(kind for kind in kinds if kind not in DEFAULT_KINDS)
        key = "tui.ask_keep_only" if copies else "tui.ask_keep_only_unlike"
        short = f"{key}_short"
        values = {"count": len(kinds), "kinds": named, "copies": copies}
        return self._host.prompt.fitting(translate(key, **values), translate(short, **values))

    async def _toggle(self) -> None:
        """Mark the file for removal or not, and go on; a range is cleared where all of it is marked."""
        session = self._host.session
        if session.span is not None:
            await self._ranges.toggle()
            return
        refusal = session.marks.toggle(session.file_id)
        self._say_refusal(refusal)
        if refusal is None:
            self._host.move_lines(1)

    async def _remove(self) -> None:
        """Mark the file, or the range, for removal."""
        session = self._host.session
        if session.span is not None:
            await self._ranges.remove()
        else:
            self._say_refusal(session.marks.remove(session.file_id))

    def _keep(self) -> None:
        """Mark the file, or the range, as to be kept."""
        session = self._host.session
        if session.span is not None:
            self._ranges.keep()
            return
        session.marks.keep(session.file_id)
        self._host.show_marks()

    def _clear(self) -> None:
        """Take the marks of the group, or of the range, away."""
        session, group = self._host.session, self._host.session.group
        if session.span is not None:
            self._ranges.clear()
            return
        assert group is not None
        session.marks.clear(group.members)
        self._host.show_marks()

    def _pass_group(self) -> None:
        """Say that this group is reviewed and stays as it is, or not any more, and go on."""
        session, group = self._host.session, self._host.session.group
        assert group is not None
        passed = group.id not in session.review.passed
        session.review.passing.note(group.id, group.keeper, session.marks.history, passed=passed)
        self._host.prompt.say(self._words_on_passing(group, now=passed))
        self._host.show_marks()
        self._host.next_group()

    def _words_on_passing(self, group: Group, *, now: bool) -> str:
        """Return what is said of a group that is passed ``now`` or not; what is marked in it still goes."""
        marked = sum(id_ in self._host.session.marks.removed for id_ in group.members)
        if now and marked:
            return translate("tui.passed_marked", count=marked)
        return translate("tui.passed" if now else "tui.not_passed")

    def _say_refusal(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            self._host.prompt.say(translate(f"tui.refusal_{refusal.value}"))
        self._host.show_marks()
