"""List layout: the groups that are shown, laid out as the lines of one long list."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from dpm_tui.catalog.group import Group
from dpm_tui.review.library.library import Library


@dataclass(frozen=True, slots=True)
class ListRange:
    """The files from one place to another, whichever comes first."""

    rows: ListLayout
    first: ListPosition
    last: ListPosition

    @classmethod
    def between(cls, rows: ListLayout, one: ListPosition, other: ListPosition) -> ListRange:
        """Return the span of two places."""
        return cls(rows, *sorted((one, other), key=rows.line))

    def __contains__(self, line: int) -> bool:
        return self.rows.line(self.first) <= line <= self.rows.line(self.last)

    def __len__(self) -> int:
        """Return the number of files."""
        headings = self.last.position - self.first.position
        return self.rows.line(self.last) - self.rows.line(self.first) + 1 - headings

    @property
    def files(self) -> list[int]:
        """The files in order."""
        files: list[int] = []
        for position in range(self.first.position, self.last.position + 1):
            members = self.rows.group(position).members
            begin = self.first.member if position == self.first.position else 0
            end = self.last.member + 1 if position == self.last.position else len(members)
            files += members[begin:end]
        return files


@dataclass(frozen=True, slots=True)
class ListPosition:
    """A line of the list: a group by its position among those shown, and a member.

    ``member`` is -1 for the heading of the group.
    """

    position: int
    member: int


class ListLayout:
    """The lines of the groups shown: each group is a heading followed by its members.

    Any line is found without visiting the others, so that a list of any length opens at once.
    """

    def __init__(self, library: Library, numbers: Sequence[int]) -> None:
        self._groups = library.groups
        self.numbers = array("q", numbers)
        counts: list[int] = library.columns.groups.counts[self.numbers].tolist() if numbers else []
        self._starts = array("q", accumulate((count + 1 for count in counts), initial=0))
        self._positions = array("q")

    def __len__(self) -> int:
        """Return the number of groups shown."""
        return len(self.numbers)

    @property
    def height(self) -> int:
        """The number of lines."""
        return self._starts[-1]

    def group(self, position: int) -> Group:
        """Return the group at a position."""
        return self._groups[self.numbers[position]]

    def place(self, line: int) -> ListPosition:
        """Return what stands on a line."""
        position = bisect_right(self._starts, line) - 1
        return ListPosition(position, line - self._starts[position] - 1)

    def line(self, place: ListPosition) -> int:
        """Return the line of a place."""
        return self._starts[place.position] + place.member + 1

    def position_of(self, number: int) -> int | None:
        """Return the position of a group by its number in the library, or None if it is not shown."""
        if not self._positions:
            self._positions = array("q", [-1]) * len(self._groups)
            for position, shown in enumerate(self.numbers):
                self._positions[shown] = position
        position = self._positions[number] if self._positions else -1
        return None if position < 0 else position

    def step(self, place: ListPosition, files: int) -> ListPosition:
        """Return the place ``files`` members further on (or back), across headings, within the list."""
        if not self.numbers:
            return ListPosition(0, 0)
        position, member = place.position, place.member + files
        while member < 0 and position > 0:
            position -= 1
            member += len(self.group(position).members)
        while member >= (count := len(self.group(position).members)) and position < len(self) - 1:
            member -= count
            position += 1
        return ListPosition(position, min(max(member, 0), len(self.group(position).members) - 1))
