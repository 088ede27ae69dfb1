"""The files that go: those of a library that are marked for removal, their bytes, and who may not go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.review.folders import InFolders
from dpm_tui.review.history import Mark, Marking
from dpm_tui.review.library import Library
from dpm_tui.review.refusal import has_witness

_FEW = 100
"""So many files are looked at one by one; more of them take all columns of the library at once."""


class Going:
    """Follows the marks of a library's files; ``size`` is the bytes of all that go."""

    def __init__(self, library: Library, is_protected: Callable[[ImageFile], bool]) -> None:
        self.files: set[int] = set()
        self.size = 0
        self._library = library
        self._is_protected = is_protected

    def follow(self, files: Iterable[int], markings: Mapping[int, Marking]) -> None:
        """Take over the markings of files of which some may have changed."""
        changed = dict.fromkeys(files)
        marked = [id_ for id_ in changed if id_ in markings and markings[id_].mark is Mark.REMOVE]
        come = self._library.sizes([id_ for id_ in marked if id_ not in self.files])
        wanted = set(marked)
        gone = self._library.sizes([id_ for id_ in changed if id_ in self.files and id_ not in wanted])
        self.size += sum(come.values()) - sum(gone.values())
        self.files.update(come)
        self.files.difference_update(gone)

    def unjustified(self, near: Sequence[int]) -> list[int]:
        """Return the files that may not go, among all that go from the groups of the files ``near``.

        These are the protected ones and those without a verified pair with a file of their group that
        stays.
        """
        library = self._library
        if len(near) > _FEW and isinstance(self._is_protected, InFolders):
            return self._unjustified_of_many(near, self._is_protected)
        groups = {group.id: group for group in (library.group_of(id_) for id_ in near if library.has(id_))}
        wrong: list[int] = []
        for group in groups.values():
            staying = [id_ for id_ in group.members if id_ not in self.files]
            wrong += [
                id_
                for id_ in group.members
                if id_ in self.files
                and (self._is_protected(library.files[id_]) or not has_witness(library, id_, staying))
            ]
        return wrong

    def _unjustified_of_many(self, near: Sequence[int], protected: InFolders) -> list[int]:
        import numpy as np

        from dpm_tui.review.sieves import by_folder

        if not self._library.groups:
            return []
        columns = self._library.columns
        files, starts, pairs = columns.files, columns.groups.starts, columns.pairs.rows
        going, justified, asked = (np.zeros(len(files), np.bool_) for _ in range(3))
        going[files.rows_of(np.fromiter(self.files, np.int64, len(self.files)))] = True
        for one, other in (("first", "second"), ("second", "first")):
            justified[pairs[one][~going[pairs[other]]]] = True
        rows = files.rows_of(np.array(near, np.int64))
        homes = np.zeros(len(starts) - 1, np.bool_)
        homes[np.searchsorted(starts, rows[rows >= 0], side="right") - 1] = True
        asked = going & np.repeat(homes, columns.groups.counts)
        wrong = asked & (~justified | by_folder(columns, protected))
        found: list[int] = files.rows["id"][wrong].tolist()
        return found
