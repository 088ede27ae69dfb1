"""Sort: the order in which groups are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from dpm_tui.pipeline.group import Group
from dpm_tui.review.library import Library


class Order(StrEnum):
    """What groups are sorted by; the value names it in the catalogue and its key in the prompt."""

    NAME = "name"
    SIZE = "size"
    SCORE = "score"
    FILES = "files"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order, and whether it is turned round."""

    order: Order = Order.NAME
    reverse: bool = False

    def choose(self, order: Order) -> Sorting:
        """Return the sorting after ``order`` was chosen: the same one again turns it round."""
        return Sorting(order, not self.reverse if order is self.order else False)


def sort_groups(library: Library, numbers: Iterable[int], sorting: Sorting) -> list[int]:
    """Return the numbers of groups in the order asked for; ties stay in the library's order.

    Most bytes, most files, the weakest similarity and the newest keeper come first.
    """
    if sorting.order is Order.NAME:
        return sorted(numbers, reverse=sorting.reverse)
    key = _KEYS[sorting.order]
    groups = library.groups
    sign = -1 if sorting.reverse else 1
    return sorted(numbers, key=lambda number: (sign * key(library, groups[number]), number))


_KEYS: dict[Order, Callable[[Library, Group], float]] = {
    Order.SIZE: lambda library, group: -group.reclaimable_bytes,
    Order.SCORE: lambda library, group: group.weakest,
    Order.FILES: lambda library, group: -len(group.members),
    Order.DATE: lambda library, group: -library.files[group.keeper].stamp.mtime_ns,
}
