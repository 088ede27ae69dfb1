"""Labelled pictures: training pictures as the network sees them, each with what it is."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dpm_tui.neural.copy_network import squash
from models.training.choice.drawn_pictures import draw_after
from models.training.data.held_out_copies import thumbnail
from models.training.data.picture_kinds import EITHER, PictureKinds
from models.training.data.training_pictures import archives, read

SHARES = {
    "clothing-dataset-small": 0.5,
    "flower_photos": 0.5,
    "GroceryStoreDataset": 0.5,
    "deb-openclipart-svg": 0.4,
    "npm-dicebear": 0.25,
}
"""Shares of large sources that are read: more of the same teach little."""
ICONS, ICON_SHARE = "npm-iconify-", 0.4
"""How the names of sources of icons begin, and the share of them that is read."""
WORTH, ICON_WORTH = {"caltech101": 2.0}, 0.3
"""How much sources count, others 1: objects of all sorts much, icons little."""
CROWDED = 0.6
"""Power of the size of a source by which each of its pictures counts less."""
HELD_OUT = 0.2
"""Share of the pictures that are not for learning."""
DRAWN_AFTER = 1400
DRAWN_SOURCE = "drawn"
"""Drawings made after photographs, and what their source is called."""


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """Squares (N, side, side, 3), whether each is an illustration (N,), its source, and how much it counts.

    ``held_out`` (N,) are not for learning, but to see what was learned.
    """

    squares: NDArray[np.uint8]
    drawn: NDArray[np.bool_]
    sources: NDArray[np.str_]
    held_out: NDArray[np.bool_]
    weights: NDArray[np.float32]

    @classmethod
    def read(cls, data: Path, side: int, seed: int = 5) -> LabelledPictures:
        """Return pictures of the training archives whose kind is known, and drawings after photographs.

        Raises FileNotFoundError.
        """
        kinds = PictureKinds.read()
        rows: list[tuple[NDArray[np.uint8], bool, str, bool]] = []
        for archive in (*archives(data, "train-photo"), *archives(data, "train-illustration")):

            def wanted(name: str, archive: Path = archive) -> bool:
                return kinds.kind(archive, name.split("/")[0], name) != EITHER and _is_chosen(name)

            for source, name, picture in read(archive, wanted=wanted):
                is_drawn = kinds.kind(archive, source, name) == "illustration"
                rows.append(
                    (squash(thumbnail(picture), side), is_drawn, source, _chance(name[::-1]) < HELD_OUT)
                )
        draw = np.random.default_rng(seed)
        models = [row[0] for row in rows if not row[1] and not row[3]]
        for number in range(DRAWN_AFTER):
            after = models[int(draw.integers(0, len(models)))]
            rows.append((draw_after(after, number, draw), True, DRAWN_SOURCE, False))
        squares, drawn, sources, held_out = (list(column) for column in zip(*rows, strict=True))
        weights = _weights(np.array(drawn), np.array(sources))
        return cls(np.stack(squares), np.array(drawn), np.array(sources), np.array(held_out), weights)


def _chance(name: str) -> float:
    return zlib.crc32(name.encode()) / 2**32


def _is_chosen(name: str) -> bool:
    source = name.split("/")[0]
    return _chance(name) < SHARES.get(source, ICON_SHARE if source.startswith(ICONS) else 1)


def _weights(drawn: NDArray[np.bool_], sources: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return weights by which both kinds count alike, and large sources less than by their size."""
    weights = np.zeros(len(drawn), dtype=np.float32)
    for kind in (False, True):
        for source in np.unique(sources[drawn == kind]).tolist():
            own = (sources == source) & (drawn == kind)
            worth = ICON_WORTH if source.startswith(ICONS) else WORTH.get(source, 1.0)
            weights[own] = worth * own.sum() ** -CROWDED
        weights[drawn == kind] *= len(drawn) / 2 / weights[drawn == kind].sum()
    return weights
