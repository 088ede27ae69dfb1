"""Kind network: a small network that looks at a picture and says whether it was drawn or photographed."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIDE = 128
"""Side of the squares that it looks at."""


class Layer(nn.Module):
    """Convolution, batch normalisation and ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(features)), inplace=True)

    def fold(self) -> None:
        """Multiply the normalisation into the convolution; what follows is inference only."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv.eval(), self.norm.eval())
            self.norm = nn.Identity()


class KindNet(nn.Module):
    """Five convolutions whose means and greatest values over all places tell strokes from surfaces.

    Neither where something lies nor how large the picture is counts, so that crops are told the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.early = nn.Sequential(Layer(3, 16, 5, 2), Layer(16, 32, 3, 2), Layer(32, 48, 3, 2))
        self.middle = Layer(48, 64, 3, 1)
        self.late = Layer(64, 96, 3, 2)
        self.judge = nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * (64 + 96), 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits (B,) of RGB pictures (B, 3, SIDE, SIDE) in 0..1: above 0 an illustration."""
        middle = self.middle(self.early(4 * pixels - 2))
        late = self.late(middle)
        pooled = [
            reduced for features in (middle, late) for reduced in (_mean(features), _greatest(features))
        ]
        logits: Tensor = self.judge(torch.cat(pooled, dim=1)).squeeze(1)
        return logits

    def fold(self) -> KindNet:
        """Fold all normalisations, in place; return the network."""
        for module in self.modules():
            if isinstance(module, Layer):
                module.fold()
        return self.eval()


def seen(pixels: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) at the side that the network looks at."""
    if 2 * pixels.shape[2] == 2 * pixels.shape[3] == 3 * SIDE:
        # The same as below for a fifth of the time: means of the first and of the last two of each three.
        small = _two_of_three(_two_of_three(pixels, 2), 3) / 4
    else:
        small = F.interpolate(pixels, size=(SIDE, SIDE), mode="area")
    return small.contiguous(memory_format=torch.channels_last)


def _two_of_three(pixels: Tensor, dim: int) -> Tensor:
    """Return, along a dimension, the sums of the first two of each three values and of the last two."""
    triples = pixels.view(*pixels.shape[:dim], -1, 3, *pixels.shape[dim + 1 :])
    return (triples.narrow(dim + 1, 0, 2) + triples.narrow(dim + 1, 1, 2)).flatten(dim, dim + 1)


def _mean(features: Tensor) -> Tensor:
    return features.mean(dim=(2, 3))


def _greatest(features: Tensor) -> Tensor:
    return features.amax(dim=(2, 3))
