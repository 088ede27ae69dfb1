"""The copy-detection network: one small architecture for photographs and illustrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from dpm_tui.neural.feature_style import mean_and_spread, ties
from dpm_tui.neural.region_pooling import Box, pool, pool_regions
from dpm_tui.neural.symmetric_layers import SymmetricConv, SymmetricNorm

TIED = 2
"""Blocks whose fields are looked at in pairs for the style, as those of the stem are."""


def squash(thumbnail: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the RGB thumbnail (height, width, 3) squashed to (side, side, 3).

    The shape is given up on purpose: a crop, a strip or a turn of a squashed picture is again
    what squashing the cropped, extended or turned picture gives.
    """
    picture = Image.fromarray(thumbnail).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def halved(pixels: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) at half their sides: parts of others are compared with those."""
    # Means of two and two, which takes a quarter of the time of a pooling.
    rows = pixels[:, :, 0::2] + pixels[:, :, 1::2]
    return (rows[..., 0::2] + rows[..., 1::2]) / 4


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that make up a network; a weight file only fits the shape it was trained with.

    A field is eight channels. ``stem`` is the number of fields after the first convolution, ``stages``
    gives (fields, residual blocks) for each resolution, ``head`` the fields that are pooled, ``dims`` the
    length of a fingerprint and ``input_px`` the side of the square that pictures are squashed to, divisible
    by 32: the network sees them at that side, and at half of it.
    """

    stem: int = 4
    stages: tuple[tuple[int, int], ...] = ((4, 1), (10, 1), (20, 2))
    head: int = 128
    dims: int = 192
    input_px: int = 192

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for a checkpoint."""
        return asdict(self)


class Unit(nn.Module):
    """Convolution, batch normalisation and an optional ReLU over fields; (B, 8 F, H, W) in and out."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, relu: bool = True, lifted: bool = True
    ) -> None:
        super().__init__()
        self.conv: nn.Module = SymmetricConv(inputs, outputs, kernel, stride, lifted)
        self.norm: nn.Module = SymmetricNorm(outputs)
        self.relu = relu

    def forward(self, pixels: Tensor) -> Tensor:
        pixels = self.norm(self.conv(pixels))
        return F.relu(pixels, inplace=True) if self.relu else pixels

    def fold(self) -> None:
        """Multiply the normalisation into a plain convolution; what follows is inference only."""
        if isinstance(self.conv, SymmetricConv) and isinstance(self.norm, SymmetricNorm):
            self.conv = fuse_conv_bn_eval(self.conv.plain().eval(), self.norm.plain())
            self.norm = nn.Identity()


class Residual(nn.Module):
    """Two convolutions around a shortcut (He et al. 2016, basic block); ``halve`` halves height and width."""

    def __init__(self, inputs: int, outputs: int, halve: bool) -> None:
        super().__init__()
        self.first = Unit(inputs, outputs, 4 if halve else 3, 2 if halve else 1)
        self.second = Unit(outputs, outputs, 3, relu=False)
        self.halve = halve
        same = inputs == outputs and not halve
        self.shortcut: nn.Module = nn.Identity() if same else Unit(inputs, outputs, 1, relu=False)

    def forward(self, features: Tensor) -> Tensor:
        around = F.avg_pool2d(features, 2) if self.halve else features
        return F.relu(self.second(self.first(features)) + self.shortcut(around), inplace=True)


