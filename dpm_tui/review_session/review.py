"""The review: the groups with the keepers of the rule in force, their marks, and what was passed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dpm_tui.catalog.group import Group, pair_key
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.history.rebase import Adopted
from dpm_tui.review.history.review_record import Listener
from dpm_tui.review.history.reviewed_groups import ReviewedGroups
from dpm_tui.review.library.filter import Filter, Progress
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.sort import Sorting, sort_groups
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.plan import Plan, Unjustified, plan_marks
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.keeper_selection import find_lacking, select_keepers
from dpm_tui.review.rules.presets import criteria_of
from dpm_tui.review.rules.rule import OWN, Rule, find_rule, protect_folders
from dpm_tui.state.config import Config


class Review:
    """Follows libraries and settings; marks stay by file. ``known`` tells that a library has come."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.library = Library()
        self.marks = Marks(self.library)
        self.passing = ReviewedGroups()
        self.known = False
        self._found = Library()

    @property
    def rule(self) -> Rule:
        """The rule in force; the groups' keepers follow its order already."""
        return self._rule.settled

    @property
    def criteria(self) -> tuple[Word, ...]:
        """What the rule in force looks at, in order."""
        return criteria_of(self.config.keeper)

    @property
    def protected(self) -> FolderSet:
        """The folders of which no file may go."""
        return protect_folders(self.config.protected)

    @property
    def passed(self) -> set[str]:
        """The ids of the groups that were left as they are on purpose."""
        return self.passing.groups

    @property
    def progress(self) -> Progress:
        """How far the review is."""
        return Progress(self.marks.removed, self.marks.kept, self.passed)

    @property
    def removed_paths(self) -> set[bytes]:
        """The paths of the files that are marked for removal."""
        return set(self.library.paths(self.marks.removed).values())

    def adopt_library(self, library: Library) -> None:
        """Go on in a newer library; ``marks.changed`` says how many marks were lost by it."""
        self._found, self.known = library, True
        self._follow()

    def adopt_config(self, config: Config) -> bool:
        """Use new settings; tell whether keepers may be others, or newly protected files lose their marks."""
        before, self.config = self.config, config
        differs = (before.protected, before.keeper) != (config.protected, config.keeper)
        if differs:
            self._follow()
        return differs

    def adopt_marks(self, adopted: Adopted, horizon: int, listener: Listener) -> None:
        """Take over the marks of an earlier review with their history; ``listener`` hears what follows."""
        self.marks = Marks(self.library, self.protected, adopted.history, listener, adopted.names, horizon)

    def choose(self, wanted: Filter, sorting: Sorting) -> list[int]:
        """Return the numbers of the groups that a filter leaves, in order."""
        return sort_groups(self.library, wanted.choose(self.library, self.progress), sorting)

    def lacking(
        self, numbers: Sequence[int], kinds: Collection[Kind], asked: Collection[tuple[int, int]] = ()
    ) -> list[tuple[int, ...]]:
        """Return what must be compared before the rule in force can mark in groups, by their numbers.

        See ``keeper_selection.find_lacking``.
        """
        return find_lacking(self._found, numbers, self._rule, kinds, self.protected, asked)

    def lacking_beside(self, file: int, asked: Collection[tuple[int, int]] = ()) -> list[tuple[int, ...]]:
        """Return what must be compared before all others of its group could go for a file."""
        library, marks = self.library, self.marks
        members = library.group_of(file).members if library.has(file) else ()
        others = (id_ for id_ in members if id_ != file and not marks.is_protected(id_))
        open_ = (id_ for id_ in others if library.pair(file, id_) is None)
        lacking = [id_ for id_ in open_ if pair_key(file, id_) not in asked]
        return [(file, *lacking)] if lacking else []

    def lacking_apart(
        self, group: Group, leaving: Collection[int], asked: Collection[tuple[int, int]] = ()
    ) -> list[tuple[int, ...]]:
        """Return what must be compared before the two parts of a group can be groups of their own.

        The part with the keeper has what it needs: of the other one the best file needs a pair with each.
        """
        rest = [id_ for id_ in group.members if (id_ in leaving) is (group.keeper not in leaving)]
        if len(rest) < 2:
            return []
        from dpm_tui.review.rules.keeper_ranking_columns import rank_places

        files = self.library.columns.files
        rows = files.rows_among(rest)
        leader = int(files.rows["id"][rows[rank_places(files.take(rows), "best").argmin()]])
        open_ = [id_ for id_ in rest if id_ != leader and self.library.pair(leader, id_) is None]
        lacking = [id_ for id_ in open_ if pair_key(leader, id_) not in asked]
        return [(leader, *lacking)] if lacking else []

    def plan(self) -> tuple[Plan, list[Unjustified]]:
        """Return the moves that the marks amount to."""
        return plan_marks(self.library, self.marks)

    @property
    def _rule(self) -> Rule:
        return find_rule(OWN, self.config.presets, self.config.keeper)

    def _follow(self) -> None:
        self.library = select_keepers(self._found, self._rule, self.protected)
        self.marks = self.marks.rebase(self.library, self.protected)
