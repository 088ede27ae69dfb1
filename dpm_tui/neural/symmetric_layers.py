"""Convolutions that treat the eight turns and mirrorings of a picture alike."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TURNS = (
    ((1, 0), (0, 1)),
    ((0, -1), (1, 0)),
    ((-1, 0), (0, -1)),
    ((0, 1), (-1, 0)),
    ((-1, 0), (0, 1)),
    ((1, 0), (0, -1)),
    ((0, 1), (1, 0)),
    ((0, -1), (-1, 0)),
)
"""The symmetries of a square (the group D4) as matrices on (x, y)."""
ORDER = len(TURNS)


class SymmetricConv(nn.Module):
    """A convolution whose outputs turn and mirror with its input (p4m of Cohen and Welling 2016).

    Channels come in *fields* of eight, one channel an orientation; every filter of a field is one kernel in
    its eight orientations. A picture (``lifted`` False) has plain channels and no fields yet. The kernel
    is learned once and expanded to an ordinary convolution, so that running it costs nothing extra.
    (B, 8 inputs, H, W) to (B, 8 outputs, H, W).
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, lifted: bool = True) -> None:
        super().__init__()
        self.lifted, self.kernel, self.stride = lifted, kernel, stride
        # Centres of the windows must lie evenly about the middle, or a turned picture is sampled elsewhere.
        self.padding = (kernel - stride) // 2 if stride > 1 else kernel // 2
        depth = ORDER if lifted else 1
        self.weight = nn.Parameter(torch.empty(outputs, inputs, depth * kernel * kernel))
        nn.init.normal_(self.weight, std=(2 / (inputs * depth * kernel * kernel)) ** 0.5)

    def forward(self, features: Tensor) -> Tensor:
        return F.conv2d(features, self.expanded(), stride=self.stride, padding=self.padding)

    def expanded(self) -> Tensor:
        """Return the weight of the equal plain convolution, (8 outputs, 8 inputs or inputs, K, K)."""
        places = orbit(self.kernel, self.lifted).to(self.weight.device)
        outputs, inputs, _ = self.weight.shape
        taps = self.weight.index_select(2, places.flatten()).view(outputs, inputs, *places.shape)
        turned = taps.permute(0, 2, 1, 3, 4)
        return turned.reshape(ORDER * outputs, -1, self.kernel, self.kernel)

    def plain(self) -> nn.Conv2d:
        """Return the equal plain convolution, for inference."""
        weight = self.expanded().detach()
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], self.kernel, self.stride, self.padding, bias=False)
        conv.weight = nn.Parameter(weight.contiguous())
        return conv


@cache
def orbit(kernel: int, lifted: bool) -> Tensor:
    """Return (8, D, K * K): which tap of a learned kernel each tap of its eight orientations is.

    D is 8 for kernels over fields, whose input orientations turn along, else 1.
    """
    turns = [torch.tensor(turn) for turn in TURNS]
    numbers = {tuple(turn.flatten().tolist()): number for number, turn in enumerate(turns)}
    axis = torch.arange(kernel) * 2 - (kernel - 1)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    places = torch.stack([x.flatten(), y.flatten()])
    table = torch.empty(ORDER, ORDER if lifted else 1, kernel * kernel, dtype=torch.int64)
    for number, turn in enumerate(turns):
        # A symmetry of the square is orthogonal: its transpose undoes it.
        source = (turn.T @ places + (kernel - 1)) // 2
        taps = source[1] * kernel + source[0]
        for depth in range(table.shape[1]):
            before = numbers[tuple((turn.T @ turns[depth]).flatten().tolist())] if lifted else 0
            table[number, depth] = before * kernel * kernel + taps
    return table


class SymmetricNorm(nn.Module):
    """Batch normalisation with one mean, spread, scale and shift for all orientations of a field."""

    def __init__(self, fields: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(fields))
        self.bias = nn.Parameter(torch.zeros(fields))
        self.register_buffer("mean", torch.zeros(fields))
        self.register_buffer("variance", torch.ones(fields))
        self.mean: Tensor
        self.variance: Tensor

    def forward(self, features: Tensor) -> Tensor:
        weight, bias = spread_out(self.weight), spread_out(self.bias)
        mean, variance = spread_out(self.mean), spread_out(self.variance)
        result = F.batch_norm(features, mean, variance, weight, bias, self.training, 0.1, 1e-5)
        if self.training:
            with torch.no_grad():
                self.mean.copy_(mean.view(-1, ORDER).mean(1))
                self.variance.copy_(variance.view(-1, ORDER).mean(1))
        return result

    def plain(self) -> nn.BatchNorm2d:
        """Return the equal plain normalisation, for inference."""
        norm = nn.BatchNorm2d(len(self.weight) * ORDER)
        norm.weight = nn.Parameter(spread_out(self.weight).detach())
        norm.bias = nn.Parameter(spread_out(self.bias).detach())
        norm.running_mean = spread_out(self.mean)
        norm.running_var = spread_out(self.variance)
        return norm.eval()


def spread_out(values: Tensor) -> Tensor:
    """Return one value a channel (8 F,) of one a field (F,)."""
    return values.repeat_interleave(ORDER)
