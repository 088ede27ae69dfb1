"""The session: everything the screens show, as plain data without a widget."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.locale import translate
from dpm_tui.recycle.results import BatchResult
from dpm_tui.review.history.mark_history import Step
from dpm_tui.review.history.reviewed_groups import ReviewedGroups
from dpm_tui.review.library.filter import Filter, Progress, reviewed
from dpm_tui.review.library.group_links import counterpart
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.list_layout import ListLayout, ListPosition, ListRange
from dpm_tui.review.library.sort import Sorting, sort_groups
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.plan import Plan, Unjustified, plan_marks
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.presets import criteria_of
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace, find_reclaimable
from dpm_tui.review.rules.rule import OWN, Rule, find_rule, protect_folders
from dpm_tui.state.config import Config
from dpm_tui.tui.session.bin_list import BinList
from dpm_tui.tui.session.move_outcomes import OUTCOMES, Outcome, Tally
from dpm_tui.tui.session.run_history import RunHistory
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

    ``library`` has the groups that were found, with the keepers of the rule in force.
    ``passing`` knows the groups that were left as they are on purpose; with ``hides_reviewed``
    those and the marked ones are not shown. ``wanted`` is what was looked for last.
    ``asked_run`` is the last run whose missing files the user was asked about.
    ``anchor`` is the file at which a range of lines begins that ends at the cursor, 0 if there is none.
    ``notice`` says something about the marks once where they are shown: wordings, the shortest last.
    ``batch`` is how far the files are that move just now, ``stopping`` whether they were told to stop,
    ``outcomes`` what became of those that did, ``tally`` what of it lies in the bin.
    ``recent_commands`` are those that were chosen in the palette, newest first.
    """

    root: bytes = b""
    link: Link = Link.CONNECTING
    trouble: str = ""
    welcome: Welcome | None = None
    config: Config = field(default_factory=Config)
    status: RunStatus = field(default_factory=RunStatus)
    history: RunHistory = field(default_factory=RunHistory)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    library: Library = field(default_factory=Library)
    _found: Library = field(default_factory=Library)
    library_known: bool = False
    _freeable: tuple[Library, object, ReclaimableSpace] | None = None
    passing: ReviewedGroups = field(default_factory=ReviewedGroups)
    hides_reviewed: bool = False
    marks: Marks = field(default_factory=lambda: Marks(Library()))
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
    outcomes: deque[Outcome] = field(default_factory=lambda: deque(maxlen=OUTCOMES))
    tally: Tally = field(default_factory=Tally)
    recent_commands: list[str] = field(default_factory=list)

    @property
    def passed(self) -> set[str]:
        """The ids of the groups that were left as they are on purpose."""
        return self.passing.groups

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
    def rule(self) -> Rule:
        """The rule in force; the groups' keepers follow its order already."""
        return find_rule(OWN, self.config.presets, self.config.keeper).settled

    @property
    def freeable(self) -> ReclaimableSpace:
        """What the rule in force would free in all groups."""
        config, library = self.config, self.library
        key = (config.keeper, config.presets, config.protected)
        if self._freeable is None or self._freeable[0] is not library or self._freeable[1] != key:
            found = find_reclaimable(library, self.rule, protect_folders(config.protected))
            self._freeable = library, key, found
        return self._freeable[2]

    @property
    def criteria(self) -> tuple[Word, ...]:
        """What the rule in force looks at, in order."""
        return criteria_of(self.config.keeper)

    def adopt_config(self, config: Config) -> None:
        """Use new settings: keepers follow another rule at once, newly protected files lose their marks."""
        before, self.config = self.config, config
        if (before.protected, before.keeper) != (config.protected, config.keeper):
            self._adopt(self._found)

    def appoint_reviewer(self, reviewer: bool) -> None:
        """Let this app move files, or not: only one at a time may."""
        if self.welcome is not None:
            self.welcome = replace(self.welcome, reviewer=reviewer)

    def adopt_library(self, library: Library) -> None:
        """Show a newer library; marks stay by file, the cursor by file or else by place."""
        self._found = library
        self.library_known = True
        self._adopt(library)
        if self.marks.changed:
            self.notice = (translate("tui.marks_changed", count=self.marks.changed),)

    def _adopt(self, found: Library) -> None:
        """Show what was found with the keepers of the rule in force."""
        here, config = self.file, self.config
        protected = protect_folders(config.protected)
        self.library = select_keepers(found, find_rule(OWN, config.presets, config.keeper), protected)
        self.marks = self.marks.rebase(self.library, protected)
        self._lay_out(here)

    def lay_out(self) -> None:
        """Filter and sort the groups anew; the cursor stays on its file where that is still shown."""
        self._lay_out(self.file)

    @property
    def _progress(self) -> Progress:
        return Progress(self.marks.removed, self.marks.kept, self.passed)

    @property
    def filtered(self) -> set[str]:
        """The ids of the groups that the filter leaves, whether they are hidden as reviewed or not."""
        library = self.library
        return {library.groups[number].id for number in self.filter.choose(library, self._progress)}

    def _lay_out(self, here: ImageFile | None) -> None:
        numbers = self.filter.choose(self.library, self._progress)
        if self.hides_reviewed and numbers:
            done = reviewed(self.library.columns, self._progress)
            numbers = [number for number in numbers if not done[number]]
        position = self.cursor.position
        self.rows = ListLayout(self.library, sort_groups(self.library, numbers, self.sorting))
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
        fitting = set(wanted.choose(self.library, self._progress))
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

    def follow(self, step: Step[int]) -> None:
        """Put the cursor where an action was undone or done again."""
        for id_, *_ in step.changes[:1]:
            self.go_to_file(id_)

    def settle(self, gone: Iterable[int], result: BatchResult) -> None:
        """Take note that marked files were moved to the bin."""
        self.marks.note_move(gone)
        self.tally.add(result)

    def plan(self) -> tuple[Plan, list[Unjustified]]:
        """Return the moves that the marks amount to."""
        return plan_marks(self.library, self.marks)
