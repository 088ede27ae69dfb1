"""Marks: keep, remove or nothing for each file, with undo; no group ever loses its last file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import replace

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history.file_identities import FileIdentities
from dpm_tui.review.history.mark_changes import Mark as Mark, Marking
from dpm_tui.review.history.mark_history import History, Step, StepKind
from dpm_tui.review.history.rebase import carry
from dpm_tui.review.history.review_record import EventKind, HistoryEvent, Listener
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.mark_refusal import Refusal as Refusal, choose_removable, refusal_of
from dpm_tui.review.marks.no_suggestion import NoSuggestion, why_nothing
from dpm_tui.review.marks.removal_set import RemovalSet
from dpm_tui.review.marks.suggestion import Suggestion, suggest
from dpm_tui.review.rules.rule import DEFAULT_KINDS, Rule

_KEEP = Marking(Mark.KEEP)
_REMOVE = Marking(Mark.REMOVE)
_NOWHERE = FolderSet(())


class Marks:
    """The marks of a library's files.

    At every moment each file marked for removal has a verified pair with a file of its group that
    stays, and no protected file is marked for removal. Files that are in no group now keep their
    marks in ``history`` for the day on which they are. ``listener`` hears of every change,
    and ``names`` says which file it speaks of. Files with ids above ``horizon`` have come since then.
    ``changed`` counts the marks for removal that the last rebase took from files with other content.
    """

    def __init__(
        self,
        library: Library,
        protected: FolderSet = _NOWHERE,
        history: History[int] | None = None,
        listener: Listener = lambda news: None,
        names: FileIdentities | None = None,
        horizon: int = 0,
    ) -> None:
        self.history = history or History()
        self.listener = listener
        self.names = (names or FileIdentities(library)).follow(library, self.history)
        self._library = library
        self._protected = protected
        self.horizon = horizon or library.newest
        self.changed = 0
        self._going = RemovalSet(library, protected)
        self._going.follow(self._markings, self._markings)
        self._settle(self.removed)

    @property
    def removed(self) -> AbstractSet[int]:
        """The files of the library that are marked for removal."""
        return self._going

    @property
    def size(self) -> int:
        """The bytes of those."""
        return self._going.size

    @property
    def _markings(self) -> dict[int, Marking]:
        return self.history.markings

    def mark_of(self, file: int) -> Mark | None:
        """Return the mark of a file."""
        marking = self._markings.get(file)
        return None if marking is None else marking.mark

    def rule_of(self, file: int) -> str:
        """Return the rule that marked a file, empty where it has no mark."""
        marking = self._markings.get(file)
        return "" if marking is None else marking.rule

    @property
    def kept(self) -> set[int]:
        """The files that are marked to be kept."""
        return {id_ for id_, marking in self._markings.items() if marking.mark is Mark.KEEP}

    def group_of(self, file: int) -> Group:
        """Return the group of a file; raises KeyError where it has none."""
        return self._library.group_of(file)

    def is_protected(self, file: int) -> bool:
        """Return whether a file lies in a protected folder."""
        return self._protected(self._library.files[file])

    def why_nothing(self, number: int, rule: Rule, kinds: Collection[Kind] = DEFAULT_KINDS) -> NoSuggestion:
        """Return why ``rule`` suggests nothing in the group of a number."""
        return why_nothing(self._library, number, rule, kinds, self._protected, self.removed)

    def refusal(self, file: int) -> Refusal | None:
        """Say why a file cannot be marked for removal beside the marks there are, or None if it can."""
        return refusal_of(self._library, file, self.group_of(file), self.removed, self._protected)

    def remove(self, file: int) -> Refusal | None:
        """Mark a file for removal unless that is refused."""
        if file in self.removed:
            return None
        refusal = self.refusal(file)
        if refusal is None:
            self._commit({file: _REMOVE})
        return refusal

    def choose_removable(self, files: Iterable[int]) -> tuple[list[int], Counter[Refusal]]:
        """Return which of many files can be marked for removal together, and why the rest stays."""
        return choose_removable(self._library, files, self.removed, self._protected)

    def remove_chosen(self, files: Iterable[int]) -> None:
        """Mark what ``choose_removable`` has chosen a moment ago, in one step."""
        self._commit(dict.fromkeys(files, _REMOVE))

    def toggle(self, file: int) -> Refusal | None:
        """Mark a file for removal, or take its mark for removal away."""
        if file in self.removed:
            self._commit({file: None})
            return None
        return self.remove(file)

    def keep(self, *files: int) -> None:
        """Mark files as ones to keep."""
        self._commit(dict.fromkeys(files, _KEEP))

    def clear(self, files: Iterable[int]) -> None:
        """Take the marks of files away."""
        self._commit(dict.fromkeys(files))

    def beside(self, file: int) -> dict[int, Kind]:
        """Return the others of a file's group that could go for it, each with the kind of its pair with it.

        Protected files and files without a verified pair with this one could not.
        """
        others = (id_ for id_ in self.group_of(file).members if id_ != file and not self.is_protected(id_))
        pairs = ((id_, self._library.pair(id_, file)) for id_ in others)
        return {id_: pair.kind for id_, pair in pairs if pair is not None}

    def keep_only(self, file: int, going: Collection[int] | None = None) -> int:
        """Keep this file and mark the others of its group; return how many others have to stay.

        Only those that could go for it are marked, and of these only ``going`` if that is given.
        """
        beside = self.beside(file)
        others = [id_ for id_ in self.group_of(file).members if id_ != file]
        markings: dict[int, Marking | None] = dict.fromkeys(others)
        markings.update((id_, _REMOVE) for id_ in beside if going is None or id_ in going)
        self._commit(markings | {file: _KEEP})
        return len(others) - len(beside)

    def suggest(
        self, numbers: Sequence[int], rule: Rule, kinds: Collection[Kind] = DEFAULT_KINDS
    ) -> Suggestion:
        """Work out what accepting ``rule`` for groups, by their numbers, would mark; marks by hand stay."""
        return suggest(self._library, numbers, rule, kinds, self._protected, self._markings)

    def accept(self, suggestion: Suggestion) -> None:
        """Mark what a suggestion of this moment says."""
        self._commit(suggestion.markings)

    def undo(self) -> Step[int] | None:
        """Take the last action back and return it; None where there is none, or it was no marking."""
        last = self.history.last
        return self.step_back() if last is not None and last.deed is StepKind.MARK else None

    def redo(self) -> Step[int] | None:
        """Do the action that was undone last again; None where there is none, or it was no marking."""
        following = self.history.next
        return self.step_forward() if following is not None and following.deed is StepKind.MARK else None

    def step_back(self) -> Step[int]:
        """Take the marks of the last step back, whatever it was; raises IndexError where there is none."""
        return self._travelled(EventKind.BACK, self.history.back())

    def step_forward(self) -> Step[int]:
        """Set the marks of the step undone last again, whatever it was; raises IndexError."""
        return self._travelled(EventKind.FORWARD, self.history.forward())

    def take_move_back(self) -> None:
        """Take the last move back; what was marked since is marked again on top of it."""
        self._below_later(self.step_back)

    def drop_move(self) -> None:
        """Forget the last move; what it did stays."""
        self._below_later(self._drop)

    def note_move(self, files: Iterable[int]) -> None:
        """Take note that files were moved to the bin: their marks come back when they do."""
        self._add(Step(self.history.changes(dict.fromkeys(files)), StepKind.MOVE))

    def note_decision(
        self, files: Iterable[int], decisions: Iterable[Decision], before: Iterable[Decision]
    ) -> None:
        """Take note of decisions on files, which lose their marks by it; ``before`` takes them back."""
        lost = self.history.changes(dict.fromkeys(files))
        self._add(Step(lost, StepKind.DECIDE, tuple(decisions), tuple(before)))

    def rebase(self, library: Library, protected: FolderSet) -> Marks:
        """Return these marks on a newer library, without those that are no longer allowed there.

        A file that was moved keeps its mark, one whose content has changed loses it.
        """
        moved, changed = carry(self.names, self.history, library, self.horizon)
        lost = sum(self.mark_of(id_) is Mark.REMOVE for id_ in changed)
        if moved or changed:
            self.history.rename(moved, changed)
            self.listener(HistoryEvent(EventKind.RENAME))
        fresh = Marks(library, protected, self.history, self.listener, self.names, self.horizon)
        fresh.changed = lost
        return fresh

    def take_over(self, markings: Mapping[int, Marking | None]) -> None:
        """Set markings that were made elsewhere, as one step, as far as they are allowed here."""
        self._commit(markings)
        self._settle(markings)

    def _commit(self, markings: Mapping[int, Marking | None]) -> None:
        if changes := self.history.changes(markings):
            self._add(Step(changes))

    def _add(self, step: Step[int]) -> None:
        self.history.add(step)
        self._going.follow(step.changes.keys, self._markings)
        self.listener(HistoryEvent(EventKind.ADD, step))

    def _below_later(self, act: Callable[[], object]) -> None:
        """Do something about the last move, if there is one, below all steps that were done since."""
        kinds = [step.deed for step in reversed(self.history.done)]
        if StepKind.MOVE not in kinds:
            return
        later = [self.step_back() for _ in range(kinds.index(StepKind.MOVE))]
        act()
        for step in reversed(later):
            self._add(replace(step, changes=self.history.changes(dict(step.changes.after))))
            self._settle(step.changes.keys)

    def _drop(self) -> None:
        self.history.drop()
        self.listener(HistoryEvent(EventKind.DROP))

    def _travelled(self, act: EventKind, step: Step[int]) -> Step[int]:
        self._going.follow(step.changes.keys, self._markings)
        self.listener(HistoryEvent(act))
        # A step may come from before the library was regrouped: what it brings back must be allowed now.
        self._settle(step.changes.keys)
        return step

    def _settle(self, near: Collection[int]) -> None:
        """Take the marks for removal away that are not allowed in the groups of some files."""
        if wrong := self._going.unjustified(near):
            changes = self.history.changes(dict.fromkeys(wrong))
            self.history.put(changes.after)
            self._going.follow(wrong, self._markings)
            self.listener(HistoryEvent(EventKind.PUT, Step(changes)))