class CopyNet(nn.Module):
    """Maps pictures to unit vectors in which copies lie close together, turned and mirrored ones too.

    Trained with InfoNCE and KoLeo and pooled with a generalised mean (GeM, p = 3) after SSCD
    (Pizzi et al. 2022), at the size of the students of RDCD (2024); its convolutions are symmetric (p4m,
    Cohen and Welling 2016), so that a picture and its eight orientations have one fingerprint by
    construction. ``domain`` is a head on the style of a picture, the logit that it is an illustration, which
    only the training uses.
    """

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        # Three colours, and the mean brightness that `normalise` removes from them.
        self.stem = Unit(4, self.shape.stem, 8, 4, lifted=False)
        blocks: list[nn.Module] = []
        width = self.shape.stem
        styles = 2 * width
        for index, (fields, count) in enumerate(self.shape.stages):
            for block in range(count):
                blocks.append(Residual(width, fields, halve=bool(index and not block)))
                width = fields
                styles += 2 * width
        self.blocks = nn.Sequential(*blocks)
        self.head = Unit(width, self.shape.head, 1)
        self.project = nn.Linear(self.shape.head, self.shape.dims)
        self.domain = nn.Sequential(
            nn.BatchNorm1d(styles), nn.Linear(styles, 32), nn.ReLU(), nn.Linear(32, 1)
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Return unit vectors (B, dims) of RGB pictures (B, 3, H, W) in 0..1, sides divisible by 16."""
        return self.describe(pool(self.map(pixels)))

    def map(self, pixels: Tensor) -> Tensor:
        """Return the features (B, 8 head, H / 16, W / 16) of RGB pictures (B, 3, H, W) in 0..1."""
        features: Tensor = self.head(self.blocks(self.stem(normalise(pixels))))
        return features

    def map_and_style(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features as ``map`` does and the style (B, styles) by which a model is chosen."""
        features = self.stem(normalise(pixels))
        style, tied = [mean_and_spread(features)], [ties(features)]
        for number, block in enumerate(self.blocks):
            features = block(features)
            style.append(mean_and_spread(features))
            if number < TIED:
                tied.append(ties(features))
        return self.head(features), torch.cat([*style, *tied], dim=1)

    def describe_regions(self, pixels: Tensor, boxes: Sequence[Box]) -> Tensor:
        """Return unit vectors (B, boxes, dims) of regions of pictures (B, 3, H, W), all from one pass.

        The vector of a region is near to the one of that region cut out and seen alone at the same scale.
        """
        return self.describe(pool_regions(self.map(pixels), boxes))

    def describe_and_style(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return unit vectors (B, dims) and the style (B, styles): mean and spread after each stage.

        Strokes, flat fills and grain show early in the network, content late; both are kept.
        """
        features = self.stem(normalise(pixels))
        style = [mean_and_spread(features)]
        for block in self.blocks:
            features = block(features)
            style.append(mean_and_spread(features))
        return self.describe(pool(self.head(features))), torch.cat(style, dim=1)

    def describe(self, pooled: Tensor) -> Tensor:
        """Return unit vectors (..., dims) of pooled features (..., head)."""
        # Exact even where the convolutions are not: every bit of a cosine counts.
        with torch.autocast(pooled.device.type, enabled=False):
            return F.normalize(self.project(pooled.float()), dim=-1)

    def illustration_logit(self, style: Tensor) -> Tensor:
        """Return logits (B,) of styles (B, styles): above 0 an illustration, below a photograph."""
        logits: Tensor = self.domain(style).squeeze(1)
        return logits

    def fold(self) -> CopyNet:
        """Make all convolutions plain ones with the normalisation folded in, in place; return the network."""
        for module in list(self.modules()):
            if isinstance(module, Unit):
                module.fold()
        return self.eval()


def normalise(pixels: Tensor) -> Tensor:
    """Return (B, 4, H, W): each picture's own brightness and contrast evened out, and its mean.

    Faint content (a sky, pencil on white) is stretched to the range of any other picture, so that content
    decides. The mean plane tells a blank white from a blank black.
    """
    count, colours, height, width = pixels.shape
    mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
    variance = pixels.square().mean(dim=(1, 2, 3), keepdim=True) - mean.square()
    # Written in place, and in the layout that oneDNN convolves fastest: three times as fast.
    planes = torch.empty(
        (count, colours + 1, height, width),
        dtype=pixels.dtype,
        device=pixels.device,
        memory_format=torch.channels_last,
    )
    torch.sub(pixels, mean, out=planes[:, :colours])
    planes[:, :colours] /= variance.clamp(min=0).sqrt() + 0.05
    planes[:, colours:] = 2 * (mean - 0.5)
    return planes
