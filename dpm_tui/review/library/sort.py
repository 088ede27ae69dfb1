"""Sort: the order in which groups are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dpm_tui.review.library.library import Library

if TYPE_CHECKING:
    from dpm_tui.review.library.library_columns import LibraryColumns


class Order(StrEnum):
    """What groups are sorted by; the value names it in the catalogue."""

    KIND = "kind"
    FOLDER = "folder"
    NAME = "name"
    SIZE = "size"
    SCORE = "score"
    FILES = "files"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order, and whether it is reversed."""

    order: Order = Order.KIND
    reverse: bool = False

    def choose(self, order: Order) -> Sorting:
        """Return the sorting after ``order`` was chosen: choosing the same one again reverses it."""
        return Sorting(order, not self.reverse if order is self.order else False)


def sort_groups(library: Library, numbers: Sequence[int], sorting: Sorting) -> list[int]:
    """Return the numbers of groups in the order asked for; ties stay in the library's order.

    The library's order is that of folders, and of paths within them. By kind, the group whose loosest kind is
    the strictest comes first: what is safest. Else most bytes, most files, the weakest similarity and the
    newest keeper come first.
    """
    if sorting.order is Order.FOLDER:
        return sorted(numbers, reverse=sorting.reverse)
    if not numbers:
        return []
    import numpy as np

    chosen = np.array(sorted(numbers), np.int64)
    ranks = _KEYS[sorting.order](library.columns, chosen)
    if (sorting.order in _MOST_FIRST) is not sorting.reverse:
        # A stable sort from the end keeps ties in order when it is turned round.
        order = np.argsort(ranks[::-1], kind="stable")[::-1]
        in_order = chosen[::-1][order]
    else:
        in_order = chosen[np.argsort(ranks, kind="stable")]
    sorted_numbers: list[int] = in_order.tolist()
    return sorted_numbers


def _names(columns: LibraryColumns, chosen: Any) -> Any:
    import numpy as np

    names = [columns.text.name(row) for row in columns.groups.starts[chosen].tolist()]
    ranks = np.zeros(len(names), np.int64)
    in_order = sorted(range(len(names)), key=names.__getitem__)
    rank = -1
    before = None
    for place in in_order:
        rank += names[place] != before
        before = names[place]
        ranks[place] = rank
    return ranks


_KEYS: dict[Order, Callable[[LibraryColumns, Any], Any]] = {
    Order.KIND: lambda columns, chosen: columns.loosest[chosen],
    Order.NAME: _names,
    Order.SIZE: lambda columns, chosen: columns.groups.reclaimable[chosen],
    Order.SCORE: lambda columns, chosen: columns.groups.weakest[chosen],
    Order.FILES: lambda columns, chosen: columns.groups.counts[chosen],
    Order.DATE: lambda columns, chosen: columns.dates[columns.groups.starts[chosen]],
}
_MOST_FIRST = (Order.SIZE, Order.FILES, Order.DATE)
