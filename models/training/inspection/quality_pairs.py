"""Pairs of an original and a degraded copy, with their traits: what the ensemble learns from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.quality.pair_traits import measure_pair
from dpm_tui.pipeline.quality.picture_traits import FileTraits, measure_picture
from models.training.inspection.degradations import DEGRADATIONS, StoredPicture, degrade, store_original
from models.training.inspection.source_pictures import source_pictures

COPIES = 6
"""Copies of each original."""
AGAIN = 0.25
"""Share of the copies that are copied once more: a copy is the original of its own copies."""
LARGEST = 4600
"""Longest side of an enlarged copy that is still made; larger ones only take time."""
SMALLEST = 48
"""Sides below this are too short to say anything."""


@dataclass(frozen=True)
class QualityPair:
    """The traits of an original, of its copy, and of the two together."""

    source: str
    degradation: str
    original: NDArray[np.float64]
    copy: NDArray[np.float64]
    pair: NDArray[np.float64]


def make_pairs(
    paths: Sequence[Path], seed: int, longest: tuple[int, int] | None = None
) -> Iterator[QualityPair]:
    """Yield the pairs of some pictures; ``longest`` bounds the side that a picture is made smaller to first.

    The same seed makes the same pairs.
    """
    for source, picture, draw in source_pictures(paths, seed, longest, SMALLEST):
        yield from _family(store_original(picture, draw), source, draw)


def _family(original: StoredPicture, source: str, draw: random.Random) -> Iterator[QualityPair]:
    own = _measure(original)
    for name in draw.sample(DEGRADATIONS, COPIES):
        copy = degrade(original, name, draw)
        if max(copy.pixels.shape) > LARGEST:
            continue
        traits = _measure(copy)
        yield QualityPair(source, name, own, traits, measure_pair(original.pixels, copy.pixels))
        if draw.random() < AGAIN:
            again = draw.choice(DEGRADATIONS)
            further = degrade(copy, again, draw)
            if max(further.pixels.shape) <= LARGEST:
                pair = measure_pair(copy.pixels, further.pixels)
                yield QualityPair(source, f"{name}+{again}", traits, _measure(further), pair)


def _measure(picture: StoredPicture) -> NDArray[np.float64]:
    file = FileTraits(len(picture.content), picture.lossy, picture.quality)
    return measure_picture(picture.pixels, file)


cv2.setNumThreads(1)
