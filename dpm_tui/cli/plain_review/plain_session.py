"""Plain session: a walk through the groups, one after the other, with marks on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.history.mark_history import History
from dpm_tui.review.history.rebase import Adopted
from dpm_tui.review.history.review_record import Listener
from dpm_tui.review.library.filter import Filter, Progress
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.sort import Sorting, sort_groups
from dpm_tui.review.marks.marks import Marks, Refusal
from dpm_tui.review.marks.suggestion import Suggestion
from dpm_tui.review.rules.criteria import Word
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.presets import criteria_of
from dpm_tui.review.rules.rule import DEFAULT_KINDS, RULES, Rule


class PlainSession:
    """The groups that a filter leaves, in order, and the one at hand.

    ``place`` is that of the group at hand, or the number of groups where the walk has come to its end.
    The keepers of the groups follow ``rule``, which suggests among pairs of ``kinds``.
    """

    def __init__(
        self,
        rule: Rule = RULES["best"],
        kinds: Collection[Kind] = DEFAULT_KINDS,
        protected: FolderSet | None = None,
        filter_: Filter | None = None,
        sorting: Sorting | None = None,
    ) -> None:
        self.filter = filter_ or Filter()
        self.library = Library()
        self.marks = Marks(self.library)
        self.numbers: list[int] = []
        self.place = 0
        self._rule = rule
        self.kinds = kinds
        self._protected = protected or FolderSet(())
        self._sorting = sorting or Sorting()

    @property
    def group(self) -> Group | None:
        """The group at hand, None at the end."""
        return self.library.groups[self.numbers[self.place]] if self.place < len(self.numbers) else None

    @property
    def criteria(self) -> tuple[Word, ...]:
        """What the rule looks at, in order."""
        return criteria_of(tuple(map(str, self._rule.criteria)) or ("best",))

    @property
    def suggestion(self) -> Suggestion:
        """What the rule suggests for the group at hand."""
        return self.marks.suggest(self.numbers[self.place : self.place + 1], self.rule, self.kinds)

    @property
    def rule(self) -> Rule:
        """The rule that suggests; the keepers of the groups follow its criteria already."""
        return self._rule.settled

    def adopt(self, library: Library) -> None:
        """Go on in a newer library, at the same place."""
        self.library = select_keepers(library, self._rule, self._protected)
        self.marks = self.marks.rebase(self.library, self._protected)
        self._lay_out()

    def restore(self, adopted: Adopted, horizon: int, listener: Listener) -> None:
        """Take over the marks of an earlier review with their history; ``listener`` hears of what follows."""
        self.marks = Marks(self.library, self._protected, adopted.history, listener, adopted.names, horizon)
        self._lay_out()

    def narrow(self, filter_: Filter) -> None:
        """Walk through the groups that another filter leaves; the one at hand stays if it is among them."""
        here = self.group
        self.filter = filter_
        self.place = 0
        self._lay_out()
        self.go_to(here.members if here else ())

    def step(self, groups: int) -> None:
        """Go so many groups on or back."""
        self.place = min(max(self.place + groups, 0), len(self.numbers))

    def go_to(self, files: Iterable[int]) -> None:
        """Go to the group of the first of ``files`` that is in one that the filter leaves."""
        shown = {number: place for place, number in enumerate(self.numbers)}
        for id_ in files:
            if self.library.has(id_) and (number := self.library.number_of(id_)) in shown:
                self.place = shown[number]
                return

    def remove(self, files: Iterable[int]) -> dict[int, Refusal]:
        """Mark files of the group at hand for removal, in one step: all of them, or none.

        Returns those that have to stay.
        """
        group = self.group
        known = self.marks.history.markings
        own = {id_: known[id_] for id_ in (group.members if group else ()) if id_ in known}
        trial = Marks(self.library, self._protected, History(own))
        chosen = list(files)
        refused = {id_: refusal for id_ in chosen if (refusal := trial.remove(id_)) is not None}
        if not refused:
            self.marks.accept(Suggestion(self.library, dict.fromkeys(chosen, Marking(Mark.REMOVE))))
        return refused

    def _lay_out(self) -> None:
        progress = Progress(self.marks.removed, self.marks.kept)
        numbers = self.filter.choose(self.library, progress)
        self.numbers = sort_groups(self.library, numbers, self._sorting)
        self.place = min(self.place, len(self.numbers))
