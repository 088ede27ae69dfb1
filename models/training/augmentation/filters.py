"""Looks that apps put on a picture: sepia, faded with a vignette, automatic levels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation.random_draws import RandomDraws

SEPIA = torch.tensor([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
"""Red, green and blue of a sepia print by those of the picture, as image editors have it."""


def sepia(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures (B, 3, S, S) mixed with their sepia print, 40 to 100 % of it."""
    amount = dice.uniform(len(pictures), 0.4, 1.0)[:, None, None, None]
    printed = torch.einsum("ij,bjhw->bihw", SEPIA.to(pictures.device), pictures)
    return pictures + amount * (printed - pictures)


def faded(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures whose darks are lifted to a tint and whose corners are dark, as old prints look."""
    count, _, height, width = pictures.shape
    tint = dice.columns(count, 3, 0.5, 1.0)[:, :, None, None]
    lift = dice.uniform(count, 0.05, 0.35)[:, None, None, None]
    look = pictures * (1 - lift) + tint * lift
    y, x = torch.meshgrid(
        torch.linspace(-1, 1, height, device=pictures.device),
        torch.linspace(-1, 1, width, device=pictures.device),
        indexing="ij",
    )
    depth = (dice.uniform(count, 0.1, 0.8) * dice.chance(count, 0.75))[:, None, None, None]
    return look * (1 - depth * (x.square() + y.square()) / 2)


def automatic_levels(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures stretched to the full range, each colour alone or all alike, 0 to 3 % clipped."""
    count = len(pictures)
    small = F.avg_pool2d(pictures, 4).flatten(2)
    ordered = small.sort(dim=2).values
    clipped = dice.uniform(count, 0, 0.03)
    rank = (clipped * (ordered.shape[2] - 1)).long()[:, None, None].expand(-1, 3, 1)
    low = ordered.gather(2, rank)
    high = ordered.gather(2, ordered.shape[2] - 1 - rank)
    alike = dice.chance(count, 0.5)[:, None, None]
    low = torch.where(alike, low.amin(dim=1, keepdim=True), low)[..., None]
    high = torch.where(alike, high.amax(dim=1, keepdim=True), high)[..., None]
    return (pictures - low) / (high - low).clamp(min=0.1)
