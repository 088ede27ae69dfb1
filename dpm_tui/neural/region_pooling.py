"""Pools a map of features over a whole picture, or over any regions of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from dpm_tui.neural.symmetric_layers import ORDER

Box = tuple[float, float, float, float]
"""A region as (top, left, bottom, right), in shares of the sides of its picture."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
LEAST = 1e-12
"""Below this no mean of cubes goes: the derivative of a root has no bound at zero."""


def pool(features: Tensor) -> Tensor:
    """Return the generalised mean (p = 3) over all places and orientations, (B, F) of (B, 8 F, H, W)."""
    means = features.float().pow(3).mean(dim=(2, 3))
    return _root(means.view(len(means), -1, ORDER).mean(2))


def pool_regions(features: Tensor, boxes: Sequence[Box]) -> Tensor:
    """Return the generalised means (p = 3) over regions and all orientations, (B, R, F) of (B, 8 F, H, W).

    A place that lies in a region by a part counts by that part.
    """
    count, _, height, width = features.shape
    weights = region_weights(height, width, tuple(boxes)).to(features.device)
    # Laid out as the memory is: (B, H W, 8 F).
    cubes = features.float().pow(3).permute(0, 2, 3, 1)
    with torch.autocast(features.device.type, enabled=False):
        means = weights @ cubes.reshape(count, height * width, -1)
    return _root(means.view(count, len(boxes), -1, ORDER).mean(3))


@cache
def region_weights(height: int, width: int, boxes: tuple[Box, ...]) -> Tensor:
    """Return (R, H W): the share that each place of a map has in each region; rows sum to 1."""
    rows = [
        torch.outer(_covered(height, box[0], box[2]), _covered(width, box[1], box[3])).flatten()
        for box in boxes
    ]
    weights = torch.stack(rows)
    return weights / weights.sum(dim=1, keepdim=True)


def _root(means: Tensor) -> Tensor:
    return means.clamp(min=LEAST).pow(1 / 3)


def _covered(places: int, start: float, end: float) -> Tensor:
    """Return the part (places,) of each of some places in a row that lies between two shares of it."""
    edges = torch.arange(places + 1, dtype=torch.float32) / places
    return places * (edges[1:].clamp(max=end) - edges[:-1].clamp(min=start)).clamp(min=0)
