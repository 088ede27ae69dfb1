"""Writes a library of families: originals with relatives and variants, and pictures that have none."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image

from dpm_tui.catalog.verdict import Kind
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import HeldOutCopies
from models.training.data.training_pictures import tiny_vectors
from models.training.evaluation.removals.encodings import (
    BEST_JPEG,
    LOSSLESS_WEBP,
    PNG,
    Encoding,
    decode,
    draw_best,
    draw_relative,
)
from models.training.evaluation.removals.truth import LOOKALIKE, ORIGINAL, SINGLE, TrueFile
from models.training.evaluation.removals.variants import draw_variant
from models.training.verifier.variant_edits import visible

SAME_BYTES, SAME_PIXELS = "same bytes", "same pixels"
VARIANT_AGAIN = ("jpeg 70", "webp 30", "scale 1/2", "jpeg 25")
"""What variants are copied by; half of them are."""
FOLDERS = ("north", "south", "east", "west", "attic")
FIGURE_RELATIVES = 2
_FIRST_DAY, _DAYS = 1_500_000_000, 2_000


@dataclass(slots=True)
class _Content:
    """What a file shows, as it comes back from the disk, and that file."""

    picture: Image.Image
    encoding: Encoding
    data: bytes
    file: TrueFile


class FamilyLibrary:
    """A folder that is being filled with families; ``files`` are what was written so far.

    Neither names nor dates nor folders tell what a file is.
    """

    def __init__(self, folder: Path, trial: HeldOutCopies, seed: int) -> None:
        self.files: list[TrueFile] = []
        self._folder, self._trial, self._seed = folder, trial, seed
        self._rng = np.random.default_rng((seed, 0))
        self._families, self._contents = count(), count()
        self._names: set[str] = set()
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)

    def fill(self, families: int, relatives: int) -> None:
        """Write families of held-out originals, and for each one that looks like it and another."""
        order = self._rng.permutation(len(self._trial.originals)).tolist()
        chosen, rest = order[:families], order[families:]
        for number in chosen:
            rng = np.random.default_rng((self._seed, 1, number))
            self._write_family(self._trial.originals[number], rng, relatives)
        alike = _nearest([self._trial.originals[number] for number in order], len(chosen))
        likes = [order[place] for place in alike]
        others = [number for number in rest if number not in set(likes)][:families]
        for edit, numbers in ((LOOKALIKE, likes), (SINGLE, others)):
            for number in numbers:
                self._write_first(self._trial.originals[number], edit, next(self._families), self._rng)

    def add_figure(self, drawn: list[Image.Image]) -> None:
        """Write a figure drawn in variants, the first with relatives."""
        family = next(self._families)
        rng = np.random.default_rng((self._seed, 2, family))
        original = self._write_first(drawn[0], ORIGINAL, family, rng)
        self._write_relatives(original, rng, FIGURE_RELATIVES)
        for picture in drawn[1:]:
            self._write_variant(original, "drawn", picture, rng)

    def _write_family(self, picture: Image.Image, rng: Generator, relatives: int) -> None:
        original = self._write_first(picture, ORIGINAL, next(self._families), rng)
        self._write_relatives(original, rng, relatives)
        if made := draw_variant(original.picture, rng):
            self._write_variant(original, *made, rng)

    def _write_relatives(self, content: _Content, rng: Generator, relatives: int) -> None:
        edits = [*TRANSFORMS, SAME_BYTES, SAME_PIXELS]
        for place in rng.permutation(len(edits))[:relatives].tolist():
            self._write_relative(content, edits[place], rng)

    def _write_variant(self, original: _Content, way: str, picture: Image.Image, rng: Generator) -> None:
        own = original.encoding if rng.random() < 0.7 else draw_relative("", rng)
        content = self._write_first(picture, f"variant: {way}", original.file.family, rng, own)
        if rng.random() < 0.5:
            self._write_relative(content, VARIANT_AGAIN[int(rng.integers(len(VARIANT_AGAIN)))], rng)

    def _write_first(
        self, picture: Image.Image, edit: str, family: int, rng: Generator, encoding: Encoding | None = None
    ) -> _Content:
        encoding = encoding or draw_best(rng)
        data = encoding.encode(picture)
        file = TrueFile(self._write(data, encoding.suffix), family, next(self._contents), edit)
        self.files.append(file)
        return _Content(decode(data), encoding, data, file)

    def _write_relative(self, content: _Content, edit: str, rng: Generator) -> None:
        if edit == SAME_BYTES:
            self._add(content, edit, content.data, content.encoding, frozenset({Kind.IDENTICAL}))
        elif edit == SAME_PIXELS:
            other = PNG if content.encoding == BEST_JPEG else LOSSLESS_WEBP
            self._add(content, edit, other.encode(content.picture), other, frozenset({Kind.PIXELS}))
        else:
            made = TRANSFORMS[edit].edit(content.picture, rng, self._trial.props)
            encoding, kinds = draw_relative(edit, rng), TRANSFORMS[edit].kinds
            if made.size == content.picture.size and not visible(content.picture, made):
                # Bars around what fills the screen, a turn of what is symmetric, a mark of white on white.
                kinds |= {Kind.COPY}
            self._add(content, edit, encoding.encode(made), encoding, kinds)

    def _add(
        self, content: _Content, edit: str, data: bytes, encoding: Encoding, kinds: frozenset[Kind]
    ) -> None:
        made = decode(data)
        near = fidelity(content.picture, made)
        if math.isinf(near):
            kinds = frozenset({Kind.IDENTICAL if data == content.data else Kind.PIXELS})
        transform = TRANSFORMS.get(edit)
        self.files.append(
            replace(
                content.file,
                path=self._write(data, encoding.suffix),
                edit=edit,
                kinds=kinds,
                fidelity=near if Kind.COPY in kinds or math.isinf(near) else 0.0,
                hard=transform is not None and transform.hard,
                pasted=transform is not None and transform.pastes,
            )
        )

    def _write(self, data: bytes, suffix: str) -> str:
        """Write a file and return its path below the folder."""
        name = next(name for name in iter(self._draw_name, "") if name not in self._names)
        self._names.add(name)
        path = f"{FOLDERS[int(self._rng.integers(len(FOLDERS)))]}/{name}.{suffix}"
        (self._folder / path).write_bytes(data)
        day = _FIRST_DAY + 86_400 * int(self._rng.integers(_DAYS))
        os.utime(self._folder / path, (day, day))
        return path

    def _draw_name(self) -> str:
        return f"{int(self._rng.integers(10**5, 10**6))}"


def fidelity(original: Image.Image, copy: Image.Image) -> float:
    """Return the PSNR in decibels of a copy brought to the size of its original, infinite for the same."""
    brought = copy if copy.size == original.size else copy.resize(original.size, Image.Resampling.LANCZOS)
    error = float(((np.asarray(original, np.float32) - np.asarray(brought, np.float32)) ** 2).mean())
    if not error and copy.size == original.size:
        return math.inf
    return 10 * math.log10(255**2 / max(error, 0.01))


def _nearest(pictures: list[Image.Image], firsts: int) -> list[int]:
    """Return the places of the pictures nearest in layout to each of the first ones, none of these."""
    small = np.stack([np.asarray(p.resize((96, 96), Image.Resampling.BOX)) for p in pictures])
    vectors = tiny_vectors(small)
    cosines = vectors[:firsts] @ vectors.T
    cosines[:, :firsts] = -1
    return sorted(set(cosines.argmax(axis=1).tolist())) if firsts < len(pictures) else []
