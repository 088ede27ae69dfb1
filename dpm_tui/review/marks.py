"""Marks: keep, remove or nothing for each file, with undo; no group ever loses its last file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dpm_tui.pipeline.group import Group
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.library import Library
from dpm_tui.review.rules import DEFAULT_KINDS, Rule, mark_group


class Mark(StrEnum):
    """What is to become of a file once the marks are applied."""

    KEEP = "keep"
    REMOVE = "remove"


class Refusal(StrEnum):
    """Why a file cannot be marked for removal."""

    PROTECTED = "protected"
    LAST = "last"
    NO_PAIR = "no_pair"
    RELIED_ON = "relied_on"


@dataclass(frozen=True, slots=True)
class Marking:
    """A mark with the rule that set it; the rule of a mark set by hand is ``hand``."""

    mark: Mark
    rule: str = "hand"


Change = tuple[int, Marking | None, Marking | None]
"""A file with its marking before and after."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one action changed; undone and done again as a whole."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What accepting a rule would change: the markings, and the files and bytes it would remove."""

    markings: Mapping[int, Marking | None] = field(default_factory=dict)
    groups: int = 0
    files: int = 0
    size: int = 0


_KEEP = Marking(Mark.KEEP)
_REMOVE = Marking(Mark.REMOVE)


class Marks:
    """The marks of a library's files.

    At every moment each file marked for removal has a verified pair with a file of its group that
    stays, and no protected file is marked for removal.
    """

    def __init__(
        self, library: Library, is_protected: Callable[[ImageFile], bool] = lambda file: False
    ) -> None:
        self._library = library
        self._is_protected = is_protected
        self._home = {id_: group for group in library.groups for id_ in group.members}
        self._markings: dict[int, Marking] = {}
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self.removed: set[int] = set()
        self.size = 0

    def mark_of(self, file: int) -> Mark | None:
        """Return the mark of a file."""
        marking = self._markings.get(file)
        return None if marking is None else marking.mark

    def rule_of(self, file: int) -> str:
        """Return the rule that marked a file, empty where it has no mark."""
        marking = self._markings.get(file)
        return "" if marking is None else marking.rule

    def group_of(self, file: int) -> Group:
        """Return the group of a file; raises KeyError where it has none."""
        return self._home[file]

    def is_protected(self, file: int) -> bool:
        """Tell whether a file lies in a protected folder."""
        return self._is_protected(self._library.files[file])

    def refusal(self, file: int) -> Refusal | None:
        """Say why a file cannot be marked for removal beside the marks there are, or None if it can."""
        if self.is_protected(file):
            return Refusal.PROTECTED
        members = self._home[file].members
        staying = [id_ for id_ in members if id_ != file and id_ not in self.removed]
        if not staying:
            return Refusal.LAST
        if not self._has_witness(file, staying):
            return Refusal.NO_PAIR
        going = (id_ for id_ in members if id_ in self.removed)
        return None if all(self._has_witness(id_, staying) for id_ in going) else Refusal.RELIED_ON

    def remove(self, file: int) -> Refusal | None:
        """Mark a file for removal unless that is refused."""
        if file in self.removed:
            return None
        refusal = self.refusal(file)
        if refusal is None:
            self._commit({file: _REMOVE})
        return refusal

    def toggle(self, file: int) -> Refusal | None:
        """Mark a file for removal, or take its mark for removal away."""
        if file in self.removed:
            self._commit({file: None})
            return None
        return self.remove(file)

    def keep(self, file: int) -> None:
        """Mark a file as one to keep."""
        self._commit({file: _KEEP})

    def clear(self, files: Iterable[int]) -> None:
        """Take the marks of files away."""
        self._commit(dict.fromkeys(files))

    def keep_only(self, file: int) -> int:
        """Keep this file and mark the others of its group; return how many others have to stay.

        Protected files and files without a verified pair with this one stay unmarked.
        """
        others = [id_ for id_ in self._home[file].members if id_ != file]
        going = [id_ for id_ in others if not self.is_protected(id_) and self._has_witness(id_, (file,))]
        markings: dict[int, Marking | None] = dict.fromkeys(others)
        markings.update(dict.fromkeys(going, _REMOVE))
        self._commit(markings | {file: _KEEP})
        return len(others) - len(going)

    def suggest(
        self, groups: Iterable[Group], rule: Rule, kinds: Collection[Kind] = DEFAULT_KINDS
    ) -> Suggestion:
        """Work out what accepting ``rule`` for ``groups`` would mark; files marked keep by hand stay."""
        markings: dict[int, Marking | None] = {}
        counted, files, size = 0, 0, 0
        for group in groups:
            kept, going = mark_group(
                self._library.files, self._library.pairs, group, rule, kinds, self._is_protected
            )
            going = [id_ for id_ in going if self._markings.get(id_) != _KEEP]
            if not going:
                continue
            counted += 1
            files += len(going)
            size += sum(self._library.files[id_].stamp.size for id_ in going)
            others = (id_ for id_ in group.members if self._markings.get(id_) != _KEEP)
            markings.update(dict.fromkeys(others))
            markings.update(dict.fromkeys(going, Marking(Mark.REMOVE, rule.name)))
            markings[kept] = Marking(Mark.KEEP, rule.name)
        return Suggestion(markings, counted, files, size)

    def accept(self, suggestion: Suggestion) -> None:
        """Mark what a suggestion of this moment says."""
        self._commit(suggestion.markings)

    def undo(self) -> Step | None:
        """Take the last action back and return it, or None where there is none."""
        return self._travel(self._done, self._undone, forward=False)

    def redo(self) -> Step | None:
        """Do the action that was undone last again and return it, or None where there is none."""
        return self._travel(self._undone, self._done, forward=True)

    def forget(self, files: Iterable[int]) -> None:
        """Take the marks of files away for good: no undo brings them back."""
        forgotten = set(files)
        self._set(dict.fromkeys(forgotten))
        for steps in (self._done, self._undone):
            steps[:] = [step for step in steps if not any(id_ in forgotten for id_, *_ in step.changes)]

    def rebase(self, library: Library, is_protected: Callable[[ImageFile], bool]) -> Marks:
        """Return these marks on a newer library, without those that are no longer allowed there."""
        fresh = Marks(library, is_protected)
        fresh._set({id_: marking for id_, marking in self._markings.items() if id_ in fresh._home})
        fresh._settle(fresh._home[id_] for id_ in list(fresh._markings))
        same = {group.id for group in library.groups}
        for mine, theirs in ((self._done, fresh._done), (self._undone, fresh._undone)):
            theirs.extend(
                step
                for step in mine
                if all(id_ in fresh._home and self._home[id_].id in same for id_, *_ in step.changes)
            )
        return fresh

    def _has_witness(self, file: int, staying: Iterable[int]) -> bool:
        return any(self._library.pair(file, id_) is not None for id_ in staying)

    def _commit(self, markings: Mapping[int, Marking | None]) -> None:
        changes = tuple(
            (id_, before, after)
            for id_, after in markings.items()
            if (before := self._markings.get(id_)) != after
        )
        if changes:
            self._set({id_: after for id_, _, after in changes})
            self._done.append(Step(changes))
            self._undone.clear()

    def _travel(self, source: list[Step], target: list[Step], *, forward: bool) -> Step | None:
        if not source:
            return None
        step = source.pop()
        target.append(step)
        self._set({id_: after if forward else before for id_, before, after in step.changes})
        # A step may come from before the library was regrouped: what it brings back must be allowed now.
        self._settle(self._home[id_] for id_, *_ in step.changes)
        return step

    def _set(self, markings: Mapping[int, Marking | None]) -> None:
        for id_, marking in markings.items():
            if id_ in self.removed:
                self.removed.discard(id_)
                self.size -= self._library.files[id_].stamp.size
            if marking is None:
                self._markings.pop(id_, None)
                continue
            self._markings[id_] = marking
            if marking.mark is Mark.REMOVE:
                self.removed.add(id_)
                self.size += self._library.files[id_].stamp.size

    def _settle(self, groups: Iterable[Group]) -> None:
        for group in {group.id: group for group in groups}.values():
            going = [id_ for id_ in group.members if id_ in self.removed]
            staying = [id_ for id_ in group.members if id_ not in self.removed]
            wrong = [id_ for id_ in going if self.is_protected(id_) or not self._has_witness(id_, staying)]
            self._set(dict.fromkeys(wrong))
