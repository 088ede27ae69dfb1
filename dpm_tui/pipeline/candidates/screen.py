"""Screens: find quickly which products of many short vectors may reach a bar.

A screen may name a product that does not reach it, but never miss one that does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Packed = NDArray[Any]
"""Short vectors in the number format of a screen, a row each."""
Places = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows and columns of some products, two arrays that are broadcast: of a crowd (n, 1) and (1, m)."""
_CROWD, _CROWDED = 4096, 8
"""Products of which one in _CROWDED is wanted are a crowd, if they are more than _CROWD."""
_ROUNDED = 1e-4
"""By how much a product of single precision may be too low."""


class Screen(Protocol):
    """Multiplies short vectors, a thousand by a thousand or so; several threads may use one."""

    def pack(self, vectors: NDArray[np.float32]) -> Packed:
        """Return short vectors in the format of the screen."""

    def reaching(
        self,
        rows: Packed,
        columns: Packed,
        row_bars: NDArray[np.float32],
        column_bars: NDArray[np.float32] | None = None,
    ) -> Places:
        """Return where the products of rows and columns may reach the bar of their row, or of their column.

        No place comes twice.
        """


class NumpyScreen:
    """Multiplies with single precision, whatever processor there is."""

    def __init__(self) -> None:
        self._room = ProductRoom(np.dtype(np.float32))

    def pack(self, vectors: NDArray[np.float32]) -> Packed:
        """Return the vectors as they are."""
        return vectors

    def reaching(
        self,
        rows: Packed,
        columns: Packed,
        row_bars: NDArray[np.float32],
        column_bars: NDArray[np.float32] | None = None,
    ) -> Places:
        """Return where the products of rows and columns may reach the bar of their row or column."""
        products = self._room.take(len(rows), len(columns))
        np.matmul(rows, columns.T, out=products)
        lower = None if column_bars is None else column_bars - np.float32(_ROUNDED)
        return places_reaching(products, row_bars - np.float32(_ROUNDED), lower)


class ProductRoom:
    """Memory for products, for each thread its own, used again: fresh memory costs as much as filling it."""

    def __init__(self, kind: np.dtype[Any]) -> None:
        self._kind = kind
        self._own = threading.local()

    def take(self, rows: int, columns: int) -> NDArray[Any]:
        """Return an array of this shape, with anything in it."""
        room: NDArray[Any] | None = getattr(self._own, "room", None)
        if room is None or room.size < rows * columns:
            room = self._own.room = np.empty(rows * columns, self._kind)
        return room[: rows * columns].reshape(rows, columns)


def highest_along(products: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return the highest products along an axis, -1 at least."""
    highest: NDArray[Any] = products.max(axis=axis, initial=products.dtype.type(-1))
    return highest


def places_reaching(
    products: NDArray[Any],
    row_bars: NDArray[Any],
    column_bars: NDArray[Any] | None = None,
    highest: Callable[[NDArray[Any], int], NDArray[Any]] = highest_along,
) -> Places:
    """Return the places of products, shape (rows, columns), that reach the bar of their row or column.

    ``highest`` returns the highest products along an axis.
    """
    hot = np.flatnonzero(highest(products, 1) >= row_bars)
    near = products[hot] >= row_bars[hot, None]
    width = products.shape[1]
    wanting, wanted = np.zeros(0, np.int64), np.zeros(0, np.int64)
    if column_bars is not None:
        wanting = np.flatnonzero(highest(products, 0) >= column_bars)
        found = np.flatnonzero(products[:, wanting] >= column_bars[wanting])
        wanted = found // max(len(wanting), 1) * width + wanting[found % max(len(wanting), 1)]
    if near.size > _CROWD and np.count_nonzero(near) * _CROWDED > near.size:
        columns = np.union1d(np.flatnonzero(near.any(axis=0)), wanting)
        rows = hot if not len(wanting) else np.arange(len(products))
        return rows[:, None], columns[None, :]
    found = np.flatnonzero(near)
    places = hot[found // width] * width + found % width
    if len(wanted):
        places = np.union1d(places, wanted)
    return places // width, places % width
