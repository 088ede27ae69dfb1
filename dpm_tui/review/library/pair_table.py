"""The verified pairs inside the groups in columns, found by a search for the rows of their two files."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.group_columns import spans
from dpm_tui.catalog.pair_columns import KIND_CODES, KINDS, PAIR_REASONS, TURNED, PairColumns
from dpm_tui.catalog.verdict import GRID, NOTICED, Kind

NO_KIND = 255
PAIR = np.dtype(
    [
        ("first", "<u4"), ("second", "<u4"), ("kind", "u1"), ("similarity", "<f8"), ("grid", "<i4"),
        ("better", "u1"), ("reason", "u1"), ("amount", "<f4"),
    ]
)  # fmt: skip
"""One pair: the rows of its files, the smaller first, and the number of its grid of differences, -1 for a
grid of zeros, -2 for none. ``better`` is a value of ``Better``, the file in the first row being the first."""
_BETTER = tuple(Better)
_NO_GRID, _ZEROS = -2, -1
_GRID_BYTES = GRID * GRID
_EMPTY_GRID = bytes(_GRID_BYTES)
_GRIDS_AT_ONCE = 1 << 16


class PairTable(Mapping[tuple[int, int], Pair]):
    """Pair of ids, the smaller first -> verified pair; ``rows`` are sorted by the rows of the files."""

    def __init__(self, files: FileSelection, rows: NDArray[np.void], grids: bytes) -> None:
        self.rows = rows
        self.grids = grids
        self._files = files
        keys = rows["first"].astype(np.uint64) << np.uint64(32) | rows["second"]
        self._keys = array("Q", keys.tobytes())

    @classmethod
    def of(cls, files: FileSelection, pairs: Iterable[Pair], starts: NDArray[np.int64]) -> PairTable:
        """Return the pairs between files of one group; ``starts`` are the first rows of the groups."""
        pairs = PairColumns.of(pairs)
        one, other = files.rows_of(pairs.firsts), files.rows_of(pairs.seconds)
        first, second = np.minimum(one, other), np.maximum(one, other)
        home = (np.searchsorted(starts, rows, side="right") for rows in (first, second))
        inside = np.flatnonzero((first >= 0) & np.equal(*home))
        inside = inside[np.lexsort((second[inside], first[inside]))]
        grids: list[bytes] = []
        rows = np.zeros(len(inside), PAIR)
        rows["first"], rows["second"] = first[inside], second[inside]
        rows["kind"], rows["similarity"] = pairs.kinds[inside], pairs.similarities[inside]
        turned = one[inside] > other[inside]
        rows["better"] = np.where(turned, TURNED[pairs.better[inside]], pairs.better[inside])
        rows["reason"], rows["amount"] = pairs.reasons[inside], pairs.amounts[inside]
        rows["grid"] = [_number_grid(pairs.differs[number], grids) for number in inside.tolist()]
        return cls(files, rows, b"".join(grids))

    def __getitem__(self, key: tuple[int, int]) -> Pair:
        ends = self._files.row(key[0]), self._files.row(key[1])
        first, second = sorted(ends)
        wanted = first << 32 | second
        place = bisect_left(self._keys, wanted)
        if place == len(self._keys) or self._keys[place] != wanted or key[0] > key[1]:
            raise KeyError(key)
        _, _, kind, similarity, grid, better, reason, amount = self.rows[place].item()
        if first != ends[0]:
            better = TURNED[better]
        grids = self._grid(grid)
        return Pair(*key, KINDS[kind], similarity, grids, _BETTER[better], PAIR_REASONS[reason], amount)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        ids = self._files.rows["id"]
        ends = ids[self.rows["first"]], ids[self.rows["second"]]
        yield from zip(np.minimum(*ends).tolist(), np.maximum(*ends).tolist(), strict=True)

    def __len__(self) -> int:
        return len(self.rows)

    def similarities(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the similarity of each two rows of files, 0 where they have no pair."""
        places = self._places(ones, others)
        found = self._same_bytes(ones, others).astype(np.float64)
        found[places >= 0] = self.rows["similarity"][places[places >= 0]]
        return found

    def lacking(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether each two rows of files have yet to be compared, as thumbnails or at full size.

        Files of the same bytes need not be.
        """
        places = self._places(ones, others)
        lacking = places < 0
        known = self.rows[places[~lacking]]
        lacking[~lacking] = (known["kind"] == KIND_CODES[Kind.COPY]) & (known["better"] == Better.UNSEEN)
        lacking &= ~self._same_bytes(ones, others)
        return lacking

    def has(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether each two rows of files have a pair."""
        return self._places(ones, others) >= 0

    def take(self, files: FileSelection, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> PairTable:
        """Return the pairs inside some groups, given by the row of the first file of each and their counts.

        ``files`` are those of these groups, one group after the other.
        """
        keys = np.frombuffer(self._keys, np.uint64)
        bounds = ((each.astype(np.uint64) << np.uint64(32)) for each in (starts, starts + counts))
        first, last = (np.searchsorted(keys, bound) for bound in bounds)
        rows = self.rows[spans(first, last - first)]
        shift = np.repeat(np.cumsum(counts) - counts - starts, last - first)
        for end in ("first", "second"):
            rows[end] = rows[end] + shift
        return PairTable(files, rows, self.grids)

    def visible(self, numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return whether each of some grids, by their numbers, shows that two pictures differ."""
        grids = np.frombuffer(self.grids, np.uint8).reshape(-1, _GRID_BYTES)
        found = np.zeros(len(numbers), np.bool_)
        known = np.flatnonzero(numbers >= 0)
        for first in range(0, len(known), _GRIDS_AT_ONCE):
            some = known[first : first + _GRIDS_AT_ONCE]
            found[some] = grids[numbers[some]].max(axis=1) >= NOTICED
        return found

    def with_twins(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> PairTable:
        """Return the table with a pair for each two rows of files that have the same bytes and none yet."""
        new = np.flatnonzero(self._same_bytes(ones, others) & (ones != others) & ~self.has(ones, others))
        if not len(new):
            return self
        rows = np.zeros(len(new), PAIR)
        rows["first"], rows["second"] = (end(ones[new], others[new]) for end in (np.minimum, np.maximum))
        rows["kind"], rows["similarity"] = KIND_CODES[Kind.IDENTICAL], 1.0
        rows["grid"], rows["better"] = _NO_GRID, Better.EITHER
        rows = np.concatenate([self.rows, np.unique(rows)])
        return PairTable(self._files, rows[np.lexsort((rows["second"], rows["first"]))], self.grids)

    def _same_bytes(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
        digests = self._files.field("digest")
        same: NDArray[np.bool_] = (digests[ones] == digests[others]) & (digests[ones] != b"")
        return same

    def _places(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the pair of each two rows of files, -1 where they have none."""
        if not len(self.rows):
            return np.full(len(ones), -1, np.int64)
        keys = np.frombuffer(self._keys, np.uint64)
        wanted = np.minimum(ones, others).astype(np.uint64) << np.uint64(32)
        wanted |= np.maximum(ones, others).astype(np.uint64)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[places] == wanted, places, -1)

    def _grid(self, number: int) -> bytes:
        if number < 0:
            return b"" if number == _NO_GRID else _EMPTY_GRID
        return self.grids[number * _GRID_BYTES : (number + 1) * _GRID_BYTES]


def _number_grid(differs: bytes, grids: list[bytes]) -> int:
    """Return the number of a grid, adding it to ``grids`` if it has one."""
    if len(differs) != _GRID_BYTES:
        return _NO_GRID
    if differs == _EMPTY_GRID:
        return _ZEROS
    grids.append(differs)
    return len(grids) - 1
