"""Plain session: a walk through the groups, one after the other, with marks on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.history.mark_history import History
from dpm_tui.review.history.review_record import View, identity
from dpm_tui.review.library.filter import Filter
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.sort import Sorting
from dpm_tui.review.marks.marks import Marks, Refusal
from dpm_tui.review.marks.suggestion import Suggestion
from dpm_tui.review.rules.rule import DEFAULT_KINDS
from dpm_tui.review_session.review import Review
from dpm_tui.state.config import Config


class PlainSession:
    """The groups that a filter leaves, in order, and the one at hand.

    ``place`` is that of the group at hand, or the number of groups where the walk has come to its end.
    The rule of the review suggests among pairs of ``kinds``.
    """

    def __init__(
        self,
        config: Config | None = None,
        kinds: Collection[Kind] = DEFAULT_KINDS,
        filter_: Filter | None = None,
        sorting: Sorting | None = None,
    ) -> None:
        self.review = Review(config)
        self.filter = filter_ or Filter()
        self.numbers: list[int] = []
        self.place = 0
        self.kinds = kinds
        self._sorting = sorting or Sorting()

    @property
    def library(self) -> Library:
        """The groups."""
        return self.review.library

    @property
    def marks(self) -> Marks:
        """The marks of their files."""
        return self.review.marks

    @property
    def group(self) -> Group | None:
        """The group at hand, None at the end."""
        return self.library.groups[self.numbers[self.place]] if self.place < len(self.numbers) else None

    @property
    def suggestion(self) -> Suggestion:
        """What the rule suggests for the group at hand."""
        return self.marks.suggest(self.numbers[self.place : self.place + 1], self.review.rule, self.kinds)

    def lacking(self, asked: Collection[tuple[int, int]]) -> list[tuple[int, ...]]:
        """Return what must be compared before the rule can suggest for the group at hand."""
        return self.review.lacking(self.numbers[self.place : self.place + 1], self.kinds, asked)

    def adopt(self, library: Library) -> None:
        """Go on in a newer library, at the group at hand or the next one that is still there."""
        before, ahead, began = self.library, self.numbers[self.place :], self.review.known
        self.review.adopt_library(library)
        self._lay_out()
        if began:
            self.place = len(self.numbers)
            self.go_to(id_ for number in ahead for id_ in before.groups[number].members)

    def resume(self, view: View) -> None:
        """Go to the place of last time."""
        self._lay_out()
        self.go_to([self.library.file_at(view.place[0])])

    def look(self, before: View) -> View:
        """Return what is looked at; filter and order of the app stay as they are there."""
        group = self.group
        return before if group is None else replace(before, place=identity(self.library.files[group.keeper]))

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
        trial = Marks(self.library, self.review.protected, History(own))
        chosen = list(files)
        refused = {id_: refusal for id_ in chosen if (refusal := trial.remove(id_)) is not None}
        if not refused:
            self.marks.accept(Suggestion(self.library, dict.fromkeys(chosen, Marking(Mark.REMOVE))))
        return refused

    def _lay_out(self) -> None:
        self.numbers = self.review.choose(self.filter, self._sorting)
        self.place = min(self.place, len(self.numbers))
