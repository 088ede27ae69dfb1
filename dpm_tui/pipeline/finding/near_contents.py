"""Near contents: what a scan would compare a picture with, were it in the library.

A library is read once, block by block, for all pictures that are asked for. They are not compared with each
other, and take no place of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, keep_nearest
from dpm_tui.pipeline.candidates import crop_search
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.candidates.nearest_neighbours import FLOOR, LOOKED_AT, NEAREST, SURE
from dpm_tui.pipeline.candidates.neighbour_quota import CROWD, keep_families
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.ports import VectorTable

_READ_ROWS = 2048
BELOW = 8
"""Families below the threshold that are looked at. A scan takes two of each picture, and also those of which
the picture is one of the two: whoever is that is among a few more."""
CONTAINERS = 2 * crop_search.MOST
"""Pictures of which one part is near to the whole picture."""


@dataclass(frozen=True, slots=True)
class WholeVectors:
    """The vectors of whole pictures by one model, and the cosine from which two are a candidate."""

    table: VectorTable
    threshold: float


def find_near(
    whole: Mapping[str, WholeVectors],
    parts: VectorTable,
    prints: Sequence[Fingerprint],
    known: ContentIndex,
    known_rows: Callable[[VectorTable], NDArray[np.bool_]],
) -> list[dict[str, float]]:
    """Return for each fingerprint the contents to compare it with, among the ``known``, with their cosines.

    ``whole`` are the vectors by the name of their model, ``parts`` those of ``crop_search``. ``known_rows``
    returns the mask of the rows of a table whose contents are known.
    """
    found: list[dict[str, float]] = [{} for _ in prints]

    def note(table: VectorTable, near: NeighbourPairs, asked: Sequence[int]) -> None:
        for row, number, cosine in zip(near.firsts, near.seconds, near.cosines, strict=True):
            digest, cosines = table.digest_at(int(row)), found[asked[int(number)]]
            if digest in known:
                cosines[digest] = max(min(float(cosine), 1.0), cosines.get(digest, -1.0))

    for model, vectors in whole.items():
        asked = [number for number, each in enumerate(prints) if model in each.vectors]
        if asked:
            rows = np.stack([prints[number].vectors[model] for number in asked])
            note(vectors.table, _near_whole(vectors, rows, known_rows(vectors.table)), asked)
    if prints:
        rows = np.stack([each.parts for each in prints])
        note(parts, _near_parts(parts, rows, known_rows(parts)), range(len(prints)))
    return found


class _Nearest:
    """The rows of a table that are nearest to each of some vectors, ``most`` of them from ``floor`` on."""

    def __init__(self, floor: float, most: int) -> None:
        self.near = NeighbourPairs.none()
        self._floor, self._most = np.float32(floor), most

    def add(self, start: int, cosines: NDArray[np.float32]) -> None:
        """Take the cosines of rows from ``start`` on with all vectors, shape (rows, vectors)."""
        rows, vectors = np.nonzero(cosines >= self._floor)
        fresh = NeighbourPairs(rows + start, vectors, cosines[rows, vectors])
        self.near = keep_nearest([self.near, fresh], self._most)


class _Floats:
    """The rows of a table as numbers that are quickly multiplied."""

    def __init__(self, table: VectorTable) -> None:
        self._table = table

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows with these numbers, which come in order."""
        return self._table.take(numbers).astype(np.float32)


def _near_whole(vectors: WholeVectors, asked: NDArray[np.float32], live: NDArray[np.bool_]) -> NeighbourPairs:
    """Return what whole pictures bring, as ``nearest_neighbours`` says of those that come new."""
    threshold = np.float32(vectors.threshold)
    above = _Nearest(vectors.threshold, LOOKED_AT * NEAREST)
    below = _Nearest(FLOOR, LOOKED_AT * BELOW)
    for start in range(0, len(live), _READ_ROWS):
        wanted = live[start : start + _READ_ROWS, None]
        rows = vectors.table.read(start, min(start + _READ_ROWS, len(live))).astype(np.float32)
        cosines = np.where(wanted, rows @ asked.T, np.float32(-1))
        above.add(start, cosines)
        below.add(start, np.where(cosines < threshold, cosines, np.float32(-1)))
    sure = above.near.cosines >= np.float32(SURE)
    table = _Floats(vectors.table)
    return NeighbourPairs.joined(
        [
            keep_nearest([above.near.only(sure)], CROWD),
            keep_families(table, above.near.only(~sure), NEAREST),
            keep_families(table, below.near, BELOW),
        ]
    )


def _near_parts(table: VectorTable, asked: NDArray[np.float32], live: NDArray[np.bool_]) -> NeighbourPairs:
    """Return the whole pictures that parts of the asked ones are near to, and those they may be a part of."""
    dims = asked.shape[1] // (1 + COUNT)
    whole, own_parts = asked[:, :dims], asked[:, dims:].reshape(-1, dims)
    inside = _Nearest(crop_search.FLOOR, 1)
    sure = _Nearest(crop_search.SURE, crop_search.MOST * COUNT)
    around = _Nearest(crop_search.FLOOR, CONTAINERS)
    for start in range(0, len(live), _READ_ROWS):
        wanted = live[start : start + _READ_ROWS, None]
        rows = table.read(start, min(start + _READ_ROWS, len(live))).astype(np.float32)
        cosines = np.where(wanted, rows[:, :dims] @ own_parts.T, np.float32(-1))
        inside.add(start, cosines)
        sure.add(start, cosines)
        theirs = (rows[:, dims:].reshape(-1, dims) @ whole.T).reshape(len(rows), COUNT, -1).max(axis=1)
        around.add(start, np.where(wanted, theirs, np.float32(-1)))
    near = _of_pictures(sure.near).highest()
    return NeighbourPairs.joined(
        [_of_pictures(inside.near), keep_nearest([near], crop_search.MOST), around.near]
    )


def _of_pictures(near: NeighbourPairs) -> NeighbourPairs:
    """Return pairs with the number of a picture in the place of that of its part."""
    return NeighbourPairs(near.firsts, near.seconds // COUNT, near.cosines)
