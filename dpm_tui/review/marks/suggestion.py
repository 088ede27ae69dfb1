"""Suggestion: what accepting a rule for some groups would mark, to be looked at before it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.mark_refusal import has_witness
from dpm_tui.review.rules.rule import HAND, Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Suggestion:
    """The markings of files, and for each file that would go the one that is kept for it.

    ``groups`` is the number of groups in which something would go.
    """

    library: Library
    markings: Mapping[int, Marking | None] = field(default_factory=dict)
    kept: Mapping[int, int] = field(default_factory=dict)
    groups: int = 0

    @property
    def files(self) -> int:
        """The number of files that would go."""
        return len(self.kept)

    @cached_property
    def size(self) -> int:
        """The bytes of the files that would go."""
        files = self.library.columns.files
        return files.size_of(files.rows_among(self.kept))

    @cached_property
    def similarities(self) -> dict[int, float]:
        """How similar each file that would go is to the one that is kept for it, the least similar first."""
        import numpy as np

        if not self.kept:
            return {}
        columns = self.library.columns
        files, keepers = _numbers(self.kept), _numbers(self.kept.values())
        rows = columns.files.rows_of(files), columns.files.rows_of(keepers)
        values = columns.pairs.similarities(*rows)
        order = np.lexsort((files, values))
        return dict(zip(files[order].tolist(), values[order].tolist(), strict=True))

    @property
    def weakest(self) -> float:
        """The lowest similarity that it rests on; 1 where nothing would go."""
        return next(iter(self.similarities.values()), 1.0)

    def beyond(self, removed: Collection[int]) -> Suggestion:
        """Return the suggestion with only those files as going that are not among ``removed`` already.

        Its markings stay as they are.
        """
        out = frozenset(removed)
        kept = {id_: keeper for id_, keeper in self.kept.items() if id_ not in out}
        if len(kept) == len(self.kept):
            return self
        return replace(self, kept=kept, groups=len(_homes(self.library, kept)))

    def without(self, file: int, members: Collection[int]) -> Suggestion:
        """Return the suggestion with one file left as it is; ``members`` are those of its group."""
        keeper = self.kept[file]
        kept = {id_: other for id_, other in self.kept.items() if id_ != file}
        dropped = {file} if keeper in kept.values() else {file, keeper}
        markings = {id_: marking for id_, marking in self.markings.items() if id_ not in dropped}
        groups = self.groups - kept.keys().isdisjoint(members)
        return replace(self, markings=markings, kept=kept, groups=groups)


def suggest(
    library: Library,
    numbers: Sequence[int],
    rule: Rule,
    kinds: Collection[Kind],
    protected: FolderSet,
    markings: Mapping[int, Marking],
) -> Suggestion:
    """Return what ``rule`` would mark in groups, by their numbers; ``markings`` by hand stay as they are."""
    from dpm_tui.review.rules.weighing import weigh

    marked = weigh(library, numbers, rule, kinds, protected).marked
    if not marked:
        return Suggestion(library)
    groups = library.columns.groups
    homes = _homes(library, marked)
    sets = zip(*(groups.starts[each].tolist() for each in (homes, homes + 1)), strict=True)
    ids = groups.ids
    return _suggestion(library, (ids[start:end].tolist() for start, end in sets), rule, marked, markings)


def _homes(library: Library, ids: Collection[int]) -> NDArray[np.int64]:
    """Return the numbers of the groups of files, each once."""
    import numpy as np

    files, groups = library.columns.files, library.columns.groups
    return np.unique(groups.numbers_at(files.rows_among(ids)))


def _numbers(ids: Collection[int]) -> NDArray[np.int64]:
    import numpy as np

    return np.fromiter(ids, np.int64, len(ids))


def _suggestion(
    library: Library,
    sets: Iterable[Sequence[int]],
    rule: Rule,
    marked: Mapping[int, int],
    markings: Mapping[int, Marking],
) -> Suggestion:
    """Return the suggestion for groups of files by their ids, without what contradicts marks by hand."""
    keep, remove = Marking(Mark.KEEP, rule.name), Marking(Mark.REMOVE, rule.name)
    suggested: dict[int, Marking | None] = {}
    kept: dict[int, int] = {}
    count = 0
    for members in sets:
        known = ((id_, markings[id_]) for id_ in members if id_ in markings)
        fixed = {id_: marking.mark for id_, marking in known if marking.rule == HAND}
        out = {id_ for id_, mark in fixed.items() if mark is Mark.REMOVE}
        free = [id_ for id_ in members if id_ not in fixed]
        going = {id_: marked[id_] for id_ in free if id_ in marked and marked[id_] not in out}
        if not going:
            continue
        # What goes by hand relies on a file that stays, perhaps on the very one that the rule would take.
        staying = [id_ for id_ in members if id_ not in out and id_ not in going] if out else ()
        if not all(has_witness(library, id_, staying) for id_ in out):
            continue
        count += 1
        kept |= going
        suggested.update(dict.fromkeys(free))
        suggested.update(dict.fromkeys(going, remove))
        suggested.update((id_, keep) for id_ in going.values() if id_ not in fixed)
    return Suggestion(library, suggested, kept, count)
