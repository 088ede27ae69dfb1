"""Varied views of batches of pictures: turned, cut, toned and worn, as fast as a network learns of them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation.random_draws import RandomDraws


def varied(pixels: Tensor, dice: RandomDraws) -> Tensor:
    """Return other views of pictures (B, 3, side, side) in 0..1, of the same size."""
    pixels = _toned(_cut(pixels, dice), dice)
    side = pixels.shape[2]
    coarse = dice.picked(len(pixels), 0.15)
    if len(coarse):
        small = round(side * (0.44 + 0.5 * float(dice.uniform(1))))
        shrunk = F.interpolate(pixels[coarse], size=(small, small), mode="area")
        pixels[coarse] = F.interpolate(shrunk, size=(side, side), mode="bilinear")
    grainy = dice.picked(len(pixels), 0.1)
    pixels[grainy] += 0.03 * dice.uniform(1) * dice.normal(*pixels[grainy].shape)
    return pixels.clamp(0, 1).contiguous(memory_format=torch.channels_last)


def _cut(pixels: Tensor, dice: RandomDraws) -> Tensor:
    """Turn and mirror six in ten, and cut these down to 30 to 100 % of their area."""
    chosen = dice.picked(len(pixels), 0.6)
    count = len(chosen)
    if not count:
        return pixels.clone()
    length = dice.uniform(count, 0.3, 1).sqrt()
    across, down = (length * (1 - 2 * dice.chance(count, 0.5).float()) for _ in range(2))
    turned = dice.chance(count, 0.5)
    zero = torch.zeros(count)
    maps = torch.stack(
        [
            torch.where(turned, zero, across), torch.where(turned, across, zero),
            (2 * dice.uniform(count) - 1) * (1 - length),
            torch.where(turned, down, zero), torch.where(turned, zero, down),
            (2 * dice.uniform(count) - 1) * (1 - length),
        ],
        dim=1,
    ).view(count, 2, 3)  # fmt: skip
    grid = F.affine_grid(maps, list(pixels[chosen].shape), align_corners=False)
    views = pixels.clone()
    views[chosen] = F.grid_sample(pixels[chosen], grid, padding_mode="reflection", align_corners=False)
    return views


def _toned(pixels: Tensor, dice: RandomDraws) -> Tensor:
    """Give half of them another contrast, brightness and saturation, some none at all."""
    count = len(pixels)
    contrast, saturation = (
        dice.uniform(count, -reach, reach).exp()[:, None, None, None] for reach in (0.3, 0.5)
    )
    saturation = torch.where(dice.chance(count, 0.08)[:, None, None, None], 0 * saturation, saturation)
    light = dice.uniform(count, -0.1, 0.1)[:, None, None, None]
    grey = pixels.mean(dim=1, keepdim=True)
    toned = (grey + (pixels - grey) * saturation - 0.5) * contrast + 0.5 + light
    return torch.where(dice.chance(count, 0.5)[:, None, None, None], toned, pixels).clamp(0, 1)
