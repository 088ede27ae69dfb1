"""The groups screen: the groups with their files, the pictures, and the reasons to keep or remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from dpm_tui.locale import translate
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.list_layout import ListPosition
from dpm_tui.tui.command_table import Scope
from dpm_tui.tui.lines.group_lines import GroupLines
from dpm_tui.tui.lines.kind_lines import kind_line
from dpm_tui.tui.pictures.zoom import Zoom
from dpm_tui.tui.previews.preview_panes import PreviewPanes, panes_for
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.pair_comparer import PairComparer
from dpm_tui.tui.screens.base.pair_pictures import PairPictures
from dpm_tui.tui.screens.base.part_commands import turn_protection
from dpm_tui.tui.screens.base.screen import ListScreen, bindings_for
from dpm_tui.tui.screens.commands.accept_commands import AcceptCommands
from dpm_tui.tui.screens.commands.apply_commands import ApplyCommands
from dpm_tui.tui.screens.commands.decide_commands import DecideCommands
from dpm_tui.tui.screens.commands.file_commands import FileCommands
from dpm_tui.tui.screens.commands.file_mover import FileMover, say_progress
from dpm_tui.tui.screens.commands.find_commands import FindCommands
from dpm_tui.tui.screens.commands.mark_commands import MarkCommands
from dpm_tui.tui.screens.commands.picture_commands import PictureCommands
from dpm_tui.tui.screens.commands.plan_maker import PlanMaker
from dpm_tui.tui.screens.commands.range_commands import RangeCommands
from dpm_tui.tui.screens.commands.search_commands import SearchCommands
from dpm_tui.tui.screens.commands.split_commands import SplitCommands
from dpm_tui.tui.screens.commands.suggest_commands import SuggestCommands
from dpm_tui.tui.screens.commands.undo_commands import UndoCommands
from dpm_tui.tui.session.kind_walk import KindWalk
from dpm_tui.tui.session.shown_pair import ShownPair
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.review_layout import ReviewContainer
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.text_lines import TextLines


class GroupsScreen(ListScreen):
    """Review: mark now, apply later."""

    NAME: ClassVar = "groups"
    SCOPES: ClassVar = (Scope.MARK, Scope.GROUPS, Scope.UNDO, Scope.PICTURE, Scope.FILE, Scope.LIST)
    BINDINGS: ClassVar = bindings_for(*SCOPES)
    HINTS: ClassVar = ("tui.hint_mark", "tui.hint_look", "tui.hint_rule")
    MARKS: ClassVar = "toggle"
    OPENS: ClassVar = "full_view"

    def __init__(self) -> None:
        super().__init__()
        self._shown: Library | None = None
        self.pictures = PairPictures(self)
        self.mover = FileMover(self, lists_left=True)
        self.plans = PlanMaker(self)
        self.ranges = RangeCommands(self)
        self.find_commands = FindCommands(self)
        self.search_commands = SearchCommands(self)
        self.comparer = PairComparer(self)
        self.mark_commands = MarkCommands(self, self.ranges, self.comparer)
        self.accept_commands = AcceptCommands(self, self.comparer)
        self.suggest_commands = SuggestCommands(self, self.comparer)
        self.decide_commands = DecideCommands(self, self.comparer)
        self.split_commands = SplitCommands(self, self.comparer)
        self.apply_commands = ApplyCommands(self, self.plans, self.mover)
        self.undo_commands = UndoCommands(self, self.mover)
        self.picture_commands = PictureCommands(self)
        self.file_commands = FileCommands(self)

    def handlers(self) -> Handlers:
        """Return the commands of the review."""
        return {
            **super().handlers(),
            **self.list_commands.handlers(),
            **self.ranges.handlers(),
            **self.find_commands.handlers(),
            **self.search_commands.handlers(),
            **self.mark_commands.handlers(),
            **self.accept_commands.handlers(),
            **self.suggest_commands.handlers(),
            **self.decide_commands.handlers(),
            **self.split_commands.handlers(),
            **self.apply_commands.handlers(),
            **self.undo_commands.handlers(),
            **self.picture_commands.handlers(),
            **self.file_commands.handlers(),
            "protect_here": self._protect_here,
            "next_group": self.next_group,
            "previous_group": self._previous_group,
            "back": self._back,
        }

    def compose_body(self) -> ComposeResult:
        """Yield list, pictures and reasons."""
        look = self.app.look
        self.comparison = ShownPair(self.session)
        self.walk = KindWalk(self.session)
        self.rows = RowList(GroupLines(self.session, look).draw, look, id="groups")
        self.panes = PreviewPanes(look, self.link.thumbnail, self.app.delays)
        self.reasons = TextLines(id="reasons", fills=True)
        self.empty = TextLines(id="empty")
        self.kinds = TextLines(id="kinds", height=1)
        yield self.empty
        yield self.kinds
        listed = Panel(look, "tui.screen_groups", self.rows, active=True)
        yield ReviewContainer(listed, self.panes, Panel(look, "tui.panel_reasons", self.reasons))

    def show_session(self) -> None:
        """Show the groups, or say why there are none."""
        super().show_session()
        say_progress(self)
        self.comparer.say_progress()
        session = self.session
        self.set_class(not len(session.rows), "-empty")
        self.empty.show([[], [(f" {self._why_empty()}", self.app.look["notice"])]])
        # What a run adds above the cursor must not push it away from under the eyes.
        grown = self._shown is not None and session.library is not self._shown
        if self._shown is None and not self.link.is_placed:
            # Groups came above the first ones while nobody looked at any.
            session.cursor = ListPosition(0, 0)
        self._shown = session.library
        self.rows.show(session.rows.height, self._cursor_line(), steady=grown)
        self.show_pictures()
        if session.notice and not self.prompt.busy:
            self.prompt.say(self.prompt.fitting(*session.notice))
            session.notice = ()

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return where the cursor is and what is marked."""
        session = self.session
        state = [*super().title_state()]
        if len(session.rows):
            state.append((f" {session.cursor.position + 1}/{len(session.rows)}", "strong"))
        state += [*self.mark_commands.title_state(), *self.picture_commands.title_state()]
        if session.new_groups:
            state.append((f"  {translate('tui.new_groups', count=session.new_groups)}", "notice"))
        if (span := session.span) is not None:
            state.append((f"  {translate('tui.range_files', count=len(span))}", "strong"))
        if session.filter.words:
            state.append((f"  /{session.filter.text}", "notice"))
        if session.hides_reviewed:
            state.append((f"  {translate('tui.only_unreviewed')}", "notice"))
        if self._has_room_for_list_only and len(session.rows):
            state.append((f"  {translate('tui.too_small')}", "dim"))
        return state

    def move_lines(self, lines: int) -> None:
        """Move the cursor by so many files; pages move by lines."""
        before = self.session.cursor
        if abs(lines) == 1:
            self.session.move(lines)
        else:
            self.session.move_to_line(self._cursor_line() + lines)
        self.show_cursor(before)

    def pick(self, line: int) -> None:
        """Put the cursor where the mouse was clicked."""
        before = self.session.cursor
        self.session.move_to_line(line)
        self.show_cursor(before)

    def show_cursor(self, before: ListPosition) -> None:
        """Show the cursor, repainting only the lines that it leaves and enters."""
        session = self.session
        if not len(session.rows):
            return
        places = (ListPosition(place.position, -1) for place in (before, session.cursor))
        headings = [session.rows.line(place) for place in places if place.position < len(session.rows)]
        place = session.cursor
        lead = 1 if place.member == 0 else 0
        tail = len(session.rows.group(place.position).members) - 1 - place.member
        if session.anchor:
            self.rows.renew()
        self.rows.move_to(self._cursor_line(), lead=lead, tail=tail, also=headings)
        self.show_title()
        self.show_pictures()

    def show_marks(self) -> None:
        """Show changed marks of the lines on the screen, and the counts."""
        self.rows.renew()
        self.show_title()
        self.keys_line.renew()
        self.show_pictures()

    def next_group(self) -> None:
        """To the next group."""
        before = self.session.cursor
        self.session.move_group(1)
        self.show_cursor(before)

    def _previous_group(self) -> None:
        """To the group before."""
        before = self.session.cursor
        self.session.move_group(-1)
        self.show_cursor(before)

    def show_pictures(self) -> None:
        """Show the pictures and reasons for the cursor, and which kind of group it is on."""
        self.kinds.show([kind_line(self.walk.steps, self.walk.kind, self.size.width, self.app.look)])
        self.pictures.show()

    def pane_count(self, members: int) -> int:
        """Return how many pictures are shown of a group with so many: as many as there is room for."""
        return panes_for(self.app.size.width, members, toggled=self.comparison.toggled)

    @property
    def zoom(self) -> Zoom:
        """Pictures are seen whole here."""
        return Zoom()

    @property
    def file_path(self) -> bytes:
        """The absolute path of the file under the cursor."""
        return self.session.path_of(self.session.file_id)

    async def _protect_here(self) -> None:
        """Protect the folder of the file under the cursor, or no longer."""
        session = self.session
        folder = session.library.files[session.file_id].folder
        await turn_protection(self, folder, covered=session.marks.is_protected(session.file_id))

    @on(PreviewPanes.Resized)
    def _resized(self) -> None:
        self.show_pictures()

    @property
    def _has_room_for_list_only(self) -> bool:
        """Whether the terminal is too small for pictures, whatever hides them now."""
        return self.has_class("-tiny") or self.has_class("-short")

    def _back(self) -> None:
        """Stop what is under way: the search for a plan, files that move, pairs that are compared; or end the
        range, dismiss a hint, or take the filter away."""
        stops = (
            self.plans.stop,
            self.mover.stop,
            self.comparer.stop,
            self.ranges.end,
            self.hint_line.dismiss,
        )
        if not any(stop() for stop in stops):
            self.find_commands.drop_filter()

    def _cursor_line(self) -> int:
        return self.session.rows.line(self.session.cursor) if len(self.session.rows) else 0

    def _why_empty(self) -> str:
        session = self.session
        if session.filter.words:
            return translate("tui.filter_hides_all", filter=session.filter.text)
        if session.hides_reviewed and session.library.groups:
            return translate("tui.all_reviewed")
        if session.running or not session.review.known:
            return translate("tui.groups_not_yet")
        return translate("tui.no_groups" if session.status.pictures else "tui.no_pictures")
