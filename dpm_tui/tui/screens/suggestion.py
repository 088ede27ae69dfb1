"""The suggestion: every file that the rule would mark, the weakest pair first, with pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.suggestion import Suggestion
from dpm_tui.text_format import similarity
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.lines.reason_lines import fit_lines, reason_lines
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.cursor_list import CursorListScreen
from dpm_tui.tui.screens.base.move_pictures import MovePictures
from dpm_tui.tui.screens.base.screen import DpmScreen, bindings_for
from dpm_tui.tui.screens.commands.file_commands import FileCommands
from dpm_tui.tui.terminal.cell_text import Part, cut_start, pad
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.review_layout import ReviewContainer
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines
from dpm_tui.units import long_size


class SuggestionScreen(CursorListScreen):
    """Lies over the groups, its ``opener``; nothing is marked until this is left with ``accept``."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.SUGGESTION, Scope.FILE, Scope.LIST)
    CLOSES: ClassVar = True
    BINDINGS: ClassVar = bindings_for(*SCOPES)

    def __init__(
        self, suggestion: Suggestion, opener: DpmScreen, accept: Callable[[Suggestion], None]
    ) -> None:
        super().__init__()
        self.file_commands = FileCommands(self)
        self.suggestion = suggestion
        self.opener = opener
        self._accept = accept
        self.files = list(suggestion.similarities)
        self._marks = opener.session.marks

    def handlers(self) -> Handlers:
        """Return the commands of the suggestion."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            **self.file_commands.handlers(),
            "accept_shown": self._accept_shown,
            "leave_out": self._leave_out,
            "back": self._drop,
        }

    def compose_body(self) -> ComposeResult:
        """Yield list, pictures and reasons as on the groups screen."""
        look = self.app.look
        self.group_lines = GroupLines(self.session, look)
        self.rows = RowList(self._draw, look)
        self.panes = PreviewPanes(look, self.link.thumbnail, self.app.delays)
        self.reasons = TextLines(id="reasons", fills=True)
        listed = Panel(look, "tui.scope_suggestion", self.rows, active=True)
        yield ReviewContainer(listed, self.panes, Panel(look, "tui.panel_reasons", self.reasons))

    def show_session(self) -> None:
        """Show what would be marked; a change of the library makes the suggestion void."""
        if self._marks is not self.session.marks:
            self._leave(translate("rules.suggestion_void"))
            return
        super().show_session()
        self.show_list()

    @property
    def line_count(self) -> int:
        """How many files would be marked."""
        return len(self.files)

    @on(PreviewPanes.Resized)
    def show_line(self) -> None:
        """Show the file under the cursor beside the one that stays, with the reasons."""
        if self._marks is not self.session.marks:
            return
        session, file = self.session, self.file_id
        kept = self.suggestion.kept[file]
        MovePictures(session, self.app.look, self.panes).show_pair(file, kept)
        files, pair = session.library.files, session.library.pair(file, kept)
        room = max(self.reasons.size.width - 1, 20)
        lines = reason_lines(files[file], files[kept], pair, session.review.criteria, room, self.app.look)
        self.reasons.show(fit_lines(lines, self.reasons.size.height, room, self.app.look))

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return files, bytes and weakest similarity of the suggestion."""
        shown = self.suggestion
        values = {"size": long_size(shown.size), "weakest": similarity(shown.weakest)}
        words = translate("rules.suggestion_title", count=shown.files, **values)
        return [*super().title_state(), (f" {words}", "remove")]

    def _accept_shown(self) -> None:
        """Mark every file listed, as one step that one undo takes back."""
        self.dismiss()
        self.opener.call_after_refresh(self._accept, self.suggestion)

    def _leave_out(self) -> None:
        """Leave the file under the cursor unmarked."""
        file = self.files.pop(self.cursor)
        members = self.session.marks.group_of(file).members
        self.suggestion = self.suggestion.without(file, members)
        if not self.files:
            self._leave(translate("rules.suggestion_emptied"))
            return
        self.rows.refresh()
        self.show_session()
        self.prompt.say(translate("rules.suggestion_left_out", count=self.suggestion.files))

    def _drop(self) -> None:
        """Back to the groups; nothing is marked."""
        self._leave(translate("rules.suggestion_dropped"))

    @property
    def file_id(self) -> int:
        """The file that would go."""
        return self.files[self.cursor]

    @property
    def file_path(self) -> bytes:
        """The absolute path of the file that would go."""
        return self.session.path_of(self.file_id)

    def _leave(self, words: str) -> None:
        if self.is_current:
            self.dismiss()
            self.opener.say_soon(words)

    def _draw(self, line: int, width: int) -> list[Part]:
        if line >= len(self.files):
            return []
        look, file = self.app.look, self.files[line]
        pair = self.session.library.pair(file, self.suggestion.kept[file])
        kind = Kind.COPY if pair is None else pair.kind
        kind_width = max(cell_len(translate(f"tui.kind_{each.value}")) for each in Kind)
        right = f" {similarity(self.suggestion.similarities[file])}  "
        room = width - kind_width - cell_len(right) - 4
        path = cut_start(display_name(self.session.library.files[file].path), room)
        return [
            (" - ", look["remove"]), (pad(path, room), look["text"]), (right, look["strong"]),
            (pad(translate(f"tui.kind_{kind.value}"), kind_width), look.kind(kind)), (" ", look["text"]),
        ]  # fmt: skip
