"""The full-screen view: a pair as large as the terminal, to be zoomed and flipped in place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from dpm_tui.review.library.list_layout import ListPosition
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.pictures.original_parts import Originals
from dpm_tui.tui.pictures.zoom import Zoom
from dpm_tui.tui.previews.preview_panes import PreviewPanes, tiles_in
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.screens.base.pair_pictures import PairPictures
from dpm_tui.tui.screens.base.screen import DpmScreen, bindings_for
from dpm_tui.tui.screens.commands.accept_commands import AcceptCommands
from dpm_tui.tui.screens.commands.decide_commands import DecideCommands
from dpm_tui.tui.screens.commands.file_commands import FileCommands
from dpm_tui.tui.screens.commands.file_mover import FileMover, say_progress
from dpm_tui.tui.screens.commands.mark_commands import MarkCommands
from dpm_tui.tui.screens.commands.picture_commands import PictureCommands
from dpm_tui.tui.screens.commands.range_commands import RangeCommands
from dpm_tui.tui.screens.commands.undo_commands import UndoCommands
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.widgets.text_lines import TextLines

_REASON_LINES = 3


class ViewScreen(DpmScreen):
    """Shows a file and its counterpart, one in the place of the other or side by side, or the whole group.

    Both are seen at the same zoom and place. At their whole size the keys that look around lead to
    other files and groups.
    """

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.MARK, Scope.VIEW, Scope.UNDO, Scope.PICTURE, Scope.FILE)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, comparison: ShownPair, *, gallery: bool = False) -> None:
        super().__init__()
        self.comparison = comparison
        self.pictures = PairPictures(self, spells_marks=True)
        self.mover = FileMover(self)
        self.comparer = PairComparer(self)
        self.mark_commands = MarkCommands(self, RangeCommands(self), self.comparer)
        self.accept_commands = AcceptCommands(self, self.comparer)
        self.decide_commands = DecideCommands(self, self.comparer, self._expect_decided)
        self.undo_commands = UndoCommands(self, self.mover)
        self.picture_commands = PictureCommands(self)
        self.file_commands = FileCommands(self)
        self._several = False
        self._gallery = gallery
        self._file = comparison.file
        self._decided = False

    def handlers(self) -> Handlers:
        """Return the commands of the view; the keys that open it or show two pictures mean their own here."""
        return {
            **super().handlers(),
            **self.mark_commands.handlers(),
            **self.accept_commands.handlers(),
            **self.decide_commands.handlers(),
            **self.undo_commands.handlers(),
            **self.picture_commands.handlers(),
            **self.file_commands.handlers(),
            "full_view": self._back,
            "side_by_side": self._side_by_side,
            "gallery": self._turn_gallery,
            "zoom_in": partial(self._scale, 2),
            "zoom_out": partial(self._scale, 0.5),
            "zoom_reset": self._zoom_reset,
            "pan_left": partial(self._look_around, -1, 0),
            "pan_right": partial(self._look_around, 1, 0),
            "pan_up": partial(self._look_around, 0, -1),
            "pan_down": partial(self._look_around, 0, 1),
            "back": self._back,
        }

    def compose_body(self) -> ComposeResult:
        """Yield pictures and reasons."""
        look, link = self.app.look, self.link
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
        say_progress(self)
        self.comparer.say_progress()
        self.show_pictures()

    def show_pictures(self) -> None:
        """Show the pair, and in the title which group this is."""
        if self.comparison.group is None:
            return
        self._file = self.comparison.file
        self.pictures.show()
        self.show_title()

    def show_cursor(self, before: ListPosition) -> None:
        """Show the file under the cursor, which was elsewhere ``before``."""
        self.show_pictures()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return which group this is and the zoom."""
        session, zoom = self.session, self.zoom
        place = f" {session.cursor.position + 1}/{len(session.rows)}"
        scale = f" {zoom.scale:g}x" if zoom.scale > 1 else ""
        here = [(scale, "notice"), (place, "strong")]
        marked, difference = self.mark_commands.title_state(), self.picture_commands.title_state()
        return [*super().title_state(), *here, *marked, *difference]

    @property
    def file_path(self) -> bytes:
        """The absolute path of the file under the cursor, which is shown."""
        return self.session.path_of(self.comparison.file)

    @property
    def zoom(self) -> Zoom:
        """How close the pictures of this group are looked at."""
        return self.comparison.zoom

    def pane_count(self, members: int) -> int:
        """Return how many pictures are shown: one, the pair, or as many of the group as there is room for."""
        if self._gallery:
            return min(tiles_in(self.panes.size.width, self.panes.size.height), members)
        return 2 if self._several else 1

    def _side_by_side(self) -> None:
        """Show one picture, or the pair side by side; from the whole group always the pair."""
        self._several = self._gallery or not self._several
        self._gallery = False
        self.show_pictures()

    def _turn_gallery(self) -> None:
        """Show the whole group, or the pair again."""
        self._gallery = not self._gallery
        self.show_pictures()

    def _scale(self, factor: float) -> None:
        """Look closer, or step back."""
        self._use(self.zoom.scaled(factor))

    def _zoom_reset(self) -> None:
        """Show the whole picture."""
        self._use(Zoom())

    def _back(self) -> None:
        """Stop the files that move, or the pairs that are compared, or go back to the groups."""
        if not (self.mover.stop() or self.comparer.stop()):
            self.dismiss()

    def next_group(self) -> None:
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

    def _expect_decided(self, expected: bool) -> None:
        """Look at the groups next that a decision leaves, instead of closing with the one that was shown."""
        self._decided = expected

    @on(PreviewPanes.Resized)
    def _resized(self) -> None:
        self.show_pictures()

    def _look_around(self, right: int, down: int) -> None:
        """Look further to a side; at the whole picture go to another group or file instead."""
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
