"""A screen for processors that multiply numbers of 16 bits: several times as fast as single precision."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.screen import Packed, Places, ProductRoom, places_reaching

_ROUNDED = 0.0079
"""By how much a product of two unit vectors may be too low: each number of either is off by 2**-8 of it at
most. Rounding the product itself takes none below a bar that the format can hold."""

_MULTIPLE = 128
"""Rows and columns are multiplied by so many."""


class Bfloat16Screen:
    """Multiplies with bfloat16 and compares as whole numbers of 16 bits, which have the same order.

    That holds for positive numbers; a negative one is below every bar either way. Implements
    ``pipeline.candidates.screen.Screen``.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)  # whoever asks has threads of its own
        self._room = ProductRoom(np.dtype(np.int16))

    def pack(self, vectors: NDArray[np.float32]) -> Packed:
        """Return the vectors rounded, as the whole numbers that have the same bits."""
        packed: Packed = torch.from_numpy(vectors).bfloat16().view(torch.int16).numpy()
        return packed

    def reaching(
        self,
        rows: Packed,
        columns: Packed,
        row_bars: NDArray[np.float32],
        column_bars: NDArray[np.float32] | None = None,
    ) -> Places:
        """Return where the products of rows and columns may reach the bar of their row or column."""
        rows, columns, height, width = _padded(rows), _padded(columns), len(rows), len(columns)
        products = self._room.take(len(rows), len(columns))
        one, other, out = (torch.from_numpy(each).view(torch.bfloat16) for each in (rows, columns, products))
        torch.mm(one, other.T, out=out)
        lower = None if column_bars is None else _lower(column_bars)
        return places_reaching(products[:height, :width], _lower(row_bars), lower, _highest_along)


def _highest_along(products: Packed, axis: int) -> Packed:
    """Return the highest products along an axis: torch is several times as fast at it as numpy."""
    highest: Packed = torch.from_numpy(products).amax(axis).numpy()
    return highest


def _padded(vectors: Packed) -> Packed:
    """Return vectors with empty ones after them, so that there are few shapes: torch compiles and keeps code
    for each."""
    lacking = -len(vectors) % _MULTIPLE
    if not lacking:
        return vectors
    padded = np.zeros((len(vectors) + lacking, vectors.shape[1]), vectors.dtype)
    padded[: len(vectors)] = vectors  # np.pad takes a tenth of the whole search
    return padded


def _lower(bars: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return positive bars, less what products may be too low, rounded down to the format of the products."""
    bits = np.maximum(bars - np.float32(_ROUNDED), np.float32(1e-3)).view(np.int32)
    lower: NDArray[np.int16] = (bits >> 16).astype(np.int16)
    return lower
