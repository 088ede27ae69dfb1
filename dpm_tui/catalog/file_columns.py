"""The image files of a library by id, in columns: objects are built only of the files that are looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, ValuesView

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, ROW, FileChunk, StringPool, build_file
from dpm_tui.catalog.image_file import PREVIEWS, ImageFile, Stamp, Status
from dpm_tui.path_keys import keys_of_names, keys_of_paths, keys_of_prefixes
from dpm_tui.path_order import rows_by_path


class FileColumns(Mapping[int, ImageFile]):
    """Id -> image file, in order of id. One thread may change it while others take snapshots.

    ``revision`` is another one after each change.
    """

    def __init__(self) -> None:
        self._chunks: dict[int, FileChunk] = {}
        self._folders = StringPool()
        self._formats = StringPool()
        self._lock = threading.Lock()
        self.revision = 0

    @classmethod
    def of(cls, files: Mapping[int, ImageFile] | Iterable[ImageFile]) -> FileColumns:
        """Return the columns of some files; those that are columns already as they are."""
        if isinstance(files, FileColumns):
            return files
        if isinstance(files, Mapping):
            files = files.values()
        columns = cls()
        for file in files:
            columns.put(file)
        return columns

    def __getitem__(self, key: int) -> ImageFile:
        chunk = self._chunks.get(key // FILES_PER_CHUNK)
        row = chunk.row(key % FILES_PER_CHUNK) if chunk is not None else -1
        if chunk is None or row < 0:
            raise KeyError(key)
        return chunk.odd.get(row) or chunk.build(row, self._folders, self._formats)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, int):
            return False
        chunk = self._chunks.get(key // FILES_PER_CHUNK)
        return chunk is not None and chunk.row(key % FILES_PER_CHUNK) >= 0

    def __iter__(self) -> Iterator[int]:
        for _, chunk in self.chunks():
            yield from chunk.rows["id"][chunk.live_rows()].tolist()

    def __len__(self) -> int:
        return sum(chunk.count for chunk in list(self._chunks.values()))

    def values(self) -> ValuesView[ImageFile]:
        """Return the files, each built as it is come to."""
        return _Values(self)

    @property
    def folders(self) -> StringPool:
        """The folders by number."""
        return self._folders

    @property
    def formats(self) -> StringPool:
        """The formats by number."""
        return self._formats

    def put(self, file: ImageFile) -> None:
        """Add or replace a file."""
        with self._lock:
            self.revision += 1
            self._own(file.id // FILES_PER_CHUNK).put(file, self._folders, self._formats)

    def remove(self, id_: int) -> bool:
        """Forget a file; return whether there was one."""
        with self._lock:
            self.revision += 1
            return id_ in self and self._own(id_ // FILES_PER_CHUNK).remove(id_ % FILES_PER_CHUNK)

    def snapshot(self) -> FileColumns:
        """Return the files as they are now; a chunk is copied only when it is changed later."""
        copy = FileColumns()
        copy._folders, copy._formats = self._folders, self._formats
        with self._lock:
            copy._chunks = dict(self._chunks)
            for chunk in copy._chunks.values():
                chunk.shared = True
        return copy

    def chunks(self) -> Iterator[tuple[int, FileChunk]]:
        """Yield the chunks with their numbers, in order of id."""
        chunks = dict(self._chunks)
        for number in sorted(chunks):
            yield number, chunks[number]

    def chunk(self, number: int) -> FileChunk | None:
        """Return a chunk, None if it has no files."""
        chunk = self._chunks.get(number)
        return chunk if chunk is not None and chunk.count else None

    def set_chunk(self, number: int, chunk: FileChunk | None) -> None:
        """Put a whole chunk in its place, or take it away; its words are those of these columns."""
        with self._lock:
            self.revision += 1
            self._chunks.pop(number, None)
            if chunk is not None:
                self._chunks[number] = chunk

    def clear(self) -> None:
        """Forget every file."""
        with self._lock:
            self.revision += 1
            self._chunks = {}

    def gather(self, *fields: str) -> tuple[NDArray[np.generic], ...]:
        """Return fields of all files as arrays of one length, in order of id."""
        chunks = [chunk for _, chunk in self.chunks()]
        rows = [chunk.live_rows() for chunk in chunks]
        count = sum(map(len, rows))
        found = []
        for field in fields:
            column = np.empty(count, ROW[field])
            end = 0
            for chunk, own in zip(chunks, rows, strict=True):
                start, end = end, end + len(own)
                column[start:end] = chunk.rows[field][own]
            found.append(column)
        return tuple(found)

    def count_status(self, status: Status) -> int:
        """Return how many files have a status."""
        return self._count("status", list(Status).index(status))

    def count_preview(self, preview: str) -> int:
        """Return how many files have such a preview, one of PREVIEWS."""
        return self._count("preview", PREVIEWS.index(preview))

    def _count(self, column: str, code: int) -> int:
        return sum(
            int(np.count_nonzero(chunk.rows[column][chunk.live_rows()] == code)) for _, chunk in self.chunks()
        )

    def path_keys(self) -> NDArray[np.int64]:
        """Return the key of the path of every file, in order of id, see ``path_keys``."""
        folders = keys_of_prefixes(self._prefixes())
        keys: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        for _, chunk in self.chunks():
            rows = chunk.live_rows()
            at, length, folder = (chunk.rows[name][rows] for name in ("name_at", "name_bytes", "folder"))
            own = keys_of_names(folders[folder], chunk.names, at, length)
            for row, file in chunk.odd.items():
                own[rows == row] = keys_of_paths([file.path])
            keys.append(own)
        return np.concatenate(keys)

    def ids_by_path(self) -> Iterator[int]:
        """Yield the ids in the order of the paths; of several at one path the lower one first."""
        ids, folders = self.gather("id", "folder")
        prefixes = self._prefixes()
        numbers, odd = folders.astype(np.int64), {}
        for _, chunk in self.chunks():
            for row, file in chunk.odd.items():
                place = int(np.searchsorted(ids, int(chunk.rows["id"][row])))
                odd[place] = file.name
                numbers[place] = len(prefixes)
                prefixes.append(file.path[: len(file.path) - len(file.name)])

        def names(rows: NDArray[np.int64]) -> list[bytes]:
            found = self._names_of(ids[rows])
            for place, row in enumerate(rows.tolist()) if odd else ():
                found[place] = odd.get(row, found[place])
            return found

        return (int(ids[row]) for row in rows_by_path(prefixes, numbers, names))

    def absolute(self) -> frozenset[int]:
        """Return the ids of the files whose paths are absolute, as those in other roots are."""
        found = {
            file.id for _, chunk in self.chunks() for file in chunk.odd.values() if file.path[:1] == b"/"
        }
        numbers = [number for number, folder in enumerate(self._folders) if folder.startswith(b"/")]
        if numbers:
            ids, folders = self.gather("id", "folder")
            found.update(ids[np.isin(folders, numbers)].tolist())
        return frozenset(found)

    def _prefixes(self) -> list[bytes]:
        """Return what the paths in each folder begin with."""
        return [folder + b"/" if folder else b"" for folder in self._folders]

    def _names_of(self, ids: NDArray[np.generic]) -> list[bytes]:
        """Return the names of files in order of id, without their folders."""
        found: list[bytes] = []
        wanted = ids.astype(np.int64)
        numbers, starts = np.unique(wanted // FILES_PER_CHUNK, return_index=True)
        for number, part in zip(numbers.tolist(), np.split(wanted, starts[1:]), strict=True):
            chunk = self._chunks[number]
            rows = chunk.row_of[part % FILES_PER_CHUNK]
            spans = (chunk.rows[name][rows].tolist() for name in ("name_at", "name_bytes"))
            found += [bytes(chunk.names[at : at + length]) for at, length in zip(*spans, strict=True)]
        return found

    def find(self, paths: Iterable[bytes]) -> dict[bytes, int]:
        """Return the ids of the files at some paths, the newest of each."""
        wanted = list(paths)
        if not wanted:
            return {}
        (ids,) = self.gather("id")
        near = ids[np.isin(self.path_keys(), keys_of_paths(wanted))]
        paths_there = {self[id_].path: id_ for id_ in near.tolist()}
        return {path: paths_there[path] for path in wanted if path in paths_there}

    def stamps(self, ids: Iterable[int]) -> Iterator[Stamp]:
        """Yield the stamp of each of some files, all of which there are."""
        for id_ in ids:
            chunk = self._chunks[id_ // FILES_PER_CHUNK]
            row = chunk.row(id_ % FILES_PER_CHUNK)
            odd = chunk.odd.get(row)
            yield odd.stamp if odd else Stamp(*chunk.rows[row].item()[1:6])

    def _own(self, number: int) -> FileChunk:
        """Return the chunk to change: a copy of its own where a snapshot has it too."""
        chunk = self._chunks.get(number)
        if chunk is None:
            chunk = self._chunks[number] = FileChunk()
        elif chunk.shared:
            chunk = self._chunks[number] = chunk.copy()
        return chunk


class _Values(ValuesView[ImageFile]):
    _mapping: FileColumns

    def __iter__(self) -> Iterator[ImageFile]:
        columns = self._mapping
        for _, chunk in columns.chunks():
            rows, names = chunk.live(), bytes(chunk.names)
            odd = {file.id: file for file in chunk.odd.values()}
            for row in rows.tolist():
                file = odd.get(row[0])
                yield file or build_file(row, names, columns.folders, columns.formats)
