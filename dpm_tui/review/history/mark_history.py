"""History: the marks with everything that led to them, step by step, backwards and forwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history.mark_changes import Changes, Marking

K = TypeVar("K")

MAX_STEPS = 1_000
MAX_CHANGES = 500_000
"""Older changes cannot be undone: a history is kept in memory and on the disk."""


class StepKind(StrEnum):
    """What a step did: marks, decisions, or moves to the bin."""

    MARK = "mark"
    DECIDE = "decide"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Step(Generic[K]):
    """What one action changed; undone and done again as a whole.

    ``decisions`` are those that were made, ``before`` those that take them back.
    """

    changes: Changes[K] = field(default_factory=Changes)
    deed: StepKind = StepKind.MARK
    decisions: tuple[Decision, ...] = ()
    before: tuple[Decision, ...] = ()

    @property
    def weight(self) -> int:
        """How many files and contents it names."""
        return len(self.changes) + sum(len(each.digests) for each in (*self.decisions, *self.before))


@dataclass(slots=True)
class History(Generic[K]):
    """The markings of files, what was done and what was undone; files are known by any key."""

    markings: dict[K, Marking] = field(default_factory=dict)
    done: list[Step[K]] = field(default_factory=list)
    undone: list[Step[K]] = field(default_factory=list)
    _weight: int = field(default=0, init=False, repr=False, compare=False)
    """The weight of all steps that are done, kept as a sum: replaying adds thousands of steps."""

    def __post_init__(self) -> None:
        self._weight = sum(step.weight for step in self.done)

    @property
    def is_empty(self) -> bool:
        """Whether it knows of no file."""
        return not (self.markings or self.done or self.undone)

    @property
    def last(self) -> Step[K] | None:
        """The step that undo would take back."""
        return self.done[-1] if self.done else None

    @property
    def next(self) -> Step[K] | None:
        """The step that redo would do again."""
        return self.undone[-1] if self.undone else None

    def changes(self, markings: Mapping[K, Marking | None]) -> Changes[K]:
        """Return what setting these markings would change."""
        now = self.markings
        return Changes(
            (key, before, after) for key, after in markings.items() if (before := now.get(key)) != after
        )

    def add(self, step: Step[K]) -> None:
        """Do a step; what was undone cannot be done again any more, and the oldest steps are dropped."""
        self.put(step.changes.after)
        self.done.append(step)
        self.undone.clear()
        self._weight += step.weight
        while len(self.done) > 1 and (len(self.done) > MAX_STEPS or self._weight > MAX_CHANGES):
            self._weight -= self.done.pop(0).weight

    def back(self) -> Step[K]:
        """Take the last step back and return it; raises IndexError where there is none."""
        step = self.done.pop()
        self._weight -= step.weight
        self.undone.append(step)
        self.put(step.changes.before)
        return step

    def forward(self) -> Step[K]:
        """Do the step again that was taken back last and return it; raises IndexError where there is none."""
        step = self.undone.pop()
        self.done.append(step)
        self._weight += step.weight
        self.put(step.changes.after)
        return step

    def drop(self) -> None:
        """Forget the last step; its changes stay."""
        self._weight -= self.done.pop().weight

    def put(self, markings: Iterable[tuple[K, Marking | None]]) -> None:
        """Set the markings of files without a step."""
        for key, marking in markings:
            if marking is None:
                self.markings.pop(key, None)
            else:
                self.markings[key] = marking
        if not self.markings:
            # A dictionary that was emptied key by key keeps its memory.
            self.markings.clear()

    def rename(self, names: Mapping[K, K], lost: Iterable[K] = ()) -> None:
        """Replace the keys of files; files that are ``lost`` leave every step."""
        gone = set(lost)
        if not names and not gone:
            return

        def renew(step: Step[K]) -> Step[K]:
            kept = ((names.get(key, key), old, new) for key, old, new in step.changes if key not in gone)
            return replace(step, changes=Changes(kept))

        self.markings = {
            names.get(key, key): marking for key, marking in self.markings.items() if key not in gone
        }
        for steps in (self.done, self.undone):
            fresh = map(renew, steps)
            steps[:] = [step for step in fresh if step.changes or step.deed is not StepKind.MARK]
        self._weight = sum(step.weight for step in self.done)
