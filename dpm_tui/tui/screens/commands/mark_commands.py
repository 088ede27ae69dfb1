"""The commands that mark by hand: a file, a range of files, or all that are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import translate
from dpm_tui.review.marks.mark_refusal import Refusal
from dpm_tui.review.rules.rule import DEFAULT_KINDS
from dpm_tui.text_format import count_kinds
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.screens.commands.plan_commands import work
from dpm_tui.units import long_size


class MarkCommands(DpmScreen):
    """Commands for a screen with a cursor on a file; while a range is open they are about all of it."""

    if TYPE_CHECKING:

        @property
        def file_id(self) -> int:
            """The file under the cursor."""

        def show_marks(self) -> None:
            """Show changed marks."""

        def move_lines(self, lines: int) -> None:
            """Move the cursor."""

        def do_next_group(self) -> None:
            """To the next group."""

    def marked_state(self) -> list[tuple[str, str]]:
        """Return how much is marked for removal, for the title; nothing where nothing is."""
        marks = self.session.marks
        if not marks.removed:
            return []
        words = translate("tui.marked", count=len(marks.removed), size=long_size(marks.size))
        return [(f"  {words}", "remove")]

    async def do_keep_only(self) -> None:
        """Keep the file, mark the others of its group, and go on; ask where one of them is no plain copy."""
        marks, file = self.session.marks, self.file_id
        beside = marks.beside(file)
        copies = [id_ for id_, kind in beside.items() if kind in DEFAULT_KINDS]
        going = list(beside)
        if len(copies) < len(going):
            keys = "yc" if copies else "y"
            key = await self.prompt.choose(self._ask_kinds(list(beside.values()), len(copies)), keys)
            if not key or marks is not self.session.marks:
                return
            going = copies if key == "c" else going
        stay = marks.keep_only(file, going)
        if stay:
            self.prompt.say(translate("tui.some_stay", count=stay))
        self.show_marks()
        self.do_next_group()

    def _ask_kinds(self, kinds: Sequence[Kind], copies: int) -> str:
        """Return the question before files are marked that are no plain copies."""
        named = count_kinds(kind for kind in kinds if kind not in DEFAULT_KINDS)
        key = "tui.ask_keep_only" if copies else "tui.ask_keep_only_unlike"
        short = f"{key}_short"
        values = {"count": len(kinds), "kinds": named, "copies": copies}
        return self.prompt.fitting(translate(key, **values), translate(short, **values))

    def do_range(self) -> None:
        """Begin a range at the cursor, or end it."""
        if self.session.span is not None:
            self.end_range()
        else:
            self.session.anchor = self.file_id
            self.prompt.say(translate("tui.range_begun"))
            self.show_marks()

    def end_range(self) -> None:
        """Have no range any more."""
        self.session.anchor = 0
        self.show_marks()

    async def do_toggle(self) -> None:
        """Mark the file for removal or not, and go on; a range is cleared where all of it is marked."""
        marks = self.session.marks
        if self.session.span is None:
            refusal = marks.toggle(self.file_id)
            self._say_refusal(refusal)
            if refusal is None:
                self.move_lines(1)
        elif all(id_ in marks.removed for id_ in self._range_files()):
            self._clear_range()
        else:
            await self._remove_range()

    async def do_remove(self) -> None:
        """Mark the file, or the range, for removal."""
        if self.session.span is not None:
            await self._remove_range()
        else:
            self._say_refusal(self.session.marks.remove(self.file_id))

    def do_keep(self) -> None:
        """Mark the file, or the range, as to be kept."""
        if self.session.span is not None:
            files = self._take_range()
            self.session.marks.keep(*files)
            self.prompt.say(translate("tui.range_kept", count=len(files)))
        else:
            self.session.marks.keep(self.file_id)
        self.show_marks()

    def do_clear(self) -> None:
        """Take the marks of the group, or of the range, away."""
        if self.session.span is not None:
            self._clear_range()
            return
        group = self.session.group
        assert group is not None
        self.session.marks.clear(group.members)
        self.show_marks()

    async def do_clear_all(self) -> None:
        """Take the marks of all groups shown away, after a question with the numbers."""
        session, marks = self.session, self.session.marks
        rows = session.rows

        def find_marked() -> list[int]:
            groups = (rows.group(position) for position in range(len(rows)))
            return [id_ for group in groups for id_ in group.members if marks.mark_of(id_) is not None]

        marked = await work(len(rows), find_marked)
        if not marked:
            self.prompt.say(translate("tui.nothing_marked_here"))
            return
        going = [id_ for id_ in marked if id_ in marks.removed]
        size = long_size(sum(session.library.files[id_].stamp.size for id_ in going))
        question = translate("tui.ask_clear_all", count=len(marked), going=f"{len(going):,}", size=size)
        if await self.prompt.choose(question, "y") == "y" and marks is session.marks:
            marks.clear(marked)
            self.prompt.say(translate("tui.cleared", count=len(marked)))
        self.show_marks()

    def do_pass_group(self) -> None:
        """Say that this group is reviewed and stays as it is, or not any more, and go on."""
        group = self.session.group
        assert group is not None
        session, passed = self.session, group.id not in self.session.passed
        session.passing.note(group.id, group.keeper, session.marks.history, passed=passed)
        self.prompt.say(self.words_on_passing(group, now=passed))
        self.show_marks()
        self.do_next_group()

    def words_on_passing(self, group: Group, *, now: bool) -> str:
        """Return what is said of a group that is passed ``now`` or not; what is marked in it still goes."""
        marked = sum(id_ in self.session.marks.removed for id_ in group.members)
        if now and marked:
            return translate("tui.passed_marked", count=marked)
        return translate("tui.passed" if now else "tui.not_passed")

    async def _remove_range(self) -> None:
        marks, files = self.session.marks, self._take_range()
        chosen, refused = await work(len(files), lambda: marks.choose_removable(files))
        if marks is not self.session.marks:
            self.prompt.say(translate("tui.range_overtaken"))
            return
        before = marks.size
        marks.remove_chosen(chosen)
        words = translate("tui.range_marked", count=len(chosen), size=long_size(marks.size - before))
        if refused:
            stay = translate("tui.range_stay", count=refused.total(), reasons=_reasons(refused))
            words = self.prompt.fitting(f"{words} {stay}", stay)
        self.prompt.say(words)
        self.show_marks()

    def _clear_range(self) -> None:
        files = self._take_range()
        self.session.marks.clear(files)
        self.prompt.say(translate("tui.cleared", count=len(files)))
        self.show_marks()

    def _range_files(self) -> list[int]:
        span = self.session.span
        return [] if span is None else span.files

    def _take_range(self) -> list[int]:
        """Return the files of the range, which ends."""
        files = self._range_files()
        self.session.anchor = 0
        return files

    def _say_refusal(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            self.prompt.say(translate(f"tui.refusal_{refusal.value}"))
        self.show_marks()


def _reasons(refused: Counter[Refusal]) -> str:
    """Return why files stay, the most frequent reason first."""
    counts = refused.most_common()
    return ", ".join(
        translate(f"tui.stays_{refusal.value}", number=f"{count:,}") for refusal, count in counts
    )
