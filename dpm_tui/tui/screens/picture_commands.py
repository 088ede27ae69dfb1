"""The commands that choose how the pictures of a group are shown."""

from __future__ import annotations

from textual import on

from dpm_tui.review.rows import Place
from dpm_tui.tui.group_lines import GroupLines
from dpm_tui.tui.screens.base import DpmScreen
from dpm_tui.tui.widgets.preview import Subject
from dpm_tui.tui.widgets.preview_panes import PANES_AT_MOST, PreviewPanes, panes_for
from dpm_tui.tui.widgets.reasons import reason_lines
from dpm_tui.tui.widgets.text_lines import TextLines


class PictureCommands(DpmScreen):
    """Commands of the scope ``picture`` for a screen with previews and reasons."""

    panes: PreviewPanes
    reasons: TextLines
    group_lines: GroupLines
    flipped_at: Place | None = None
    toggled = False
    difference = False

    def do_flip(self) -> None:
        """Show the counterpart in the same place; with several pictures, swap them."""
        here = self.session.cursor
        self.flipped_at = None if self.flipped_at == here else here
        self.show_pictures()

    def do_side_by_side(self) -> None:
        """Show one picture, or several side by side."""
        self.toggled = not self.toggled
        self.show_pictures()

    def do_difference(self) -> None:
        """Show in red where the picture differs from its counterpart."""
        self.difference = not self.difference
        self.show_pictures()

    def do_full_view(self) -> None:
        """Open the picture on the whole screen."""
        from dpm_tui.tui.screens.view import ViewScreen

        file = self.session.file
        assert file is not None
        self.app.push_screen(ViewScreen(file.id))

    def show_pictures(self) -> None:
        """Show the pictures and reasons for the cursor."""
        session = self.session
        group, file = session.group, session.file
        if group is None or file is None:
            self.panes.show([])
            self.reasons.show([])
            return
        other = session.counterpart(file.id)
        members = self._members_shown(group.members, file.id, other)
        width = max(self.panes.size.width // self.panes.columns(len(members)), 12)
        self.panes.show([self._subject(id_, file.id, other, width) for id_ in members])
        shown = file.id if len(members) > 1 else members[0]
        against = other if shown == file.id else file.id
        files, pair = session.library.files, session.pair(shown, against)
        room = max(self.panes.size.width - 1, 20)
        self.reasons.show(reason_lines(files[shown], files[against], pair, room, self.app.look))

    @on(PreviewPanes.Resized)
    def _resized(self) -> None:
        self.show_pictures()

    def on_screen_suspend(self) -> None:
        """Paint no pictures below another screen."""
        self.panes.blank(True)

    def on_screen_resume(self) -> None:
        """Paint the pictures again."""
        self.panes.blank(False)

    def _members_shown(self, members: tuple[int, ...], file: int, other: int) -> list[int]:
        count = panes_for(self.app.size.width, len(members), toggled=self.toggled)
        flipped = self.flipped_at == self.session.cursor
        if count == 1:
            return [other if flipped else file]
        if count == 2:
            shown = sorted((file, other), key=members.index)
        else:
            start = members.index(file) // PANES_AT_MOST * PANES_AT_MOST
            start = max(min(start, len(members) - count), 0)
            shown = list(members[start : start + count])
        return shown[::-1] if flipped else shown

    def _subject(self, id_: int, file: int, other: int, width: int) -> Subject:
        group = self.session.marks.group_of(id_)
        caption = self.group_lines.caption(group, group.members.index(id_), width)
        pair = self.session.pair(id_, other if id_ == file else file)
        differs = pair.differs if self.difference and pair is not None else b""
        return Subject(id_, caption, differs)
