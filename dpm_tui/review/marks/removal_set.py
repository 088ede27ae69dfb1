"""The files that go: those of a library that are marked for removal, their bytes, and who may not go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING

from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dpm_tui.review.library.library_columns import LibraryColumns


class RemovalSet(AbstractSet[int]):
    """The ids of the files that go, as the marks of a library's files say; ``size`` is their bytes."""

    def __init__(self, library: Library, protected: FolderSet) -> None:
        self.size = 0
        self._count = 0
        self._library = library
        self._protected = protected

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
        stays, nor the bytes of one.
        """
        if not self._library.groups:
            return []
        import numpy as np

        columns = self._library.columns
        numbers = np.unique(columns.groups.numbers_at(columns.files.rows_among(near)))
        going, part = self._flags[columns.groups.rows_of(numbers)], columns.part(numbers)
        pairs = part.pairs.rows
        ends = ((pairs[one], pairs[other]) for one, other in (("first", "second"), ("second", "first")))
        justified = part.flags(np.concatenate([one[~going[other]] for one, other in ends]))
        if (doubtful := np.flatnonzero(going & ~justified)).size:
            justified[doubtful[_has_twin(part, doubtful, ~going)]] = True
        wrong = going & (~justified | part.within(self._protected))
        ids: list[int] = part.files.rows["id"][wrong].tolist()
        return ids

    @cached_property
    def _flags(self) -> NDArray[np.bool_]:
        """Whether each file goes, by its row."""
        import numpy as np

        return np.zeros(len(self._library.columns.files), np.bool_)


def _has_twin(
    columns: LibraryColumns, rows: NDArray[np.int64], stays: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return whether each of some rows has the bytes of a file of its group that stays."""
    import numpy as np

    digests, homes = columns.files.field("digest"), columns.groups.numbers_at(np.arange(len(stays)))
    near = np.flatnonzero(stays & np.isin(homes, homes[rows]))
    staying = set(zip(homes[near].tolist(), digests[near].tolist(), strict=True))
    asked = zip(homes[rows].tolist(), digests[rows].tolist(), strict=True)
    return np.array([bool(each[1]) and each in staying for each in asked], np.bool_)
