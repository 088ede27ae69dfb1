"""The library under review: groups, the files in them and the pairs between those."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dpm_tui.catalog.group import Group, Pair, PairIndex, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind

if TYPE_CHECKING:
    from dpm_tui.review.library.library_columns import LibraryColumns

_FEW = 100
"""Up to so many files are handled one by one; more of them take all columns at once."""


@dataclass(frozen=True)
class Library:
    """What a scan found worth reviewing; files outside every group are not in it.

    It may hold a quarter of a million files: whatever looks at all of them uses ``columns``.
    """

    files: Mapping[int, ImageFile] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    pairs: PairIndex = field(default_factory=dict)

    @cached_property
    def columns(self) -> LibraryColumns:
        """The same in columns."""
        # The app loads numpy, which takes a while, only once there is a library.
        from dpm_tui.review.library.library_columns import LibraryColumns

        return LibraryColumns.of(self.files, self.groups, self.pairs)

    def pair(self, a: int, b: int) -> Pair | None:
        """Return the verified pair of two files, or None if they have none.

        Files of the same bytes are a pair, whether or not anybody made it.
        """
        key = pair_key(a, b)
        found = self.pairs.get(key)
        if found is None and a in self.files and b in self.files:
            mine, theirs = (self.files[id_].facts.digest for id_ in key)
            if mine and mine == theirs:
                return Pair(*key, Kind.IDENTICAL, 1.0)
        return found

    def has(self, file: int) -> bool:
        """Return whether a file is in a group."""
        return bool(self.groups) and file in self.columns.files

    @property
    def newest(self) -> int:
        """The highest id of a file, 0 if there is none."""
        return int(self.columns.files.rows["id"].max()) if self.groups else 0

    def file_at(self, path: bytes) -> int:
        """Return the id of the file at a path, 0 if there is none."""
        return (self.columns.files.find(path) or 0) if self.groups else 0

    def identities(self, files: Collection[int]) -> dict[int, tuple[bytes, str]]:
        """Return path and digest of those of some files that are in groups, by id."""
        if not self.groups:
            return {}
        if len(files) < _FEW:
            found = (self.files[id_] for id_ in files if self.has(id_))
            return {file.id: (file.path, file.facts.digest) for file in found}
        rows = self.columns.files.rows_among(files)
        return {id_: (path, digest) for id_, path, digest in self.columns.files.identities(rows)}

    def paths(self, files: Collection[int]) -> dict[int, bytes]:
        """Return the paths of those of some files that are in groups, by id."""
        return {id_: path for id_, (path, _) in self.identities(files).items()}

    def number_of(self, file: int) -> int:
        """Return the number of the group of a file; raises KeyError where it has none."""
        if not self.groups:
            raise KeyError(file)
        return bisect_right(self.columns.groups.starts, self.columns.files.row(file)) - 1

    def numbers_of(self, files: Collection[int]) -> list[int]:
        """Return the numbers of the groups that have some of those files, in order."""
        if not self.groups:
            return []
        numbers: list[int] = self.columns.having(files).nonzero()[0].tolist()
        return numbers

    def group_of(self, file: int) -> Group:
        """Return the group of a file; raises KeyError where it has none."""
        return self.groups[self.number_of(file)]

    def number_called(self, group: str) -> int | None:
        """Return the number of the group with an id, or None."""
        return self.columns.groups.number_of(group) if self.groups else None

    def member_at(self, group: str, path: bytes) -> ImageFile | None:
        """Return the member of a group at a path, or None."""
        number = self.number_called(group)
        members = () if number is None else self.groups[number].members
        files = (self.files[id_] for id_ in members)
        return next((file for file in files if file.path == path), None)


def count_new_groups(before: Library, after: Library) -> int:
    """Return how many groups of a library are not in the one before, or had other files there."""
    if not (before.groups and after.groups):
        return len(after.groups)
    import numpy as np

    return int((~np.isin(after.columns.groups.names, before.columns.groups.names)).sum())
