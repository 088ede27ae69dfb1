"""The files that go: those of a library that are marked for removal, their bytes, and who may not go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.mark_refusal import has_witness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEW = 100
"""So many files are looked at one by one; more of them take all columns of the library at once."""


class RemovalSet(AbstractSet[int]):
    """The ids of the files that go, as the marks of a library's files say; ``size`` is their bytes."""

    def __init__(self, library: Library, is_protected: Callable[[ImageFile], bool]) -> None:
        self.size = 0
        self._count = 0
        self._library = library
        self._is_protected = is_protected

    @classmethod
    def _from_iterable(cls, ids: Iterable[int]) -> AbstractSet[int]:  # type: ignore[override]
        return set(ids)

    def __contains__(self, id_: object) -> bool:
        if not self._count or not isinstance(id_, int) or not self._library.has(id_):
            return False
        return bool(self._flags[self._library.columns.files.row(id_)])

    def __iter__(self) -> Iterator[int]:
        yield from self._library.columns.files.rows["id"][self._flags].tolist() if self._count else ()

    def __len__(self) -> int:
        return self._count

    def follow(self, files: Iterable[int], markings: Mapping[int, Marking]) -> None:
        """Take over the markings of files of which some may have changed."""
        if not self._library.groups:
            return
        import numpy as np

        columns = self._library.columns.files
        rows = np.unique(columns.rows_among(list(files)))
        found = map(markings.get, columns.rows["id"][rows].tolist())
        wanted = np.array(
            [marking is not None and marking.mark is Mark.REMOVE for marking in found], np.bool_
        )
        come, gone = rows[wanted & ~self._flags[rows]], rows[~wanted & self._flags[rows]]
        self.size += columns.size_of(come) - columns.size_of(gone)
        self._count += len(come) - len(gone)
        self._flags[come] = True
        self._flags[gone] = False

    def unjustified(self, near: Collection[int]) -> list[int]:
        """Return the files that may not go, among all that go from the groups of the files ``near``.

        These are the protected ones and those without a verified pair with a file of their group that
        stays.
        """
        library = self._library
        if len(near) > _FEW and isinstance(self._is_protected, FolderSet):
            return self._unjustified_of_many(near, self._is_protected)
        groups = {group.id: group for group in (library.group_of(id_) for id_ in near if library.has(id_))}
        wrong: list[int] = []
        for group in groups.values():
            going = [id_ for id_ in group.members if id_ in self]
            staying = [id_ for id_ in group.members if id_ not in self]
            wrong += [
                id_
                for id_ in going
                if self._is_protected(library.files[id_]) or not has_witness(library, id_, staying)
            ]
        return wrong

    def _unjustified_of_many(self, near: Collection[int], protected: FolderSet) -> list[int]:
        if not self._library.groups:
            return []
        import numpy as np

        from dpm_tui.review.rules.criterion_scores import by_folder

        columns = self._library.columns
        files, pairs = columns.files, columns.pairs.rows
        going = self._flags
        ends = ((pairs[one], pairs[other]) for one, other in (("first", "second"), ("second", "first")))
        justified = columns.flags(np.concatenate([one[~going[other]] for one, other in ends]))
        homes = np.zeros(len(columns.groups), np.bool_)
        homes[columns.groups.numbers_at(files.rows_among(near))] = True
        asked = going & np.repeat(homes, columns.groups.counts)
        found: list[int] = files.rows["id"][asked & (~justified | by_folder(columns, protected))].tolist()
        return found

    @cached_property
    def _flags(self) -> NDArray[np.bool_]:
        """Whether each file goes, by its row."""
        import numpy as np

        return np.zeros(len(self._library.columns.files), np.bool_)
