"""The full-screen view: one picture as large as the terminal, with zoom and flipping in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from dpm_tui.names import display_name
from dpm_tui.tui.commands import Scope
from dpm_tui.tui.group_lines import letter
from dpm_tui.tui.screens.base import DpmScreen, bindings_for
from dpm_tui.tui.screens.file_commands import FileCommands
from dpm_tui.tui.widgets.picture import Picture
from dpm_tui.tui.zoom import Zoom


class ViewScreen(FileCommands, DpmScreen):
    """Shows one file of a group; the counterpart is one key away, at the same zoom and place."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.VIEW, Scope.PICTURE, Scope.FILE)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(self, file: int) -> None:
        super().__init__()
        self.shown = file
        self.zoom = Zoom()

    def compose_body(self) -> ComposeResult:
        """Lay out the picture."""
        self.picture = Picture(self.app.look, self.app.link.thumbnail, self.app.link.picture)
        yield self.picture

    def show_session(self) -> None:
        """Show the file, or leave where it is gone."""
        if self.shown not in self.session.library.files:
            self.dismiss()
            return
        super().show_session()
        self.picture.show(self.shown, self.zoom)

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return which file this is and the zoom."""
        files, group = self.session.library.files, self.session.marks.group_of(self.shown)
        mark = self.session.marks.mark_of(self.shown)
        name = f" {display_name(files[self.shown].name)}"
        scale = f" {self.zoom.scale:g}x " if self.zoom.scale > 1 else ""
        state = [(letter(group.members.index(self.shown)), "key"), (name, "strong"), (scale, "notice")]
        return [*super().title_state(), *state, (f" {mark.value}" if mark else "", "doubt")]

    @property
    def file_id(self) -> int:
        """The file that is shown."""
        return self.shown

    def do_flip(self) -> None:
        """Show the counterpart at the same place."""
        self.shown = self.session.counterpart(self.shown)
        self.show_session()

    def do_side_by_side(self) -> None:
        """Go back to the groups, where pictures stand side by side."""
        self.dismiss()

    def do_difference(self) -> None:
        """Show in red where the picture differs from its counterpart."""
        pair = self.session.pair(self.shown, self.session.counterpart(self.shown))
        self.picture.toggle_difference(pair.differs if pair else b"")

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
        """Look further left."""
        self._use(self.zoom.panned(-1, 0))

    def do_pan_right(self) -> None:
        """Look further right."""
        self._use(self.zoom.panned(1, 0))

    def do_pan_up(self) -> None:
        """Look further up."""
        self._use(self.zoom.panned(0, -1))

    def do_pan_down(self) -> None:
        """Look further down."""
        self._use(self.zoom.panned(0, 1))

    def do_back(self) -> None:
        """Back to the groups."""
        self.dismiss()

    def _use(self, zoom: Zoom) -> None:
        self.zoom = zoom
        self.show_session()
