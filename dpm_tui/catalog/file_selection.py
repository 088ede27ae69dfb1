"""Chosen image files in columns and in an order of their own; objects are built only of those looked at."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import hex_digest
from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, ROW as CHUNK_ROW, STATUSES, name_holdings
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import STAMP_FIELDS, Facts, ImageFile, Stamp
from dpm_tui.catalog.odd_values import clip, with_odd_values

_FIELDS = (
    "id", "size", "mtime_ns", "ctime_ns", "device", "inode", "folder", "name_at", "name_bytes",
    "width", "height", "frames", "quality", "has_exif", "format", "status", "digest", "taken",
    "depth", "colours", "lossy", "alpha", "damaged", "holds",
)  # fmt: skip
ROW = np.dtype([(name, CHUNK_ROW[name]) for name in _FIELDS])
"""One file, as in ``catalog.file_chunk``; the digest of its pixels is not needed any more."""
_MAX_BUILT = 4096
_MOST = int(np.iinfo(np.int64).max)


class FileSelection(Mapping[int, ImageFile]):
    """Id -> image file. ``rows`` are in the order that was asked for: under review group after group.

    ``names`` holds the name of each file from its ``name_at`` on, ``folders`` and ``formats`` words by
    number. ``odd`` holds files that do not fit into columns, by row; their ``rows`` hold as much as fits,
    and ``field``, ``words`` and ``pixel_counts`` return their true values.
    """

    def __init__(
        self,
        rows: NDArray[np.void],
        names: bytes,
        folders: Sequence[bytes],
        formats: Sequence[bytes],
        odd: Mapping[int, ImageFile],
    ) -> None:
        self.rows = rows
        self.names = names
        self.folders = folders
        self.formats = formats
        self.odd = odd
        self._order = np.argsort(rows["id"], kind="stable")
        self._sorted = array("q", np.ascontiguousarray(rows["id"][self._order]).tobytes())
        self._build = lru_cache(maxsize=_MAX_BUILT)(self._build_row)

    @classmethod
    def of(cls, files: Mapping[int, ImageFile], ids: Sequence[int] | NDArray[np.int64]) -> FileSelection:
        """Return these files in this order; raises KeyError for one that is not there."""
        columns = FileColumns.of(files)
        wanted = np.asarray(ids, np.int64)
        rows = np.zeros(len(wanted), ROW)
        names: list[bytes] = [b""] * len(wanted)
        odd: dict[int, ImageFile] = {}
        numbers = wanted // FILES_PER_CHUNK
        for number in np.unique(numbers).tolist():
            chunk = columns.chunk(number)
            here = np.flatnonzero(numbers == number)
            slots = wanted[here] % FILES_PER_CHUNK
            if chunk is None or not chunk.alive[slots].all():
                raise KeyError(number)
            there = chunk.row_of[slots]
            for name in _FIELDS:
                rows[name][here] = chunk.rows[name][there]
            own = chunk.names
            spans = zip(rows["name_at"][here].tolist(), rows["name_bytes"][here].tolist(), strict=True)
            for row, (at, length) in zip(here.tolist(), spans, strict=True):
                names[row] = bytes(own[at : at + length])
            if chunk.odd:
                found = zip(here.tolist(), there.tolist(), strict=True)
                odd.update((row, chunk.odd[place]) for row, place in found if place in chunk.odd)
        rows["name_at"][1:] = np.cumsum(rows["name_bytes"][:-1], dtype=np.uint32)
        rows["name_at"][:1] = 0
        used, rows["folder"] = np.unique(rows["folder"], return_inverse=True)
        folders = [columns.folders[number] for number in used.tolist()]
        return cls(rows, b"".join(names), folders, list(columns.formats), odd)

    def take(self, rows: NDArray[np.int64]) -> FileSelection:
        """Return the files in some rows, in that order."""
        chosen = self.rows[rows]
        named = chosen["name_bytes"] > 0
        starts, ends = chosen["name_at"][named].astype(np.int64), chosen["name_bytes"][named]
        first, end = int(starts.min(initial=len(self.names))), int((starts + ends).max(initial=0))
        chosen["name_at"] = 0
        chosen["name_at"][named] = starts - first
        used, chosen["folder"] = np.unique(chosen["folder"], return_inverse=True)
        folders = [self.folders[number] for number in used.tolist()]
        places = enumerate(rows.tolist()) if self.odd else ()
        odd = {place: self.odd[row] for place, row in places if row in self.odd}
        return FileSelection(chosen, self.names[first:end], folders, self.formats, odd)

    def __getitem__(self, key: int) -> ImageFile:
        return self._build(self.row(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self._place(key) >= 0

    def __iter__(self) -> Iterator[int]:
        yield from self.rows["id"].tolist()

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, id_: int) -> int:
        """Return the row of a file; raises KeyError."""
        place = self._place(id_)
        if place < 0:
            raise KeyError(id_)
        return int(self._order[place])

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each of several files, -1 for one that is not there."""
        if not len(self.rows):
            return np.full(len(ids), -1, np.int64)
        ordered = np.frombuffer(self._sorted, np.int64)
        places = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
        found: NDArray[np.int64] = np.where(ordered[places] == ids, self._order[places], -1)
        return found

    def rows_among(self, ids: Collection[int]) -> NDArray[np.int64]:
        """Return the rows of those of some files that are there."""
        rows = self.rows_of(np.fromiter(ids, np.int64, len(ids)))
        return rows[rows >= 0]

    def size_of(self, rows: NDArray[np.int64]) -> int:
        """Return the bytes of the files in some rows."""
        odd = np.isin(rows, list(self.odd))
        size = int(self.rows["size"][rows[~odd]].sum())
        return size + sum(self.odd[row].stamp.size for row in rows[odd].tolist())

    def field(self, name: str) -> NDArray[Any]:
        """Return one of the columns with the true values of files that do not fit, as far as 64 bits go.

        Numbers have a sign. Holdings have a bit each, and two digests are equal where they are.
        """
        column: NDArray[Any] = self.rows[name]
        if column.dtype.kind in "iu":
            column = column.astype(np.int64)
        return with_odd_values(column, name, list(self.odd), self.odd.values()) if self.odd else column

    def words(self, name: str) -> tuple[NDArray[np.int64], list[bytes]]:
        """Return the number of each file's ``folder`` or ``format``, and those by number."""
        words = list(self.folders if name == "folder" else self.formats)
        numbers = self.rows[name].astype(np.int64)
        known = {word: number for number, word in enumerate(words)} if self.odd else {}
        for row, file in self.odd.items():
            word = file.folder if name == "folder" else file.facts.format.encode("utf-8", "surrogatepass")
            if word not in known:
                known[word] = len(words)
                words.append(word)
            numbers[row] = known[word]
        return numbers, words

    def pixel_counts(self) -> NDArray[np.int64]:
        """Return the number of pixels of each file."""
        found = self.rows["width"].astype(np.uint64) * self.rows["height"]
        counts: NDArray[np.int64] = np.minimum(found, np.uint64(_MOST)).astype(np.int64)
        for row, file in self.odd.items():
            counts[row] = clip(file.pixel_count)
        return counts

    def at(self, row: int) -> ImageFile:
        """Return the file in a row."""
        return self._build(row)

    def identities(self, rows: NDArray[np.int64] | None = None) -> Iterator[tuple[int, bytes, str]]:
        """Yield id, path and digest of the files in some rows, or in all, without building them."""
        rows = np.arange(len(self.rows)) if rows is None else rows
        columns = (
            self.rows[name][rows].tolist() for name in ("id", "folder", "name_at", "name_bytes", "digest")
        )
        starts = [folder + b"/" if folder else b"" for folder in self.folders]
        for row, id_, folder, at, length, digest in zip(rows.tolist(), *columns, strict=True):
            if row in self.odd:
                yield id_, self.odd[row].path, self.odd[row].facts.digest
            else:
                yield id_, starts[folder] + self.names[at : at + length], hex_digest(digest)

    def find(self, path: bytes) -> int | None:
        """Return the id of the file at a path, or None."""
        folder, _, name = path.rpartition(b"/")
        for row, file in self.odd.items():
            if file.path == path:
                return int(self.rows["id"][row])
        if folder not in self.folders:
            return None
        here = self.rows["folder"] == self.folders.index(folder)
        near = np.flatnonzero(here & (self.rows["name_bytes"] == len(name)))
        return next((int(self.rows["id"][row]) for row in near.tolist() if self.name(row) == name), None)

    def name(self, row: int) -> bytes:
        """Return the name of the file in a row, without its folder."""
        if row in self.odd:
            return self.odd[row].name
        at, length = int(self.rows["name_at"][row]), int(self.rows["name_bytes"][row])
        return self.names[at : at + length]

    def names_in(self, rows: slice) -> list[bytes]:
        """Return the names of the files in some rows, without their folders."""
        names = self.names
        spans = (self.rows[name][rows].tolist() for name in ("name_at", "name_bytes"))
        found = [names[at : at + length] for at, length in zip(*spans, strict=True)]
        for place, row in enumerate(range(*rows.indices(len(self)))) if self.odd else ():
            if row in self.odd:
                found[place] = self.odd[row].name
        return found

    def paths(self) -> list[bytes]:
        """Return the path of each file."""
        starts = [folder + b"/" if folder else b"" for folder in self.folders]
        names = zip(self.rows["folder"].tolist(), self.names_in(slice(None)), strict=True)
        paths = [starts[folder] + name for folder, name in names]
        for row, file in self.odd.items():
            paths[row] = file.path
        return paths

    def sizes(self) -> NDArray[np.int64]:
        """Return the bytes of each file."""
        sizes = self.rows["size"].astype(np.int64)
        for row, file in self.odd.items():
            sizes[row] = min(file.stamp.size, np.iinfo(np.int64).max)
        return sizes

    def _place(self, id_: int) -> int:
        if not -(1 << 63) <= id_ < 1 << 63:
            return -1
        place = bisect_left(self._sorted, id_)
        return place if place < len(self._sorted) and self._sorted[place] == id_ else -1

    def _build_row(self, row: int) -> ImageFile:
        if row in self.odd:
            return self.odd[row]
        cell: dict[str, Any] = dict(zip(_FIELDS, self.rows[row].item(), strict=True))
        folder = self.folders[cell["folder"]]
        name = self.names[cell["name_at"] : cell["name_at"] + cell["name_bytes"]]
        return ImageFile(
            id=cell["id"],
            path=folder + b"/" + name if folder else name,
            stamp=Stamp(*(cell[field] for field in STAMP_FIELDS)),
            status=STATUSES[cell["status"]],
            facts=Facts(
                digest=hex_digest(cell["digest"]),
                format=self.formats[cell["format"]].decode("ascii"),
                width=cell["width"],
                height=cell["height"],
                frames=cell["frames"],
                quality=cell["quality"],
                taken=cell["taken"].decode("ascii"),
                has_exif=cell["has_exif"],
                depth=cell["depth"],
                colours=cell["colours"],
                lossy=cell["lossy"],
                alpha=cell["alpha"],
                damaged=cell["damaged"],
                holds=name_holdings(cell["holds"]),
            ),
        )
