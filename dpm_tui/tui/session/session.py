"""The session: everything the screens show, as plain data without a widget."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.locale import translate
from dpm_tui.review.history.review_record import NOWHERE, View, identity
from dpm_tui.review.library.filter import Filter, FilterError, not_passed, parse_filter, reviewed
from dpm_tui.review.library.group_links import counterpart
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.list_layout import ListLayout, ListPosition, ListRange
from dpm_tui.review.library.sort import Sorting
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.rules.reclaimable_parts import ReclaimablePart
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.review.rules.rule import Rule
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.saved_review import Restored
from dpm_tui.state.config import Config
from dpm_tui.tui.session.bin_list import BinList
from dpm_tui.tui.session.freed_space import FreedSpace
from dpm_tui.tui.session.move_outcomes import OUTCOMES, Outcome, Tally
from dpm_tui.tui.session.recent_input import RecentInput
from dpm_tui.tui.session.run_history import RunHistory
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import BatchProgress, LogLine, RunStatus, Welcome


class Link(Enum):
    """How the app stands with its worker."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


LOG_LINES = 2000


@dataclass
class Session:
    """What is on the screens and under the cursor.

    With ``hides_reviewed`` groups that were passed and marked ones are not shown.
    ``wanted`` is what was looked for last.
    ``asked_run`` is the last run whose missing files the user was asked about.
    ``anchor`` is the file at which a range of lines begins that ends at the cursor, 0 if there is none.
    ``notice`` says something about the marks once where they are shown: wordings, the shortest last.
    ``batch`` is how far the files are that move just now, ``stopping`` whether they were told to stop,
    ``outcomes`` what became of those that did, ``tally`` what of it lies in the bin.
    ``waiting`` is a newer library of a run that goes on, not shown yet, with so many ``new_groups``.
    ``comparing`` is how many pairs are being compared for a keeper.
    ``recent_commands`` are those that were chosen in the palette, newest first.
    """

    root: bytes = b""
    link: Link = Link.CONNECTING
    trouble: str = ""
    welcome: Welcome | None = None
    status: RunStatus = field(default_factory=RunStatus)
    history: RunHistory = field(default_factory=RunHistory)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    review: Review = field(default_factory=Review)
    _freed: FreedSpace = field(default_factory=FreedSpace)
    hides_reviewed: bool = False
    filter: Filter = field(default_factory=Filter)
    wanted: Filter = field(default_factory=Filter)
    sorting: Sorting = field(default_factory=Sorting)
    rows: ListLayout = field(default_factory=lambda: ListLayout(Library(), ()))
    cursor: ListPosition = field(default_factory=lambda: ListPosition(0, 0))
    bin: BinList = field(default_factory=BinList)
    anchor: int = 0
    notice: tuple[str, ...] = ()
    asked_run: int = 0
    batch: BatchProgress | None = None
    stopping: bool = False
    comparing: int = 0
    outcomes: deque[Outcome] = field(default_factory=lambda: deque(maxlen=OUTCOMES))
    tally: Tally = field(default_factory=Tally)
    waiting: Library | None = None
    new_groups: int = 0
    recent_commands: list[str] = field(default_factory=list)
    recent: RecentInput = field(default_factory=RecentInput)

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.review.config

    @property
    def library(self) -> Library:
        """The groups that were found, with the keepers of the rule in force."""
        return self.review.library

    @property
    def marks(self) -> Marks:
        """The marks of their files."""
        return self.review.marks

    @property
    def rule(self) -> Rule:
        """The rule in force."""
        return self.review.rule

    @property
    def running(self) -> bool:
        """Whether a run is going or paused."""
        return self.status.phase in ("running", "paused")

    @property
    def must_ask_missing(self) -> bool:
        """Whether files are missing and the user was not asked about them in this run."""
        status, welcome = self.status, self.welcome
        if self.link is not Link.CONNECTED or welcome is None or not welcome.reviewer:
            return False
        return status.attention == "mount_guard" and status.run not in (0, self.asked_run)

    @property
    def view_only(self) -> str:
        """Why nothing may be moved: the key of a sentence, or empty."""
        return self.welcome.view_only if self.welcome is not None else ""

    @property
    def group(self) -> Group | None:
        """The group under the cursor."""
        return self.rows.group(self.cursor.position) if len(self.rows) else None

    @property
    def open_groups(self) -> list[int]:
        """The numbers of the groups shown that were not passed."""
        return not_passed(self.library, self.rows.numbers, self.review.passed)

    @property
    def file(self) -> ImageFile | None:
        """The file under the cursor."""
        group = self.group
        return self.library.files[group.members[self.cursor.member]] if group else None

    @property
    def file_id(self) -> int:
        """The id of the file under the cursor; there must be one."""
        file = self.file
        assert file is not None
        return file.id

    def path_of(self, file: int) -> bytes:
        """Return the absolute path of a file."""
        return os.path.join(self.root, self.library.files[file].path)

    def follow_run(self, status: RunStatus) -> None:
        """Take over the newest status of the run."""
        self.status = status
        if self.history.run != status.run:
            self.history = RunHistory(status.run)
        self.history.note(status)

    def counterpart(self, file: int) -> int:
        """Return the member that a file is held against: one that stays, or else one that goes."""
        return counterpart(self.library, self.marks.group_of(file), file, self.marks.removed)

    @property
    def freeable(self) -> ReclaimableSpace:
        """What the rule in force would free in all groups."""
        return self._freed.by_rule(self.review)

    @property
    def parts(self) -> tuple[ReclaimablePart, ...]:
        """What lies beside the keepers, by kind and by folder."""
        return self._freed.parts(self.review)

    def adopt_config(self, config: Config) -> None:
        """Use new settings: keepers follow another rule at once, newly protected files lose their marks."""
        here = self.file
        if self.review.adopt_config(config):
            self._lay_out(here)

    def appoint_reviewer(self, reviewer: bool) -> None:
        """Let this app move files, or not: only one at a time may."""
        if self.welcome is not None:
            self.welcome = replace(self.welcome, reviewer=reviewer)

    def adopt_library(self, library: Library) -> None:
        """Show a newer library; marks stay by file, the cursor by file or else by place."""
        here, self.waiting, self.new_groups = self.file, None, 0
        self.review.adopt_library(library)
        self._lay_out(here)
        if self.marks.changed:
            self.notice = (translate("tui.marks_changed", count=self.marks.changed),)

    def hold(self, library: Library, new_groups: int) -> None:
        """Let a newer library wait until it is asked for: somebody looks at the groups."""
        self.waiting, self.new_groups = library, new_groups

    def show_waiting(self) -> bool:
        """Show the library that waits, if there is one, and tell whether there was."""
        if self.waiting is None:
            return False
        self.adopt_library(self.waiting)
        return True

    def look(self, before: View) -> View:
        """Return what is looked at."""
        place = identity(self.file) if self.file is not None else NOWHERE
        return replace(before, place=place, filter=self.filter.text, sorting=self.sorting)

    def resume(self, restored: Restored) -> None:
        """Go to the place of last time and say what is marked."""
        view, words = restored.view, []
        if view is not None and restored.first:
            with suppress(FilterError):  # another version may have known other words
                self.filter = parse_filter(view.filter)
            self.sorting = view.sorting
            self.lay_out()
            self.go_to_file(self.library.file_at(view.place[0]))
        if self.filter.words and restored.first:
            values = {"shown": len(self.rows), "total": len(self.library.groups)}
            words.append(translate("tui.filter_remembered", filter=self.filter.text, **values))
        if view is not None and self.marks.removed:
            count, size = len(self.marks.removed), long_size(self.marks.size)
            words.append(translate("tui.marks_restored", count=count, size=size))
        if restored.changed:
            words.append(translate("tui.marks_changed", count=restored.changed))
        if restored.damaged:
            words.append(translate("tui.marks_damaged"))
        if words:
            self.notice = (" ".join(words), *reversed(words))

    def lay_out(self) -> None:
        """Filter and sort the groups anew; the cursor stays on its file where that is still shown."""
        self._lay_out(self.file)

    @property
    def filtered(self) -> set[str]:
        """The ids of the groups that the filter leaves, whether they are hidden as reviewed or not."""
        library = self.library
        return {library.groups[number].id for number in self.filter.choose(library, self.review.progress)}

    def _lay_out(self, here: ImageFile | None) -> None:
        numbers = self.review.choose(self.filter, self.sorting)
        if self.hides_reviewed and numbers:
            done = reviewed(self.library.columns, self.review.progress)
            numbers = [number for number in numbers if not done[number]]
        position = self.cursor.position
        self.rows = ListLayout(self.library, numbers)
        self.cursor = ListPosition(min(position, max(len(numbers) - 1, 0)), 0)
        if here is not None:
            self.go_to_file(here.id)

    def go_to_file(self, file: int) -> bool:
        """Put the cursor on a file if it is shown, and tell whether it is."""
        if file not in self.library.files:
            return False
        group = self.marks.group_of(file)
        position = self.rows.position_of(self.library.number_of(file))
        if position is not None:
            self.cursor = ListPosition(position, group.members.index(file))
        return position is not None

    @property
    def span(self) -> ListRange | None:
        """The files from the anchor to the cursor."""
        if not (self.anchor and self.library.has(self.anchor)):
            return None
        position = self.rows.position_of(self.library.number_of(self.anchor))
        if position is None:
            return None
        start = ListPosition(position, self.rows.group(position).members.index(self.anchor))
        return ListRange.between(self.rows, start, self.cursor)

    def seek(self, wanted: Filter, position: int, step: int) -> int | None:
        """Return the position of the next group shown that fits, from ``position`` on and round the end.

        ``step`` is 1 or -1. None where none fits.
        """
        fitting = set(wanted.choose(self.library, self.review.progress))
        count = len(self.rows)
        ahead = ((position + step * far) % count for far in range(count))
        return next((place for place in ahead if self.rows.numbers[place] in fitting), None)

    def move(self, files: int) -> None:
        """Move the cursor by so many files."""
        self.cursor = self.rows.step(self.cursor, files)

    def move_group(self, groups: int) -> None:
        """Move the cursor to the first file of another group."""
        last = max(len(self.rows) - 1, 0)
        self.cursor = ListPosition(min(max(self.cursor.position + groups, 0), last), 0)

    def move_to_line(self, line: int) -> None:
        """Move the cursor to the file on a line of the list, or the first one below a heading."""
        if len(self.rows):
            place = self.rows.place(min(max(line, 0), self.rows.height - 1))
            self.cursor = ListPosition(place.position, max(place.member, 0))
