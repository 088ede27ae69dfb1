"""Fits the automatic choice between the models: ``python -m models.training.choice.fit --data DIR``.

It learns from the training archives, whose pictures are what ``models/training/data/picture_kinds.toml``
says, and writes ``models/choice.safetensors`` with its entry in the manifest. Pictures held out from them
set the bound of doubt. The model for photographs must be there: another one needs another fit.
"""

from __future__ import annotations

import argparse
import hashlib
import tomllib
from pathlib import Path

import numpy as np
import tomli_w
import torch
from numpy.typing import NDArray
from safetensors.torch import save as save_tensors
from torch import Tensor
from torch.nn import functional as F

from dpm_tui.neural.copy_network import CopyNet
from dpm_tui.neural.kind_network import KindNet, seen
from dpm_tui.neural.model_choice import LAYERS, LOOK, STATISTICS, ModelChoice, choice_inputs
from dpm_tui.neural.model_manifest import read_manifest
from dpm_tui.neural.short_numbers import short_numbers
from dpm_tui.neural.weights import load_network
from dpm_tui.pipeline.comparison.score_network import ScoreNetwork
from models.training.choice.labelled_pictures import DRAWN_SOURCE, LabelledPictures
from models.training.choice.look_fit import CPU, SURE, as_pixels, fit_look
from models.training.choice.worn_views import worn
from models.training.verifier.network_fit import NetworkFit, joined

FOLDER = Path(__file__).resolve().parents[2]
FIT = NetworkFit(hidden=256, rounds=16, batch=256, rate=3e-3, decay=0.2, jitter=0.3)
NETWORKS = 2
"""Networks on the statistics, of which the mean counts."""
LESS = 0.5
"""What a worn copy, or a drawing after a photograph, counts beside a picture of the archives."""
DOUBTFUL = 0.2
"""Share of the pictures held out that is left in doubt."""
BATCH = 8


def main() -> None:
    """Fit both networks, say how good they are, and write them."""
    parser = argparse.ArgumentParser(prog="python -m models.training.choice.fit")
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--rounds", type=int, default=4, help="how often the pictures are looked at")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    entry = read_manifest()["photo"]
    pictures = LabelledPictures.read(options.data, entry.input_px)
    print(f"{len(pictures.drawn)} pictures, {pictures.drawn.sum()} drawn", flush=True)
    draw = np.random.default_rng(options.seed)
    copies = np.stack([worn(square, draw) for square in pictures.squares])
    net = load_network(entry)
    plain, edited = (measured(net, squares) for squares in (pictures.squares, copies))
    layers = fit_statistics(pictures, plain, edited, options.seed)
    look = fit_look(pictures, options.rounds, options.seed)
    choice = ModelChoice(look, ScoreNetwork(*(layers[name] for name in LAYERS)), 0.0)
    say_right("copies", choice, pictures, edited, copies)
    logits = say_right("plain", choice, pictures, plain, pictures.squares)
    counted = pictures.weights[pictures.held_out]
    shift = find_level(logits, pictures.drawn[pictures.held_out], counted)
    doubt = weighted_quantile(np.abs(logits - shift), counted, DOUBTFUL)
    print(f"levelled by {shift:.3f}, doubt below {doubt:.3f}")
    # Half of the mean is the other opinion.
    layers["outer"][-1] -= 2 * shift
    write(look, layers, doubt, FOLDER)


