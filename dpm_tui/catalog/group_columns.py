"""Groups in columns; the files of a group are neighbouring rows of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.lazy_sequence import LazySequence


@dataclass(frozen=True, eq=False)
class GroupColumns(LazySequence[Group]):
    """Groups by number.

    The files of group ``n`` are ``ids[starts[n]:starts[n + 1]]``, its keeper first.
    """

    names: NDArray[np.bytes_]
    starts: NDArray[np.int64]
    weakest: NDArray[np.float64]
    reclaimable: NDArray[np.int64]
    ids: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Sequence[Group]) -> GroupColumns:
        """Return the columns of some groups; those that are columns already as they are."""
        if isinstance(groups, GroupColumns):
            return groups
        counts = [len(group.members) for group in groups]
        return cls(
            np.array([group.id.encode("ascii") for group in groups] or [b""], np.bytes_)[: len(groups)],
            np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64),
            np.array([group.weakest for group in groups], np.float64),
            np.array([group.reclaimable_bytes for group in groups], np.int64),
            np.array([id_ for group in groups for id_ in group.members], np.int64),
        )

    def make(self, number: int) -> Group:
        """Return a group."""
        members = tuple(self.ids[self.starts[number] : self.starts[number + 1]].tolist())
        weakest, reclaimable = float(self.weakest[number]), int(self.reclaimable[number])
        return Group(self.names[number].decode("ascii"), members[0], members, weakest, reclaimable)

    def __iter__(self) -> Iterator[Group]:
        starts, ids = self.starts.tolist(), self.ids.tolist()
        columns = zip(self.names.tolist(), self.weakest.tolist(), self.reclaimable.tolist(), strict=True)
        for number, (name, weakest, reclaimable) in enumerate(columns):
            members = tuple(ids[starts[number] : starts[number + 1]])
            yield Group(name.decode("ascii"), members[0], members, weakest, reclaimable)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def counts(self) -> NDArray[np.int64]:
        """The number of files of each group."""
        return np.diff(self.starts)

    def numbers_at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the group that each of some rows of the files belongs to."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def rows_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of the files of some groups, group after group."""
        return spans(self.starts[numbers], self.counts_of(numbers))

    def counts_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of files of each of some groups."""
        counts: NDArray[np.int64] = self.starts[numbers + 1] - self.starts[numbers]
        return counts

    def take(self, numbers: NDArray[np.int64]) -> GroupColumns:
        """Return some of the groups, in the order of their ``numbers``."""
        starts = np.concatenate(([0], np.cumsum(self.counts_of(numbers))))
        own = (self.names[numbers], starts, self.weakest[numbers], self.reclaimable[numbers])
        return GroupColumns(*own, self.ids[self.rows_of(numbers)])

    def number_of(self, name: str) -> int | None:
        """Return the number of the group with an id, or None."""
        if not name.isascii() or not len(self):
            return None
        wanted = np.bytes_(name.encode("ascii"))
        place = int(np.searchsorted(self._sorted, wanted))
        return int(self._order[place]) if place < len(self) and self._sorted[place] == wanted else None

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.names, kind="stable")

    @cached_property
    def _sorted(self) -> NDArray[np.bytes_]:
        return self.names[self._order]


def spans(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return so many numbers from each start on, one span after the other."""
    first = np.cumsum(counts) - counts
    numbers: NDArray[np.int64] = np.repeat(starts - first, counts) + np.arange(int(counts.sum()))
    return numbers
