"""One training: recipe, steps, checkpoint and the best weights so far."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file as load_tensors
from torch import Tensor, nn

from dpm_tui.neural.copy_network import CopyNet, Shape
from dpm_tui.neural.region_pooling import WHOLE
from dpm_tui.neural.short_numbers import short_numbers
from dpm_tui.neural.symmetric_layers import SymmetricNorm
from dpm_tui.pipeline.candidates.crop_search import BOXES
from models.training.augmentation.random_draws import RandomDraws
from models.training.batches import Batches
from models.training.data.training_pictures import Pictures
from models.training.hard_negatives import nearest_unlike
from models.training.losses import info_nce, koleo, meeting, style_loss
from models.training.views import Viewer, Views

ALIKE, HALF_ALIKE, NEAR = 0.93, 0.8, 0.9
"""Product of tiny vectors from which two pictures are natural near-duplicates; a lower one is
enough for pictures whose vectors are as near as ``NEAR``."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome of a training besides the pictures."""

    steps: int = 2500
    batch: int = 128
    rate: float = 2e-3
    decay: float = 0.02
    warm_up: int = 100
    temperature: float = 0.05
    entropy: float = 0.5
    settled: float = 0.8
    share: float = 0.6
    style: float = 0.3
    mine_from: int = 400
    mine_every: int = 400
    seed: int = 1
    sides: tuple[int, ...] = (160, 192)
    """Sides of large views in pixels, taken in turns; small ones are half as large."""
    large: int = 24
    cuts: int = 2
    """Pictures of a batch that have large views as well, and parts cut out of each."""
    wide: float = 1.0
    meeting: float = 1.0
    """Weights of the loss of large views, and of that between regions and cuts."""
    average: float = 0.99
    """Share of the running average of the weights, which is what is scored and kept, that a step leaves."""


