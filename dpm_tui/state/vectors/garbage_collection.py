"""Garbage collection: drops the data of contents that left the library, once they take much room.

Candidates refer to vectors by the numbers of their rows, which change where others go. So the candidates
are emptied before a table of vectors is replaced, and written anew afterwards: after a crash no candidate
refers to rows of another table, and missing ones are matched again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

import numpy as np

from dpm_tui.catalog.content_digest import Prefixes
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.state.vectors.candidate_store import CandidateStore
from dpm_tui.state.vectors.vector_store import VectorStore

MIN_ROWS = 4096
"""Rows of gone contents that are worth a new table."""
MIN_SHARE = 1 / 3
_ROOM = 2
"""Times the size of a new table that must be free: it lies beside the old one for a moment."""


def is_due(tables: Collection[VectorStore], known: Prefixes) -> bool:
    """Return whether so many rows of the tables belong to contents that are not known any more."""
    rows = sum(map(len, tables))
    gone = rows - sum(int(np.count_nonzero(table.known_rows(known))) for table in tables)
    return gone >= MIN_ROWS and gone >= MIN_SHARE * rows


def clear_table(
    vectors: VectorStore, candidates: CandidateStore, known: Prefixes, cancelled: Callable[[], bool]
) -> bool:
    """Write a new table without the rows that are unknown and have no candidate.

    Returns whether it did: there may be no need, or no room. Both are open at the same rows then. Raises
    Cancelled with everything as it was; OSError, where at worst the candidates are lost, and the two stores
    must be opened anew.
    """
    near, matched = candidates.near, candidates.matched(len(vectors))
    kept = vectors.known_rows(known) | matched
    if candidates.rows > len(vectors) or kept.all():
        return False
    kept[near.firsts] = kept[near.seconds] = True
    size = int(np.count_nonzero(kept)) * vectors.row_bytes
    if _ROOM * size > _free(vectors):
        return False
    copy = vectors.copy_rows(kept, cancelled)
    candidates.clear()
    vectors.replace(copy)
    numbers = np.cumsum(kept) - 1
    renumbered = NeighbourPairs(numbers[near.firsts], numbers[near.seconds], near.cosines)
    candidates.add_block(np.flatnonzero(matched[kept]), renumbered)
    return True


def _free(vectors: VectorStore) -> int:
    """Return how many bytes are free where a table lies."""
    found = os.fstatvfs(vectors.place.folder.descriptor)
    return found.f_bavail * found.f_frsize
