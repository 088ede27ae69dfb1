"""Held-out pictures and their copies: what the models and their rivals are tried on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.pipeline.decoding.thumbnail import encode_thumbnail, read_thumbnail, shrink
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.near_duplicates import distinct
from models.training.data.training_pictures import archives, read

PROPS = 60
"""Pictures that stickers and collages are made of."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of original number ``original``, made by the transform named ``edit``."""

    original: int
    edit: str
    picture: Image.Image


class HeldOutCopies:
    """Originals without natural near-duplicates, and seeded copies of a sample of them."""

    def __init__(self, pictures: list[Image.Image], seed: int = 7) -> None:
        kept = distinct(pictures)
        self.found, self.seed = len(pictures), seed
        few = min(PROPS, len(kept) // 4)
        # What is pasted beside or over a copy is no original: it would be found, and rightly.
        self.props = [pictures[index] for index in kept[:few]] or pictures
        self.numbers = kept[few:]
        """Which of the pictures each original is."""
        self.originals = [pictures[index] for index in self.numbers]

    @classmethod
    def of_archives(cls, data: Path, prefix: str, seed: int = 7) -> HeldOutCopies:
        """Return the trial of all pictures of the archives of a name; raises FileNotFoundError."""
        return cls([picture for archive in archives(data, prefix) for _, _, picture in read(archive)], seed)

    @classmethod
    def of_folder(cls, folder: Path, most: int = 1000, seed: int = 7) -> HeldOutCopies:
        """Return the trial of pictures anywhere below a folder, evenly taken if there are too many."""
        pictures = [picture for _, _, picture in read(folder)]
        return cls(pictures[:: max(1, -(-len(pictures) // most))], seed)

    def copies(
        self, sample: int, edits: int | None = None, named: Collection[str] = TRANSFORMS
    ) -> Iterator[Copy]:
        """Yield the copies of ``sample`` originals: by every transform, or by ``edits`` of them.

        Only those ``named`` are made, each as it would be among all.
        """
        rng = np.random.default_rng(self.seed)
        chosen = rng.permutation(len(self.originals))[:sample]
        names = list(TRANSFORMS)
        for original in chosen.tolist():
            own = names if edits is None else [names[i] for i in rng.permutation(len(names))[:edits]]
            for name in (name for name in own if name in named):
                # Seeded by picture and transform: another sample leaves each copy as it was.
                dice = np.random.default_rng((self.seed, original, names.index(name)))
                picture = TRANSFORMS[name].edit(self.originals[original], dice, self.props)
                yield Copy(original, name, picture)


def thumbnail(picture: Image.Image) -> NDArray[np.uint8]:
    """Return what the app would hand to the model: at most 256 pixels a side."""
    return read_thumbnail(encode_thumbnail(shrink(picture)))
