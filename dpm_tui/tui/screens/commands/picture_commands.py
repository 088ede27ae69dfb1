"""The commands that choose how the pictures of a group are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

from textual import on

from dpm_tui.catalog.group import Pair
from dpm_tui.locale import translate
from dpm_tui.review.library.group_links import weakest_link
from dpm_tui.review.library.list_layout import ListPosition
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.lines.reason_lines import fit_lines, pair_lines
from dpm_tui.tui.pictures.zoom import Zoom
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.widgets.preview import Subject
from dpm_tui.tui.widgets.preview_panes import MAX_PANES, PreviewPanes, panes_for
from dpm_tui.tui.widgets.text_lines import TextLines


class PictureCommands(DpmScreen):
    """Commands of the scope ``picture`` for a screen with previews and reasons."""

    panes: PreviewPanes
    reasons: TextLines
    reasons_at_most: int
    spells_marks = False
    """Whether marks stand above the pictures in words: where no list has them."""
    group_lines: GroupLines
    comparison: ShownPair

    @property
    def zoom(self) -> Zoom:
        """How close the pictures are looked at."""
        return Zoom()

    def do_flip(self) -> None:
        """Go to the counterpart, shown in the same place; with several pictures, swap them."""
        before = self.session.cursor
        self.comparison.flip()
        self.show_cursor(before)

    def do_side_by_side(self) -> None:
        """Show one picture, or several side by side."""
        self.comparison.toggled = not self.comparison.toggled
        self.show_pictures()

    def do_difference(self) -> None:
        """Show where the picture differs from its counterpart."""
        comparison = self.comparison
        comparison.difference = not comparison.difference
        state = comparison.difference_seen if comparison.difference else "hidden"
        self.prompt.say(translate(f"tui.difference_{state}"))
        self.title_line.show(self.title_state())
        self.show_pictures()

    def difference_state(self) -> list[tuple[str, str]]:
        """Return for the title that differences are shown instead of the pictures as they are."""
        return [(f"  {translate('tui.shows_difference')}", "notice")] if self.comparison.difference else []

    def do_full_view(self) -> None:
        """Open the pair on the whole screen."""
        # There a mark is about the picture that is seen, and nobody sees a range.
        self.session.anchor = 0
        self.app.push_named("view", self.comparison)

    def do_next_pair(self) -> None:
        """Hold the file against the next member of its group."""
        self._step_pair(1)

    def do_previous_pair(self) -> None:
        """Hold the file against the member before."""
        self._step_pair(-1)

    def do_weakest_pair(self) -> None:
        """Go to the member that is least like the keeper, and hold it against that."""
        group = self.comparison.group
        assert group is not None
        weakest = weakest_link(self.session.library, group)
        if weakest is not None:
            self.session.go_to_file(weakest.b if weakest.a == group.keeper else weakest.a)
            self.comparison.choose(group.keeper)
            self.show_session()

    def show_cursor(self, before: ListPosition) -> None:
        """Show the file under the cursor, which was elsewhere ``before``."""
        self.show_pictures()

    def show_pictures(self) -> None:
        """Show the pictures and reasons for the cursor."""
        session, comparison = self.session, self.comparison
        if comparison.group is None:
            self.panes.show([])
            self.reasons.show([])
            return
        members = self._members_shown()
        width = max(self.panes.size.width // self.panes.columns(len(members)), 12)
        self.panes.show([self._subject(id_, width) for id_ in members])
        room = max(self.panes.size.width - 1, 20)
        lines = pair_lines(session.library, comparison, session.criteria, room, self.app.look)
        self.reasons.show(fit_lines(lines, self.reasons_at_most, room, self.app.look))
        unmapped = comparison.unmapped
        if unmapped is not None:
            task: Callable[[], Coroutine[None, None, None]] = partial(self._map_difference, unmapped)
            self.run_worker(task, group="difference", exclusive=True)  # type: ignore[arg-type]

    def _step_pair(self, pairs: int) -> None:
        before = self.session.cursor
        self.comparison.step(pairs)
        self.show_cursor(before)

    async def _map_difference(self, pair: Pair) -> None:
        """Have the pair on the screen compared for the eye, once keys have come to rest."""
        await asyncio.sleep(self.app.delays.rest)
        self.comparison.learn(pair, *await self.app.link.difference(pair.a, pair.b))
        self.show_pictures()

    @on(PreviewPanes.Resized)
    def _resized(self) -> None:
        self.show_pictures()

    def on_screen_suspend(self) -> None:
        """Paint no pictures below another screen."""
        self.panes.blank(True)

    def on_screen_resume(self) -> None:
        """Paint the pictures again."""
        self.panes.blank(False)

    def pane_count(self, members: int) -> int:
        """Return how many pictures are shown of a group with so many."""
        return panes_for(self.app.size.width, members, toggled=self.comparison.toggled)

    def _members_shown(self) -> list[int]:
        comparison = self.comparison
        assert comparison.group is not None
        members, file, other = comparison.group.members, comparison.file, comparison.other
        count = self.pane_count(len(members))
        if count == 1:
            return [file]
        if count == 2:
            shown = sorted((file, other), key=members.index)
        else:
            start = members.index(file) // MAX_PANES * MAX_PANES
            start = max(min(start, len(members) - count), 0)
            shown = list(members[start : start + count])
            if other not in shown:
                shown[-1 if file != shown[-1] else 0] = other
        return shown[::-1] if comparison.flipped else shown

    def _subject(self, id_: int, width: int) -> Subject:
        group = self.session.marks.group_of(id_)
        caption = self.group_lines.caption(
            group, group.members.index(id_), width, spells_marks=self.spells_marks
        )
        content = self.session.library.files[id_].facts.digest
        return Subject(id_, caption, self.comparison.differs(id_), self.zoom, content)
