"""Style of features: how strong they are over a picture, how unevenly, and which go together.

Strokes, flat fills and grain show in these, whatever the picture is of (Gatys et al. 2016). All are the same
for a picture and its turned and mirrored copies.
"""

from __future__ import annotations

import torch
from torch import Tensor

from dpm_tui.neural.symmetric_layers import ORDER


def mean_and_spread(features: Tensor) -> Tensor:
    """Return means and standard deviations over places and orientations, (B, 2 F) of (B, 8 F, H, W)."""
    # Laid out as the memory is, which is many times faster than Tensor.std over two dimensions.
    places = features.float().permute(0, 2, 3, 1).flatten(1, 2)
    mean = places.mean(dim=1).view(len(places), -1, ORDER).mean(2)
    square = places.square().mean(dim=1).view(len(places), -1, ORDER).mean(2)
    return torch.cat([mean, (square - mean.square()).clamp(min=0).add(1e-8).sqrt()], dim=1)


def ties(features: Tensor) -> Tensor:
    """Return the correlations over places of each two fields, (B, F (F - 1) / 2) of (B, 8 F, H, W)."""
    count, channels, height, width = features.shape
    fields = features.float().view(count, channels // ORDER, ORDER, height * width).mean(2)
    fields = fields - fields.mean(2, keepdim=True)
    products = fields @ fields.transpose(1, 2) / (height * width)
    spread = products.diagonal(dim1=1, dim2=2).clamp(min=1e-6).sqrt()
    correlations = products / (spread[:, :, None] * spread[:, None, :])
    first, second = torch.triu_indices(correlations.shape[1], correlations.shape[1], 1)
    return correlations[:, first, second]