def measured(net: CopyNet, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the inputs of the statistics (N, inputs), as the app has them."""
    found = []
    with torch.inference_mode(), short_numbers(CPU):
        for start in range(0, len(squares), BATCH):
            part = squares[start : start + BATCH]
            found.append(choice_inputs(part, net.map_and_style(as_pixels(part))[1]))
    return np.concatenate(found)


def fit_statistics(
    pictures: LabelledPictures, plain: NDArray[np.float32], edited: NDArray[np.float32], seed: int
) -> dict[str, NDArray[np.float32]]:
    """Return the layers of the network that sees pictures and worn copies of them in numbers."""
    rows = np.flatnonzero(~pictures.held_out)
    inputs = np.concatenate([plain[rows], edited[rows]])
    answers = torch.from_numpy(np.tile(pictures.drawn[rows], 2)).float() * SURE + (1 - SURE) / 2
    counted = pictures.weights[rows] * np.where(pictures.sources[rows] == DRAWN_SOURCE, LESS, 1)
    weights = torch.from_numpy(np.concatenate([counted, LESS * counted]).astype(np.float32))

    def loss(logits: Tensor, numbers: Tensor) -> Tensor:
        losses = F.binary_cross_entropy_with_logits(logits.squeeze(1), answers[numbers], reduction="none")
        return (losses * weights[numbers]).mean()

    layers = joined([FIT.fit(inputs, 1, loss, seed + number) for number in range(NETWORKS)])
    return {**layers, "outer": layers["outer"][:, 0]}


def say_right(
    name: str,
    choice: ModelChoice,
    pictures: LabelledPictures,
    inputs: NDArray[np.float32],
    squares: NDArray[np.uint8],
) -> NDArray[np.float64]:
    """Print how often each opinion is right on what is held out; return the logits of both together."""
    rows = np.flatnonzero(pictures.held_out)
    drawn, counted = pictures.drawn[rows], pictures.weights[rows]
    measured_logits = choice.statistics.scores(inputs[rows].astype(np.float64))
    with torch.inference_mode(), short_numbers(CPU):
        looked = np.concatenate(
            [
                choice.look(seen(as_pixels(squares[part]))).float().numpy()
                for part in np.array_split(rows, max(1, len(rows) // BATCH))
            ]
        )
    both: NDArray[np.float64] = (measured_logits + looked) / 2
    for opinion, logits in (("statistics", measured_logits), ("look", looked), ("both", both)):
        photographs, illustrations = right_shares(logits, drawn, counted)
        print(f"{name:>7} {opinion:>11}: photographs {photographs:.4f}, illustrations {illustrations:.4f}")
    return both


def right_shares(
    logits: NDArray[np.float64], drawn: NDArray[np.bool_], counted: NDArray[np.float32]
) -> tuple[float, float]:
    """Return the weighted shares of photographs and of illustrations that are called so."""
    photographs, illustrations = (
        float(np.average((logits[drawn == kind] > 0) == kind, weights=counted[drawn == kind]))
        for kind in (False, True)
    )
    return photographs, illustrations


def find_level(logits: NDArray[np.float64], drawn: NDArray[np.bool_], counted: NDArray[np.float32]) -> float:
    """Return the logit at which both kinds are right equally often."""

    def lead(shift: float) -> float:
        photographs, illustrations = right_shares(logits - shift, drawn, counted)
        return abs(photographs - illustrations)

    levels: list[float] = np.linspace(-3, 3, 301).tolist()
    return min(levels, key=lead)


def weighted_quantile(values: NDArray[np.float64], weights: NDArray[np.float32], share: float) -> float:
    """Return the value below which that share of the weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def write(look: KindNet, layers: dict[str, NDArray[np.float32]], doubt: float, folder: Path) -> None:
    """Write the weights and enter them in the manifest of a folder."""
    tensors = {f"{LOOK}{name}": tensor.contiguous() for name, tensor in look.state_dict().items()}
    tensors |= {
        f"{STATISTICS}{name}": torch.from_numpy(np.ascontiguousarray(layers[name], dtype=np.float32))
        for name in LAYERS
    }
    content = save_tensors({**tensors, "doubt": torch.tensor(doubt)})
    path = folder / "choice.safetensors"
    path.write_bytes(content)
    manifest = folder / "manifest.toml"
    table = tomllib.loads(manifest.read_text(encoding="utf-8"))
    table["choice"] = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest()}
    manifest.write_text(tomli_w.dumps(table), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
