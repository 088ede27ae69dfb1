"""The columns of a library: files, groups and pairs, and what follows from them for every file at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.group_columns import GroupColumns
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.pair_columns import KIND_CODES
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.dates import local_dates
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.pair_table import NO_KIND, PairTable
from dpm_tui.review.library.path_index import PathText

CROWD = 48
"""Files of a group up to which all that have the same bytes have pairs with each other."""


@dataclass(frozen=True)
class LibraryColumns:
    """Files in the order of the groups, the groups, and the pairs inside them."""

    files: FileSelection
    groups: GroupColumns
    pairs: PairTable

    @classmethod
    def of(
        cls,
        files: Mapping[int, ImageFile],
        groups: Sequence[Group],
        pairs: Mapping[tuple[int, int], Pair] | Iterable[Pair],
    ) -> LibraryColumns:
        """Return the columns of groups with their files and pairs; raises KeyError for an unknown file."""
        group_rows = GroupColumns.of(groups)
        if isinstance(files, FileSelection) and isinstance(pairs, PairTable):
            return cls(files, group_rows, pairs)
        file_rows = FileSelection.of(files, group_rows.ids)
        known = pairs.values() if isinstance(pairs, Mapping) else pairs
        return cls(file_rows, group_rows, PairTable.of(file_rows, known, group_rows.starts[:-1]))

    def part(self, numbers: Sequence[int] | NDArray[np.int64]) -> LibraryColumns:
        """Return the columns of some groups alone, in the order of the library.

        So questions about a few groups of very many stay fast.
        """
        chosen = np.unique(np.asarray(numbers, np.int64))
        if len(chosen) == len(self.groups):
            return self
        groups = self.groups
        files = self.files.take(groups.rows_of(chosen))
        pairs = self.pairs.take(files, groups.starts[chosen], groups.counts_of(chosen))
        return LibraryColumns(files, groups.take(chosen), pairs)

    @cached_property
    def keepers(self) -> NDArray[np.bool_]:
        """Whether each file is the keeper of its group."""
        return self.flags(self.groups.starts[:-1])

    @cached_property
    def beside_keeper(self) -> NDArray[np.uint8]:
        """The code of each file's kind beside the keeper of its group, ``NO_KIND`` where it has none."""
        kinds = np.full(len(self.files), NO_KIND, np.uint8)
        beside = self.pairs.rows[self.keepers[self.pairs.rows["first"]]]
        kinds[beside["second"]] = beside["kind"]
        return kinds

    @cached_property
    def standing(self) -> NDArray[np.int64]:
        """For each file, how many copies in its group it is better than, minus how many are better than it.

        Crops and edits do not count: of two copies one alone may have been compared with them.
        """
        pairs = self.pairs.rows
        pairs = pairs[pairs["kind"] == KIND_CODES[Kind.COPY]]
        ahead = (pairs["better"] == Better.FIRST).astype(np.int64)
        ahead -= pairs["better"] == Better.SECOND
        count = len(self.files)
        standing = np.bincount(pairs["first"], ahead, count) - np.bincount(pairs["second"], ahead, count)
        return standing.astype(np.int64)

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """The kind of each file beside its keeper; without such a pair the kind of its strongest pair."""
        kinds = self.beside_keeper.copy()
        lonely = (kinds == NO_KIND) & ~self.keepers
        if lonely.any():
            pairs = self.pairs.rows
            pairs = pairs[np.argsort(pairs["similarity"], kind="stable")]
            for end in ("first", "second"):
                own = pairs[lonely[pairs[end]]]
                kinds[own[end]] = own["kind"]
        return kinds

    @cached_property
    def loosest(self) -> NDArray[np.uint8]:
        """The code of the loosest kind in each group: what a person has to expect there at worst."""
        kinds = np.where(self.keepers | (self.kinds == NO_KIND), np.uint8(0), self.kinds)
        starts = self.groups.starts[:-1]
        return np.maximum.reduceat(kinds, starts) if len(starts) else np.zeros(0, np.uint8)

    @cached_property
    def crowded(self) -> NDArray[np.bool_]:
        """Whether each file is in a group so large that files of the same bytes may lack pairs in it."""
        counts = self.groups.counts
        return np.repeat(counts > CROWD, counts)

    def twins(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return for each file in a crowd how many others of its group, of those wanted, have its bytes."""
        rows = np.flatnonzero(self.crowded & wanted)
        counted = np.zeros(len(self.files), np.int64)
        if len(rows):
            homes = self.groups.numbers_at(rows)
            keys = np.rec.fromarrays([homes, self.files.field("digest")[rows]])
            _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
            counted[rows] = counts[places] - 1
        return counted

    def with_twins(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> LibraryColumns:
        """Return the same with the pairs that files have as they are of the same bytes."""
        pairs = self.pairs.with_twins(ones, others)
        return self if pairs is self.pairs else LibraryColumns(self.files, self.groups, pairs)

    @cached_property
    def dates(self) -> NDArray[np.bytes_]:
        """The date of each file as text that sorts: when it was taken, or else when it was changed."""
        taken = np.ascontiguousarray(self.files.rows["taken"])
        return np.where(taken != b"", taken, local_dates(self.files.rows["mtime_ns"]))

    @cached_property
    def text(self) -> PathText:
        """The paths of the files, fit to be searched."""
        return PathText(self.files)

    def of_kinds(self, kinds: Collection[Kind]) -> NDArray[np.bool_]:
        """Return for each file whether it is of one of some kinds."""
        return of_codes(kinds)[self.kinds]

    def alike(self, kinds: Collection[Kind]) -> NDArray[np.bool_]:
        """Return for each file whether it has a pair of one of some kinds with its keeper."""
        return of_codes(kinds)[self.beside_keeper]

    def having(self, files: Collection[int]) -> NDArray[np.bool_]:
        """Return for each group whether any of its files is one of those."""
        return self.any_of(self.flags(self.files.rows_among(files)))

    def lists(self, firsts: NDArray[np.int64], others: NDArray[np.int64]) -> list[tuple[int, ...]]:
        """Return the ids of files by their rows: each of ``firsts`` once, with all that stand beside it."""
        ids, found = self.files.rows["id"], defaultdict(list)
        for one, other in zip(ids[firsts].tolist(), ids[others].tolist(), strict=True):
            found[one].append(other)
        return [(one, *beside) for one, beside in found.items()]

    def within(self, folders: FolderSet) -> NDArray[np.bool_]:
        """Return for each file whether it lies in one of some folders or below."""
        numbers, names = self.files.words("folder")
        flags: NDArray[np.bool_] = np.array([*map(folders.holds, names), False], np.bool_)[numbers]
        return flags

    def called(self, names: Collection[str]) -> NDArray[np.bool_]:
        """Return for each group whether its id is one of those."""
        flags = np.zeros(len(self.groups), np.bool_)
        for name in names:
            if (number := self.groups.number_of(name)) is not None:
                flags[number] = True
        return flags

    def flags(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return a flag for each file, set where its row is one of some."""
        flags = np.zeros(len(self.files), np.bool_)
        flags[rows] = True
        return flags

    def any_of(self, files: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each group whether any of its files has its flag set."""
        hits = np.concatenate(([0], np.cumsum(files)))
        some: NDArray[np.bool_] = hits[self.groups.starts[1:]] > hits[self.groups.starts[:-1]]
        return some


def of_codes(kinds: Collection[Kind]) -> NDArray[np.bool_]:
    """Return for each code of a kind, ``NO_KIND`` too, whether it is of one of some kinds."""
    wanted = np.zeros(NO_KIND + 1, np.bool_)
    wanted[[KIND_CODES[kind] for kind in kinds]] = True
    return wanted