class Trainer:
    """A training that can stop after any step and go on from its checkpoint.

    All random numbers derive from the seed and the number of the step, so that a checkpoint
    needs no state of a generator and a resumed training takes the steps of an unbroken one.
    """

    def __init__(
        self,
        pictures: Pictures,
        recipe: Recipe,
        out: Path,
        name: str,
        device: torch.device,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.pictures, self.recipe, self.device = pictures, recipe, device
        self.checkpoint, self.best = out / f"{name}.pt", out / f"{name}-best.pt"
        self.net = CopyNet(Shape()).to(device)
        self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = copy.deepcopy(self.net).eval()
        self.optimizer = torch.optim.AdamW(_groups(self.net, recipe.decay), lr=recipe.rate)
        own = pictures.drawn if name == "illustration" else ~pictures.drawn
        self.batches = Batches(pictures.sources, recipe.batch, recipe.seed, own, recipe.share)
        counts = np.bincount(pictures.sources)[pictures.sources]
        # What is common to one large source (clip art on white) must not pass for the kind itself.
        self.rarity = torch.from_numpy(1 / np.sqrt(counts)).float()
        self.drawn = torch.from_numpy(pictures.drawn).float()
        self.tiny = torch.from_numpy(pictures.tiny)
        self.viewer = Viewer(device)
        self.step = 0
        self.seconds = 0.0
        self.score = 0.0
        if self.checkpoint.exists():
            self._load(torch.load(self.checkpoint, map_location=device, weights_only=True))

    def start_from(self, weights: Path) -> None:
        """Begin with the weights of another training or of a weight file, unless this one has begun."""
        if not self.step:
            if weights.suffix == ".safetensors":
                tensors = {name: tensor.float() for name, tensor in load_tensors(weights).items()}
            else:
                tensors = torch.load(weights, map_location=self.device, weights_only=True)["net"]
            self.net.load_state_dict(tensors)
            self.averaged.load_state_dict(tensors)

    def train(self, seconds: float, until: int | None = None) -> Iterator[tuple[int, float]]:
        """Take steps until the recipe, the time or a step is reached; yield step number and loss."""
        began = time.monotonic()
        last = min(self.recipe.steps, until or self.recipe.steps)
        while self.step < last and time.monotonic() - began < seconds:
            at = time.monotonic()
            if self.step >= self.recipe.mine_from and self.step % self.recipe.mine_every == 0:
                self.mine()
            self._train_mode()
            loss = self._take_step()
            self.seconds += time.monotonic() - at
            yield self.step, loss

    def mine(self) -> None:
        """Look up the hard negatives that batches are made of from now on."""
        self.batches.neighbours = nearest_unlike(
            self.averaged, self.pictures, self.viewer.augmenter(Shape().input_px // 2), ALIKE
        )

    def keep_if_best(self, score: float) -> None:
        """Keep the averaged weights as the best if the development score has not been higher."""
        if score >= self.score:
            self.score = score
            self._write(self.best, self.averaged)

    def save(self) -> None:
        """Write the checkpoint; a crash leaves the old or the new one."""
        self._write(self.checkpoint, self.net)

    def _write(self, path: Path, net: CopyNet) -> None:
        mined = self.batches.neighbours
        state = {
            "net": net.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "score": self.score,
            "neighbours": None if mined is None else torch.from_numpy(mined),
            "shape": json.dumps(self.net.shape.as_dict()),
        }
        partial = path.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(path)

    def _load(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = int(state["step"]), float(state["seconds"])
        self.score = float(state["score"])
        if state["neighbours"] is not None:
            self.batches.neighbours = state["neighbours"].cpu().numpy()

    def _take_step(self) -> float:
        recipe = self.recipe
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.rate * _schedule(self.step, recipe)
        dice = RandomDraws(recipe.seed, self.step, self.device)
        numbers = np.sort(self.batches.draw(self.step))
        order = dice.order(len(numbers))
        pixels = torch.from_numpy(self.pictures.pixels(numbers))[order]
        rows = torch.from_numpy(numbers)[order]
        side = recipe.sides[self.step % len(recipe.sides)]
        with torch.no_grad():
            views = self.viewer.views(pixels, dice, side, recipe.large, recipe.cuts)
        loss = self._loss(views, rows)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self._follow()
        self.step += 1
        return float(loss.detach())

    def _loss(self, views: Views, rows: Tensor) -> Tensor:
        """Return the loss of the views of the pictures with these numbers (N,)."""
        recipe = self.recipe
        with short_numbers(self.device):
            small, style = self.net.describe_and_style(views.small)
            large = self.net.describe_regions(views.large, (WHOLE, *BOXES))
            cuts = self.net(views.cuts)
        originals, copies = small.chunk(2)
        alike = self._alike(rows, originals)
        loss = info_nce(originals, copies, alike, recipe.temperature)
        loss = loss + recipe.entropy * koleo(originals, alike)
        drawn, rarity = self.drawn[rows].to(self.device), self.rarity[rows].to(self.device)
        logits = self.net.illustration_logit(style)
        loss = loss + recipe.style * style_loss(logits, drawn.repeat(2), rarity.repeat(2))
        whole, among = large[:, 0].chunk(2), alike[: len(large) // 2]
        few = among[:, : len(among)]
        wide = info_nce(whole[0], whole[1], few, recipe.temperature)
        wide = wide + recipe.entropy * koleo(whole[0], few)
        picked = views.parts.to(self.device)
        regions = large[torch.arange(len(among)).repeat(len(picked)), 1 + picked.flatten()]
        same = few.repeat(len(picked), len(picked))
        met = meeting(regions, cuts, originals, same, among.repeat(len(picked), 1), recipe.temperature)
        return loss + recipe.wide * wide + recipe.meeting * met

    def _follow(self) -> None:
        """Move the averaged weights a little towards the present ones."""
        stays = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(
                self.averaged.state_dict().values(), self.net.state_dict().values(), strict=True
            ):
                if mean.is_floating_point():
                    mean.lerp_(now, 1 - stays)
                else:
                    mean.copy_(now)

    def _alike(self, numbers: Tensor, vectors: Tensor) -> Tensor:
        """Return (B, B): which pictures are the same or natural near-duplicates, hence no negatives."""
        tiny = self.tiny[numbers]
        layout = (tiny @ tiny.T).to(self.device)
        near = vectors.detach() @ vectors.detach().T > NEAR
        return (layout > ALIKE) | (near & (layout > HALF_ALIKE))

    def _train_mode(self) -> None:
        """Switch to training; towards the end the normalisations keep their statistics.

        The batch shows through its statistics, which helps to tell its pictures apart; the last
        steps take that help away, since there is no batch to lean on at inference.
        """
        self.net.train()
        if self.step >= self.recipe.settled * self.recipe.steps:
            for module in self.net.modules():
                if isinstance(module, SymmetricNorm | nn.BatchNorm1d):
                    module.eval()


def _groups(net: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Return parameter groups: biases and normalisations are not decayed."""
    weights = [parameter for parameter in net.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in net.parameters() if parameter.ndim <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _schedule(step: int, recipe: Recipe) -> float:
    """Return the share of the full rate: linear warm-up, then half a cosine to nothing."""
    if step < recipe.warm_up:
        return (step + 1) / recipe.warm_up
    done = (step - recipe.warm_up) / max(recipe.steps - recipe.warm_up, 1)
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
