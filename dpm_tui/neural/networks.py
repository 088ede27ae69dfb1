"""The copy-detection network: one small architecture for photographs and illustrations."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that make up a network; a weight file only fits the shape it was trained with.

    ``stem`` is the number of channels after the first convolution, ``stages`` gives
    (channels, residual blocks) for each resolution, ``dims`` the length of a fingerprint and
    ``input_px`` the side of the square input.
    """

    stem: int = 24
    stages: tuple[tuple[int, int], ...] = ((24, 1), (64, 1), (128, 2))
    dims: int = 192
    input_px: int = 112

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for a checkpoint."""
        return asdict(self)


class Unit(nn.Module):
    """Convolution, batch normalisation and an optional ReLU; (B, C, H, W) in and out."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, pixels: Tensor) -> Tensor:
        pixels = self.norm(self.conv(pixels))
        return F.relu(pixels, inplace=True) if self.relu else pixels

    def fold(self) -> None:
        """Multiply the normalisation into the convolution; what follows is inference only."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv.eval(), self.norm.eval())
            self.norm = nn.Identity()


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut (He et al. 2016, basic block)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = Unit(inputs, outputs, 3, stride)
        self.second = Unit(outputs, outputs, 3, relu=False)
        same = inputs == outputs and stride == 1
        self.shortcut: nn.Module = nn.Identity() if same else Unit(inputs, outputs, 1, stride, relu=False)

    def forward(self, features: Tensor) -> Tensor:
        return F.relu(self.second(self.first(features)) + self.shortcut(features), inplace=True)


class CopyNet(nn.Module):
    """Maps pictures to unit vectors in which copies lie close together.

    Trained with InfoNCE and KoLeo and pooled with a generalised mean (GeM, p = 3) after SSCD
    (Pizzi et al. 2022), at the size of the students of RDCD (2024). ``domain`` is a linear
    head on the style of a picture: the logit that it is an illustration.
    """

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        # Three colours and the mean brightness that `normalise` would otherwise lose.
        self.stem = Unit(4, self.shape.stem, 7, 4)
        blocks: list[nn.Module] = []
        width = self.shape.stem
        styles = 2 * width
        for index, (channels, count) in enumerate(self.shape.stages):
            for block in range(count):
                blocks.append(Residual(width, channels, 2 if index and not block else 1))
                width = channels
                styles += 2 * width
        self.blocks = nn.Sequential(*blocks)
        self.project = nn.Linear(width, self.shape.dims)
        self.domain = nn.Linear(styles, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return unit vectors (B, dims) of RGB pictures (B, 3, input_px, input_px) in 0..1."""
        return self.describe(self.pooled(pixels))

    def pooled(self, pixels: Tensor) -> Tensor:
        """Return the pooled features (B, width) before the projection."""
        return pool(self.blocks(self.stem(normalise(pixels))))

    def pooled_and_style(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the pooled features and the style (B, styles): mean and spread after each stage.

        Strokes, flat fills and grain show early in the network, content late; both are kept.
        """
        features = self.stem(normalise(pixels))
        style = [mean_and_spread(features)]
        for block in self.blocks:
            features = block(features)
            style.append(mean_and_spread(features))
        return pool(features), torch.cat(style, dim=1)

    def describe(self, pooled: Tensor) -> Tensor:
        """Return unit vectors (B, dims) of pooled features (B, width)."""
        return F.normalize(self.project(pooled), dim=1)

    def illustration_logit(self, style: Tensor) -> Tensor:
        """Return logits (B,) of styles (B, styles): above 0 an illustration, below a photograph."""
        logits: Tensor = self.domain(style).squeeze(1)
        return logits

    def fold(self) -> CopyNet:
        """Fold every normalisation into its convolution, in place, and return the network."""
        for module in list(self.modules()):
            if isinstance(module, Unit):
                module.fold()
        return self.eval()


def pool(features: Tensor) -> Tensor:
    """Return the generalised mean (p = 3) over all places, (B, C) of (B, C, H, W) above 0."""
    pooled: Tensor = features.clamp(min=1e-4).pow(3).mean(dim=(2, 3)).pow(1 / 3)
    return pooled


def mean_and_spread(features: Tensor) -> Tensor:
    """Return means and standard deviations over all places, (B, 2 C) of (B, C, H, W)."""
    # Laid out as the memory is, which is many times faster than Tensor.std over two dimensions.
    places = features.permute(0, 2, 3, 1).flatten(1, 2)
    mean, count = places.mean(dim=1), places.shape[1]
    variance = (places.square().mean(dim=1) - mean.square()) * (count / max(count - 1, 1))
    return torch.cat([mean, variance.clamp(min=0).sqrt()], dim=1)


def normalise(pixels: Tensor) -> Tensor:
    """Return (B, 4, H, W): each picture's own brightness and contrast evened out, and its mean.

    Faint content (a sky, pencil on white) is lifted to the range of any other picture, so that
    it is told apart by its content; the mean plane keeps a blank white from a blank black.
    """
    mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
    spread = (pixels - mean).square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
    plane = (mean - 0.5).expand(-1, 1, pixels.shape[2], pixels.shape[3])
    # The layout that oneDNN convolves fastest: twice as fast in training on a processor.
    return torch.cat([(pixels - mean) / (spread + 0.05), 2 * plane], dim=1).contiguous(
        memory_format=torch.channels_last
    )
