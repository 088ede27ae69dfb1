"""Page sections: the groups by the loosest kind in each, with what the rule would free in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from dpm_tui.catalog.pair_columns import KINDS
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library


@dataclass(frozen=True, slots=True)
class Section:
    """The groups whose loosest kind is ``kind``; ``files`` and bytes are of all that lies beside the kept.

    ``freed`` are the bytes that the rule would free. The rest of ``beside`` is left to a person.
    """

    kind: Kind
    groups: int
    files: int
    freed: int
    beside: int

    @property
    def left(self) -> int:
        """The bytes that the rule leaves to a person: variants, crops, and what it spares."""
        return self.beside - self.freed


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The numbers of the groups in the order of the page, with section and freed bytes of each.

    Sections run from the strictest kind to the loosest; in each, what frees the most stands first.
    """

    sections: tuple[Section, ...]
    numbers: tuple[int, ...]
    steps: tuple[int, ...]
    freed: tuple[int, ...]


def arrange_groups(library: Library, going: Collection[int]) -> Arrangement:
    """Return the arrangement of a library of which the files ``going`` are marked by the rule."""
    if not library.groups:
        return Arrangement((), (), (), ())
    columns = library.columns
    starts, codes = columns.groups.starts[:-1], columns.loosest
    marked = columns.flags(columns.files.rows_among(going))
    freed = np.add.reduceat(np.where(marked, columns.files.sizes(), 0), starts)
    beside = columns.groups.reclaimable
    order = np.lexsort((-beside, -freed, codes))
    found = np.unique(codes).tolist()
    sections = tuple(
        Section(
            KINDS[code],
            int((codes == code).sum()),
            int((columns.groups.counts[codes == code] - 1).sum()),
            int(freed[codes == code].sum()),
            int(beside[codes == code].sum()),
        )
        for code in found
    )
    steps = np.searchsorted(found, codes[order])
    return Arrangement(sections, tuple(order.tolist()), tuple(steps.tolist()), tuple(freed[order].tolist()))
