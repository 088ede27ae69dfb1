"""How often the automatic choice between the models is right, and whether copies still meet.

``python -m models.training.evaluation.model_choice --data DIR`` tries it on held-out pictures: by what
they are (``models/training/data/picture_kinds.toml``; those that are either do not count), and by what the
name of their archive says.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.neural.copy_network import squash
from dpm_tui.neural.model_choice import ModelChoice, load_choice
from dpm_tui.neural.model_manifest import read_choice, read_manifest
from dpm_tui.neural.weights import load_network
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import HeldOutCopies, thumbnail
from models.training.data.picture_kinds import KINDS, PictureKinds
from models.training.data.training_pictures import archives, read
from models.training.evaluation.inference import choice_logits

Logits = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tried:
    """What the choice says of originals (N,) and of copies (M,) made of some, and what the originals are.

    ``first`` (M,) is the original of each copy, ``edits`` (M,) what was done to it.
    """

    kinds: NDArray[np.str_]
    plain: Logits
    copied: Logits
    first: NDArray[np.int64]
    edits: NDArray[np.str_]

    def apart(self, doubt: float) -> NDArray[np.bool_]:
        """Return which copies have no model in common with their original."""
        before = self.plain[self.first]
        surely = np.minimum(np.abs(before), np.abs(self.copied)) >= doubt
        found: NDArray[np.bool_] = surely & (before * self.copied < 0)
        return found

    def rows(self, kind: str, doubt: float) -> Iterator[tuple[str, str, list[float]]]:
        """Yield kind, edit and: right, doubtful, share with the fitting model, apart."""
        sign = 1 if kind == "illustration" else -1
        yield kind, "none", _shares(self.plain[self.kinds == kind] * sign, doubt)
        own, apart = self.kinds[self.first] == kind, self.apart(doubt)
        for edit in (*TRANSFORMS, "any"):
            chosen = own & ((self.edits == edit) | (edit == "any"))
            if chosen.any():
                shares = _shares(self.copied[chosen] * sign, doubt)
                yield kind, edit, [*shares, float(apart[chosen].mean())]


def main() -> None:
    """Print by kind and edit: right choices, doubtful ones, and pairs without a model in common."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluation.model_choice")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--weights", type=Path, help="folder of manifest.toml; the package's own if left out")
    parser.add_argument("--sample", type=int, default=200, help="originals with copies, an archive")
    options = parser.parse_args()
    choice = load_choice(read_choice(options.weights), torch.device("cpu"))
    tried = [try_choice(options.data, name, options.sample, choice, options.weights) for name in KINDS]
    print(f"{'pictures':>21} {'edit':>17} {'right':>7} {'doubtful':>9} {'fitting':>8} {'apart':>7}")
    for archive, one in zip(KINDS, tried, strict=True):
        sign = 1 if archive == "illustration" else -1
        _print(f"archive {archive}", "none", _shares(one.plain * sign, choice.doubt))
    together = Tried(
        kinds=np.concatenate([one.kinds for one in tried]),
        plain=np.concatenate([one.plain for one in tried]),
        copied=np.concatenate([one.copied for one in tried]),
        first=np.concatenate([tried[0].first, tried[1].first + len(tried[0].plain)]),
        edits=np.concatenate([one.edits for one in tried]),
    )
    for kind in KINDS:
        for row in together.rows(kind, choice.doubt):
            _print(*row)
    apart = together.apart(choice.doubt)
    print(f"apart, all copies: {apart.mean():.5f} ({apart.sum()} of {len(apart)})")


def try_choice(data: Path, name: str, sample: int, choice: ModelChoice, weights: Path | None) -> Tried:
    """Return what the choice says of the development archives of a name, and of copies of a sample."""
    entry = read_manifest(weights)["photo"]
    net = load_network(entry)
    known = PictureKinds.read()
    found = [
        (known.kind(archive, source, picture_name), picture)
        for archive in archives(data, f"dev-{name}")
        for source, picture_name, picture in read(archive)
    ]
    trial = HeldOutCopies([picture for _, picture in found])
    squares = [squash(thumbnail(picture), entry.input_px) for picture in trial.originals]
    copied: list[Logits] = []
    first: list[int] = []
    edits: list[str] = []
    waiting: list[NDArray[np.uint8]] = []
    for copy in trial.copies(sample):
        first.append(copy.original)
        edits.append(copy.edit)
        waiting.append(squash(thumbnail(copy.picture), entry.input_px))
        if len(waiting) == len(TRANSFORMS):
            copied.append(choice_logits(net, choice, np.stack(waiting)))
            waiting.clear()
    return Tried(
        np.array([found[number][0] for number in trial.numbers]),
        choice_logits(net, choice, np.stack(squares)),
        np.concatenate(copied),
        np.array(first),
        np.array(edits),
    )


def _shares(towards: Logits, doubt: float) -> list[float]:
    """Return of logits towards what is right: right, in doubt, and with the fitting model at all."""
    return [float(np.mean(is_so)) for is_so in (towards > 0, np.abs(towards) < doubt, towards > -doubt)]


def _print(pictures: str, edit: str, shares: list[float]) -> None:
    right, doubtful, fitting, *apart = shares
    last = "".join(f" {share:7.4f}" for share in apart)
    print(f"{pictures:>21} {edit:>17} {right:7.4f} {doubtful:9.4f} {fitting:8.4f}{last}", flush=True)


if __name__ == "__main__":
    main()
