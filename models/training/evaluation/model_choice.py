"""How often the automatic choice between the models is right, and whether copies still meet.

``python -m models.training.evaluation.model_choice --data DIR`` tries it on held-out pictures of both kinds.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dpm_tui.neural.copy_network import squash
from dpm_tui.neural.embedder import DOUBTFUL
from dpm_tui.neural.model_manifest import read_manifest
from dpm_tui.neural.weights import load_network
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import HeldOutCopies, thumbnail
from models.training.evaluation.inference import illustration_logits


def main() -> None:
    """Print by set and edit: right choices, doubtful ones, and pairs without a model in common."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluation.model_choice")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--weights", type=Path, help="folder of manifest.toml; the package's own if left out")
    parser.add_argument("--sample", type=int, default=200, help="originals of which copies are made")
    options = parser.parse_args()
    entry = read_manifest(options.weights)["photo"]
    net = load_network(entry)

    def logits(squares: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return illustration_logits(net, np.stack(squares), torch.device("cpu"))

    print(f"{'set':>14} {'edit':>12} {'right':>7} {'doubtful':>9} {'apart':>7}")
    for name, sign in (("photo", -1), ("illustration", 1)):
        trial = HeldOutCopies.of_archives(options.data, f"dev-{name}")
        plain = logits([squash(thumbnail(p), entry.input_px) for p in trial.originals])
        right, doubt = (plain * sign > 0).mean(), (np.abs(plain) < DOUBTFUL).mean()
        print(f"{name:>14} {'none':>12} {right:7.4f} {doubt:9.4f}")
        copies = list(trial.copies(options.sample))
        copied = logits([squash(thumbnail(copy.picture), entry.input_px) for copy in copies])
        first = plain[[copy.original for copy in copies]]
        apart = (first >= DOUBTFUL) & (copied <= -DOUBTFUL) | (first <= -DOUBTFUL) & (copied >= DOUBTFUL)
        edits = np.array([copy.edit for copy in copies])
        for edit in [*TRANSFORMS, "any"]:
            own = (edits == edit) | (edit == "any")
            right, doubt = (copied[own] * sign > 0).mean(), (np.abs(copied[own]) < DOUBTFUL).mean()
            print(f"{name:>14} {edit:>12} {right:7.4f} {doubt:9.4f} {apart[own].mean():7.4f}")


if __name__ == "__main__":
    main()
