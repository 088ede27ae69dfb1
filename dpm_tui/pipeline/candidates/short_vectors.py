"""Short vectors: fewer numbers a vector, whose products are never below the cosines of the whole ones.

Vectors are turned to their principal axes. The first ones are kept, and of the others together only how long
that rest is: the product of two rests is at most that of their lengths (Cauchy and Schwarz). So whatever lies
below a bar by the short vectors does so by the whole ones, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 32
"""Numbers of a short vector come in multiples of it, as processors multiply so many at a time."""
_ROUNDED = 2e-7
"""How far off a squared length may be."""


@dataclass(frozen=True, slots=True)
class Shortening:
    """The axes that are kept, shape (dims, short - 1); None where vectors stay as they are."""

    axes: NDArray[np.float32] | None

    @classmethod
    def of(cls, sample: NDArray[np.float32], max_rest: float) -> Shortening:
        """Return the shortening that suits vectors like those of a sample, shape (rows, dims).

        ``max_rest`` is the share of the squared length that the axes left out may hold, on average: the less,
        the fewer products of whole vectors, the more, the shorter the short ones.
        """
        dims = sample.shape[1]
        if dims <= STEP or not len(sample):
            return cls(None)
        shares, axes = np.linalg.eigh(sample.T.astype(np.float64) @ sample)
        shares, axes = np.maximum(shares[::-1], 0), axes[:, ::-1]
        rests = 1 - np.cumsum(shares) / max(float(shares.sum()), 1e-9)
        for short in range(STEP, dims, STEP):
            if rests[short - 2] <= max_rest:
                return cls(np.ascontiguousarray(axes[:, : short - 1], dtype=np.float32))
        return cls(None)

    def apply(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the short vectors, shape (rows, short)."""
        if self.axes is None:
            return vectors
        kept = vectors @ self.axes
        rest = np.square(vectors).sum(axis=1) - np.square(kept).sum(axis=1)
        return np.column_stack([kept, np.sqrt(np.maximum(rest, 0) + _ROUNDED)])
