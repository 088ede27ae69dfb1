"""Trains one model: ``python -m models.training.train --model photo --data DIR --out DIR``.

Resumes from its checkpoint in ``--out``; the same seed gives the same weights on one machine with one thread.
The averaged weights with the highest development score are kept in ``<model>-best.pt``.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch

from models.training.data.training_pictures import load
from models.training.development_score import Development
from models.training.trainer import Recipe, Trainer

SAVE_EVERY = 50
"""Steps between checkpoints: a minute or two."""


def main() -> None:
    """Train until the steps or the seconds are used up."""
    parser = argparse.ArgumentParser(prog="python -m models.training.train")
    parser.add_argument("--model", choices=("photo", "illustration"), required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of archives, unpacked or .tar")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints and cached pictures")
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--batch", type=int, default=Recipe().batch)
    parser.add_argument("--large", type=int, default=Recipe().large, help="pictures with large views as well")
    parser.add_argument("--rate", type=float, default=Recipe().rate)
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop then; run again to go on")
    parser.add_argument("--until", type=int, help="step to stop at; run again to go on")
    parser.add_argument("--start-from", type=Path, help="checkpoint or weight file to begin with")
    parser.add_argument("--develop-every", type=int, default=200, help="steps between development scores")
    parser.add_argument("--share", type=float, default=Recipe().share, help="of pictures of its own kind")
    parser.add_argument("--settled", type=float, default=Recipe().settled, help="share of steps from which")
    parser.add_argument("--mine-from", type=int, default=Recipe().mine_from)
    parser.add_argument("--mine-every", type=int, default=Recipe().mine_every)
    parser.add_argument(
        "--seed", type=int, default=Recipe().seed, help="another one for more steps from trained weights"
    )
    parser.add_argument("--threads", type=int, help="processor threads; all cores if left out")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(automatic(options.device))
    options.out.mkdir(parents=True, exist_ok=True)
    pictures = load(options.data, options.out / "cache")
    development = Development(options.data, options.model) if options.develop_every else None
    recipe = Recipe(
        steps=options.steps,
        batch=options.batch,
        large=options.large,
        rate=options.rate,
        share=options.share,
        settled=options.settled,
        mine_from=options.mine_from,
        mine_every=options.mine_every,
        seed=options.seed,
    )
    trainer = Trainer(pictures, recipe, options.out, options.model, device)
    if options.start_from:
        trainer.start_from(options.start_from)
    recent: list[float] = []
    for step, loss in trainer.train(options.seconds, options.until):
        recent.append(loss)
        if step % 20 == 0:
            mean = sum(recent) / len(recent)
            print(f"step {step} loss {mean:.4f} {trainer.seconds / step:.2f} s/step", flush=True)
            recent.clear()
        if development and (step % options.develop_every == 0 or step == recipe.steps):
            score = development.score(trainer.averaged, device)
            trainer.keep_if_best(score)
            print(f"step {step} development {score:.4f}, best {trainer.score:.4f}", flush=True)
        if step % SAVE_EVERY == 0:
            trainer.save()
    trainer.save()
    print(f"done: {trainer.step} steps in {trainer.seconds:.0f} s on {device}")


def automatic(device: str) -> str:
    """Return the device asked for, or the fastest there is for ``auto``."""
    return device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"


if __name__ == "__main__":
    main()
