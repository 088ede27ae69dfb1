"""Files in the order of their paths: folder by folder, so that millions need no list of all paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK
from dpm_tui.catalog.file_columns import FileColumns

_Entry = tuple[bytes, int]
_FOLDER = -1


def ids_by_path(files: FileColumns) -> Iterator[int]:
    """Yield the id of each file; of several at one path the lower one first."""
    yield from _Folders(files).below(b"")


class _Folders:
    """Which files and folders lie in each folder; its name ends in a slash, and the root's is empty."""

    def __init__(self, files: FileColumns) -> None:
        self._files = files
        self._ids, numbers = files.gather("id", "folder")
        self._odd: dict[bytes, list[_Entry]] = defaultdict(list)
        strange = []
        for _, chunk in files.chunks():
            for row, file in chunk.odd.items():
                folder, slash, name = file.path.rpartition(b"/")
                self._odd[folder + slash].append((name, file.id))
                strange.append(int(chunk.rows["id"][row]))
        numbers = numbers.astype(np.int64)
        if strange:
            numbers[np.isin(self._ids, strange)] = len(files.folders)
        self._order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=len(files.folders) + 1)).tolist()
        self._spans: dict[bytes, tuple[int, int]] = {}
        self._inner: dict[bytes, set[bytes]] = defaultdict(set)
        for number, folder in enumerate(files.folders):
            if ends[number] > (start := ends[number - 1] if number else 0):
                self._spans[folder + b"/" if folder else b""] = start, ends[number]
        for prefix in (*self._spans, *self._odd):
            self._add(prefix)

    def below(self, prefix: bytes) -> Iterator[int]:
        """Yield the ids of the files in a folder and below, in order."""
        waiting = [iter(self._entries(prefix))]
        prefixes = [prefix]
        while waiting:
            for name, id_ in waiting[-1]:
                if id_ == _FOLDER:
                    prefixes.append(prefixes[-1] + name)
                    waiting.append(iter(self._entries(prefixes[-1])))
                    break
                yield id_
            else:
                waiting.pop()
                prefixes.pop()

    def _add(self, prefix: bytes) -> None:
        """Note each folder above a folder, too."""
        while prefix:
            above = prefix[: prefix.rfind(b"/", 0, -1) + 1]
            inner = self._inner[above]
            if prefix[len(above) :] in inner:
                return
            inner.add(prefix[len(above) :])
            prefix = above

    def _entries(self, prefix: bytes) -> list[_Entry]:
        start, end = self._spans.get(prefix, (0, 0))
        entries = list(self._named(self._ids[self._order[start:end]]))
        entries += self._odd.get(prefix, ())
        entries += [(name, _FOLDER) for name in self._inner.get(prefix, ())]
        return sorted(entries)

    def _named(self, ids: NDArray[np.generic]) -> Iterator[_Entry]:
        for id_ in ids.tolist():
            chunk = self._files.chunk(id_ // FILES_PER_CHUNK)
            assert chunk is not None
            row = chunk.row(id_ % FILES_PER_CHUNK)
            at = int(chunk.rows["name_at"][row])
            yield bytes(chunk.names[at : at + int(chunk.rows["name_bytes"][row])]), id_
