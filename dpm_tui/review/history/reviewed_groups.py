"""Reviewed groups: groups left as they are on purpose; undo and redo take them in turn with the marks."""

from __future__ import annotations

from dataclasses import dataclass, field

from dpm_tui.review.history.mark_history import History, Step


@dataclass(frozen=True, slots=True)
class ReviewedStep:
    """A group (id) that was passed, or is not any more; ``file`` is one of it.

    ``after`` is the step of the marks after which that happened, None before the first one.
    """

    group: str
    passed: bool
    file: int
    after: Step[int] | None


@dataclass(slots=True)
class ReviewedGroups:
    """The passes since the app started; ``groups`` are the ids of all passed groups, also of earlier ones."""

    groups: set[str] = field(default_factory=set)
    _done: list[ReviewedStep] = field(default_factory=list)
    _undone: list[tuple[ReviewedStep, Step[int] | None]] = field(default_factory=list)
    """Each undone pass, with the step that redo would have done at that time."""

    def note(self, group: str, file: int, history: History[int], *, passed: bool = True) -> None:
        """Pass a group, or not any more; nothing happens where that is so already."""
        if passed != (group in self.groups):
            self._set(group, passed)
            self._done.append(ReviewedStep(group, passed, file, history.last))
            self._undone.clear()

    def back(self, history: History[int]) -> ReviewedStep | None:
        """Take the last pass back and return it; None where something was marked since, or there is none."""
        if not self._done or self._done[-1].after is not history.last:
            return None
        last = self._done.pop()
        self._undone.append((last, history.next))
        self._set(last.group, not last.passed)
        return last

    def forward(self, history: History[int]) -> ReviewedStep | None:
        """Pass the group again that was taken back last, and return it; None where marks are in between."""
        if not self._undone:
            return None
        following, ahead = self._undone[-1]
        if following.after is not history.last or ahead is not history.next:
            return None
        self._done.append(self._undone.pop()[0])
        self._set(following.group, following.passed)
        return following

    def _set(self, group: str, passed: bool) -> None:
        if passed:
            self.groups.add(group)
        else:
            self.groups.discard(group)
