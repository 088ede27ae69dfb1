"""The hashes that the models are measured against, as unit vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Vector = NDArray[np.float32]


def phash(picture: Image.Image, side: int = 16) -> Vector:
    """Return the perceptual hash of side x side bits as a unit vector.

    The product of two is 1 - 2 distance / bits, the distance in bits.
    """
    import imagehash  # here, so that who makes copies alone needs no package of the evaluation

    return _unit(imagehash.phash(picture, hash_size=side).hash.ravel())


def pdq(picture: Image.Image) -> Vector:
    """Return the 256 bits of PDQ (Davis and Rosen 2019) as a unit vector."""
    import pdqhash

    return _unit(pdqhash.compute(np.ascontiguousarray(picture))[0])


def _unit(bits: NDArray[np.bool_]) -> Vector:
    return np.where(bits, 1.0, -1.0).astype(np.float32) / np.float32(len(bits) ** 0.5)


HASHES: dict[str, Callable[[Image.Image], Vector]] = {
    "pHash-64": lambda picture: phash(picture, 8),
    "pHash-256": phash,
    "PDQ": pdq,
}
