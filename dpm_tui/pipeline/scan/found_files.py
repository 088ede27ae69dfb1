"""Found files: what a walk met, in columns, as there may be ten million of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import ROW
from dpm_tui.catalog.image_file import STAMP_FIELDS, Stamp
from dpm_tui.catalog.lazy_sequence import LazySequence
from dpm_tui.path_keys import Keys, keys_of_names, keys_of_prefixes
from dpm_tui.path_order import rows_by_path

_CODES = {"u": "Q", "i": "q"}
_BOUNDS = [(int(np.iinfo(ROW[name]).min), int(np.iinfo(ROW[name]).max)) for name in STAMP_FIELDS]
_AT_ONCE = 1 << 16
"""Paths of which keys are worked out at once."""
_NO_STAMP = Stamp(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file with a wanted extension; ``path`` is relative to the root, absolute in another root."""

    path: bytes
    stamp: Stamp


class FoundFiles(LazySequence[FoundFile]):
    """Found files in an order: that in which they were added until ``sort`` is called.

    A stamp that its columns cannot hold is kept as an object; the columns are zero there.
    """

    def __init__(self, files: Iterable[FoundFile] = ()) -> None:
        self._folders: list[bytes] = []
        self._folder = array("I")
        self._names = bytearray()
        self._ends = array("q", [0])
        self._stamps = {name: array(_CODES[ROW[name].kind]) for name in STAMP_FIELDS}
        self._odd: dict[int, Stamp] = {}
        self._order: NDArray[np.int64] | None = None
        for file in files:
            folder, slash, name = file.path.rpartition(b"/")
            self.add(folder + slash, [(name, file.stamp)])

    @classmethod
    def of(cls, files: Iterable[FoundFile]) -> FoundFiles:
        """Return the columns of some files; those that are columns already as they are."""
        return files if isinstance(files, FoundFiles) else cls(files)

    def add(self, prefix: bytes, files: Iterable[tuple[bytes, Stamp]]) -> None:
        """Add files by names and stamps; ``prefix`` is their folder with a slash behind it, or nothing."""
        if not self._folders or self._folders[-1] != prefix:
            self._folders.append(prefix)
        for name, stamp in files:
            self._names += name
            self._ends.append(len(self._names))
            self._folder.append(len(self._folders) - 1)
            if not _fits(stamp):
                self._odd[len(self._folder) - 1] = stamp
                stamp = _NO_STAMP
            for column, number in zip(self._stamps.values(), stamp.numbers, strict=True):
                column.append(number)

    def __len__(self) -> int:
        return len(self._folder) if self._order is None else len(self._order)

    def __iter__(self) -> Iterator[FoundFile]:
        return map(self.make, range(len(self)))

    def make(self, number: int) -> FoundFile:
        """Return a file."""
        row = number if self._order is None else int(self._order[number])
        stamp = self._odd.get(row) or Stamp(*(column[row] for column in self._stamps.values()))
        return FoundFile(self._path(row), stamp)

    def paths(self) -> Iterator[bytes]:
        """Yield the paths."""
        return map(self._path, self._rows().tolist())

    def path(self, number: int) -> bytes:
        """Return the path of a file."""
        return self._path(number if self._order is None else int(self._order[number]))

    def sort(self) -> None:
        """Put the files in the order of their paths, those of other roots behind the others."""
        folders = np.array(self._folder, np.int64)
        order = np.fromiter(rows_by_path(self._folders, folders, self._names_of), np.int64, len(folders))
        absolute = np.array([folder.startswith(b"/") for folder in self._folders] or [False])
        elsewhere = absolute[folders[order]]
        self._order = np.concatenate((order[~elsewhere], order[elsewhere]))

    def keep(self, wanted: NDArray[np.bool_]) -> None:
        """Drop the files that are not wanted."""
        if not wanted.all():
            self._order = self._rows()[wanted]

    def column(self, name: str) -> NDArray[np.generic]:
        """Return a field of all stamps."""
        column = self._stamps[name]
        values = np.frombuffer(column, ROW[name]) if column else np.zeros(0, ROW[name])
        return values if self._order is None else values[self._order]

    def odd(self) -> NDArray[np.bool_]:
        """Return which files have a stamp that its columns do not hold."""
        return np.isin(self._rows(), list(self._odd))

    def keys(self) -> Keys:
        """Return the key of each path, as ``path_keys`` has it."""
        ends = np.frombuffer(self._ends, np.int64)
        folders = keys_of_prefixes(self._folders)
        numbers = np.frombuffer(self._folder, np.uint32) if self._folder else np.zeros(0, np.uint32)
        keys = np.empty(len(numbers), np.int64)
        for start in range(0, len(keys), _AT_ONCE):
            here = ends[start : start + _AT_ONCE + 1]
            names = self._names[here[0] : here[-1]]
            own = folders[numbers[start : start + _AT_ONCE]]
            keys[start : start + _AT_ONCE] = keys_of_names(own, names, here[:-1] - here[0], np.diff(here))
        return keys if self._order is None else keys[self._order]

    def _rows(self) -> NDArray[np.int64]:
        return np.arange(len(self._folder)) if self._order is None else self._order

    def _path(self, row: int) -> bytes:
        return self._folders[self._folder[row]] + bytes(self._names[self._ends[row] : self._ends[row + 1]])

    def _names_of(self, rows: NDArray[np.int64]) -> list[bytes]:
        return [bytes(self._names[self._ends[row] : self._ends[row + 1]]) for row in rows.tolist()]


def _fits(stamp: Stamp) -> bool:
    return all(low <= number <= high for number, (low, high) in zip(stamp.numbers, _BOUNDS, strict=True))
