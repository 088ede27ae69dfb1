"""Keeper order: contents by the facts of their files alone, the best first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.image_file import ImageFile

Ranking = Callable[[FileSelection], Sequence[NDArray[np.generic]]]
"""Returns the sort keys of some files, the most important key first; lower values come first."""


def order_contents(
    digests: Iterable[str], by_digest: Mapping[str, Sequence[ImageFile]], rank: Ranking
) -> dict[str, int]:
    """Return the place of each of some contents, by the first file that holds it; ties go by path."""
    names = list(dict.fromkeys(digests))
    files = _first_files(names, by_digest)
    return {names[row]: place for place, row in enumerate(order_files(files, rank).tolist())}


def order_files(files: FileSelection, rank: Ranking) -> NDArray[np.int64]:
    """Return the rows of files in order, the best first; ties go by path."""
    paths = files.paths()
    by_path = np.array(sorted(range(len(paths)), key=paths.__getitem__), np.int64)
    return np.lexsort([by_path.argsort(), *reversed(rank(files))])


def _first_files(digests: list[str], by_digest: Mapping[str, Sequence[ImageFile]]) -> FileSelection:
    """Return the first file of each content; raises KeyError."""
    if isinstance(by_digest, ContentIndex):
        # Objects of all files would take several times as long; they tell if a first file left meanwhile.
        with suppress(KeyError):
            return by_digest.first_files(digests)
    firsts = [by_digest[digest][0] for digest in digests]
    return FileSelection.of(FileColumns.of(firsts), [file.id for file in firsts])
