"""Copies of the same layout: compression, palette, scaling, blur, noise, tone and colour."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation.random_draws import RandomDraws

# The luminance table of the JPEG standard (ITU-T T.81, annex K).
LUMINANCE = torch.tensor(
    [
        [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56], [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=torch.float32,
)  # fmt: skip
YCC = torch.tensor(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], dtype=torch.float32
)


def cosines() -> Tensor:
    """Return the orthonormal 8x8 DCT-II matrix."""
    place = torch.arange(8, dtype=torch.float32)
    matrix = torch.cos(math.pi / 8 * (place[None] + 0.5) * place[:, None]) * 0.5
    matrix[0] /= math.sqrt(2)
    return matrix


def compress(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures (B, 3, S, S) after JPEG's quantisation at quality 8 to 90; S divisible by 8.

    Entropy coding loses nothing and is left out; half are smoothed as WebP's filter does.
    """
    count, _, side, _ = pictures.shape
    ycc = YCC.to(pictures.device)
    planes = torch.einsum("ij,bjhw->bihw", ycc, pictures) * 255
    colour = F.interpolate(F.avg_pool2d(planes[:, 1:], 2), scale_factor=2.0, mode="bilinear")
    planes = torch.cat([planes[:, :1] - 128, colour], 1)
    quality = dice.uniform(count, 8, 90)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
    table = (LUMINANCE.to(pictures.device) * scale[:, None, None]).clamp(min=1)[:, None, None, None]
    matrix = cosines().to(pictures.device)
    blocks = planes.reshape(count, 3, side // 8, 8, side // 8, 8).transpose(3, 4)
    coded = (matrix @ blocks @ matrix.T / table).round() * table
    planes = (matrix.T @ coded @ matrix).transpose(3, 4).reshape(count, 3, side, side)
    planes[:, :1] += 128
    smooth = dice.picked(count, 0.5)
    planes[smooth] = 0.6 * planes[smooth] + 0.4 * box(planes[smooth])
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(ycc), planes) / 255


def box(pictures: Tensor) -> Tensor:
    """Return the 3x3 mean."""
    return F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)


def blur(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures blurred by one or two 3x3 means, or sharpened, each by its own amount."""
    amount = dice.uniform(len(pictures), -1.2, 1.0)[:, None, None, None]
    soft = box(pictures)
    return torch.where(amount > 0, soft + amount * (box(soft) - soft), pictures + amount * (soft - pictures))


def rescale(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures that went down to 25..83 % of their side and back up; one size for all."""
    side = round((int(dice.whole(1, 57)) + 24) * pictures.shape[2] / 96)
    small = F.interpolate(pictures, size=(side, side), mode="area")
    mode = "nearest" if int(dice.whole(1, 5)) == 0 else "bilinear"
    return F.interpolate(small, size=pictures.shape[2:], mode=mode)


def palette(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures with 3 to 8 levels a channel, half of them dithered by noise."""
    count = len(pictures)
    levels = (dice.whole(count, 6) + 2.0)[:, None, None, None]
    dither = (dice.uniform(count, 0, 0.5) * dice.chance(count, 0.5))[:, None, None, None]
    noise = dice.normal(1, *pictures.shape[1:]).clamp(-1, 1)
    return (pictures * levels + dither * noise).round() / levels


def noise(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures with Gaussian noise, 1 to 10 % of the range."""
    amount = dice.uniform(len(pictures), 0.01, 0.1)[:, None, None, None]
    return pictures + amount * dice.normal(*pictures.shape)


def tone(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures with other brightness, contrast, gamma, saturation and colour balance."""
    count = len(pictures)

    def factor(spread: float) -> Tensor:
        return torch.exp(dice.uniform(count, -spread, spread))[:, None, None, None]

    grey = (pictures * YCC[0].to(pictures.device)[None, :, None, None]).sum(dim=1, keepdim=True)
    pictures = grey + factor(0.5) * (pictures - grey)
    mean = grey.mean(dim=(2, 3), keepdim=True)
    pictures = mean + factor(0.5) * (pictures - mean)
    balance = dice.columns(count, 3, 0.85, 1.15)[:, :, None, None]
    pictures = (pictures * balance * factor(0.4)).clamp(1e-3, 1)
    return pictures.pow(factor(0.4))


def grey(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return grey pictures, half of them tinted (sepia, cyanotype and the like)."""
    count = len(pictures)
    plane = (pictures * YCC[0].to(pictures.device)[None, :, None, None]).sum(dim=1, keepdim=True)
    tint = dice.columns(count, 3, 0.7, 1.1)
    tint = torch.where(dice.chance(count, 0.5)[:, None], tint, torch.ones_like(tint))
    return plane * tint[:, :, None, None]
