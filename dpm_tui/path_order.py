"""The order of paths, found folder by folder, so that millions of files need no list of all paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Names = Callable[[Rows], Sequence[bytes]]
_FOLDER = -1


def rows_by_path(prefixes: Sequence[bytes], numbers: Rows, names: Names) -> Iterator[int]:
    """Yield the row of each file in the order of paths as bytes; of several at one path the lower one first.

    ``numbers`` says which of the ``prefixes`` each path begins with: its folder with a slash at the end, or
    nothing. ``names`` returns the names of the files in some rows.
    """
    return _Tree(prefixes, numbers, names).walk()


class _Tree:
    """Which files and folders lie in each folder."""

    def __init__(self, prefixes: Sequence[bytes], numbers: Rows, names: Names) -> None:
        self._names = names
        self._order = np.argsort(numbers, kind="stable")
        counts = np.bincount(numbers, minlength=len(prefixes))
        ends = np.cumsum(counts)
        self._spans: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
        self._folders: dict[bytes, set[bytes]] = defaultdict(set)
        for number in np.flatnonzero(counts).tolist():
            self._spans[prefixes[number]].append((int(ends[number] - counts[number]), int(ends[number])))
            self._add(prefixes[number])

    def walk(self) -> Iterator[int]:
        """Yield the rows of all files, in order."""
        paths, waiting = [b""], [iter(self._entries(b""))]
        while waiting:
            for name, row in waiting[-1]:
                if row == _FOLDER:
                    paths.append(paths[-1] + name)
                    waiting.append(iter(self._entries(paths[-1])))
                    break
                yield row
            else:
                waiting.pop()
                paths.pop()

    def _add(self, folder: bytes) -> None:
        """Note a folder in the one above it, and so on."""
        while folder:
            above = folder[: folder.rfind(b"/", 0, -1) + 1]
            known = self._folders[above]
            if folder[len(above) :] in known:
                return
            known.add(folder[len(above) :])
            folder = above

    def _entries(self, folder: bytes) -> list[tuple[bytes, int]]:
        """Return files and folders in a folder, sorted."""
        entries = [(name, _FOLDER) for name in self._folders.get(folder, ())]
        for start, end in self._spans.get(folder, ()):
            rows = self._order[start:end]
            entries += zip(self._names(rows), rows.tolist(), strict=True)
        return sorted(entries)
