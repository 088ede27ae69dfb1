"""The full-screen view: a pair as large as the terminal, to be zoomed and flipped in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.review.decisions.decision import Decision
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.pictures.original_parts import Originals
from dpm_tui.tui.pictures.zoom import Zoom
from dpm_tui.tui.screens.base.screen import bindings_for
from dpm_tui.tui.screens.commands.accept_commands import AcceptCommands
from dpm_tui.tui.screens.commands.apply_commands import ApplyCommands
from dpm_tui.tui.screens.commands.file_commands import FileCommands
from dpm_tui.tui.screens.commands.mark_commands import MarkCommands
from dpm_tui.tui.screens.commands.picture_commands import PictureCommands
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.widgets.preview_panes import PreviewPanes
from dpm_tui.tui.widgets.text_lines import TextLines

_REASON_LINES = 3


class ViewScreen(PictureCommands, MarkCommands, AcceptCommands, ApplyCommands, FileCommands):
    """Shows a file and its counterpart, one in the place of the other or side by side.

    Both are seen at the same zoom and place. At their whole size the keys that look around lead to
    other files and groups.
    """

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.MARK, Scope.VIEW, Scope.UNDO, Scope.PICTURE, Scope.FILE)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    reasons_at_most = _REASON_LINES
    spells_marks = True

    def __init__(self, comparison: ShownPair) -> None:
        super().__init__()
        self.comparison = comparison
        self._several = False
        self._file = comparison.file
        self._decided = False

    def compose_body(self) -> ComposeResult:
        """Lay out pictures and reasons."""
        look, link = self.app.look, self.app.link
        self.group_lines = GroupLines(self.session, look)
        self.panes = PreviewPanes(look, link.thumbnail, self.app.delays, Originals(link.picture))
        self.reasons = TextLines(id="reasons", height=_REASON_LINES)
        yield self.panes
        yield self.reasons

    def show_session(self) -> None:
        """Show the pair, or leave where the file that was looked at is gone, not by a decision made here."""
        gone = self._file not in self.session.library.files
        if self.comparison.group is None or (gone and not self._decided):
            self.dismiss()
            return
        if gone:
            self._decided = False
        super().show_session()
        self.show_pictures()

    def show_pictures(self) -> None:
        """Show the pair, and in the title which group this is."""
        if self.comparison.group is None:
            return
        self._file = self.comparison.file
        super().show_pictures()
        self.title_line.show(self.title_state())

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return which group this is and the zoom."""
        session, zoom = self.session, self.zoom
        place = f" {session.cursor.position + 1}/{len(session.rows)}"
        scale = f" {zoom.scale:g}x" if zoom.scale > 1 else ""
        here = [(scale, "notice"), (place, "strong")]
        return [*super().title_state(), *here, *self.marked_state(), *self.difference_state()]

    @property
    def file_id(self) -> int:
        """The file under the cursor, which is shown."""
        return self.comparison.file

    @property
    def other(self) -> int:
        """The file that it is held against."""
        return self.comparison.other

    @property
    def zoom(self) -> Zoom:
        """How close the pictures of this group are looked at."""
        return self.comparison.zoom

    def pane_count(self, members: int) -> int:
        """Return how many pictures are shown: one, or the pair."""
        return 2 if self._several else 1

    def do_full_view(self) -> None:
        """Close the full view."""
        self.do_back()

    def do_side_by_side(self) -> None:
        """Show one picture, or the pair side by side."""
        self._several = not self._several
        self.show_pictures()

    def do_zoom_in(self) -> None:
        """Look closer."""
        self._use(self.zoom.scaled(2))

    def do_zoom_out(self) -> None:
        """Step back."""
        self._use(self.zoom.scaled(0.5))

    def do_zoom_reset(self) -> None:
        """Show the whole picture."""
        self._use(Zoom())

    def do_pan_left(self) -> None:
        """Look further left, or at the group before."""
        self._look_around(-1, 0)

    def do_pan_right(self) -> None:
        """Look further right, or at the next group."""
        self._look_around(1, 0)

    def do_pan_up(self) -> None:
        """Look further up, or at the file before."""
        self._look_around(0, -1)

    def do_pan_down(self) -> None:
        """Look further down, or at the next file."""
        self._look_around(0, 1)

    def do_back(self) -> None:
        """Stop the files that move, or go back to the groups."""
        if not self.stops_files():
            self.dismiss()

    def do_next_group(self) -> None:
        """To the next group."""
        self.session.move_group(1)
        self.show_pictures()

    def move_lines(self, lines: int) -> None:
        """To another file."""
        self.session.move(lines)
        self.show_pictures()

    def show_marks(self) -> None:
        """Show changed marks above the pictures, and the counts."""
        self.keys_line.renew()
        self.show_pictures()

    async def decide(self, files: Iterable[int], decisions: Sequence[Decision]) -> bool:
        """Have decisions made; the groups that they leave are looked at next."""
        self._decided = True
        try:
            self._decided = await super().decide(files, decisions)
        except BaseException:
            self._decided = False
            raise
        return self._decided

    def _look_around(self, right: int, down: int) -> None:
        if self.zoom.scale > 1:
            self._use(self.zoom.panned(right, down, self.panes.previews[0].seen))
            return
        if right:
            self.session.move_group(right)
        else:
            self.session.move(down)
        self.show_pictures()

    def _use(self, zoom: Zoom) -> None:
        self.comparison.zoom = zoom
        self.show_pictures()
