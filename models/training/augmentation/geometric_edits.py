"""Geometric copies: crop, rotate, perspective, pad, letterbox, caption strip, screenshot, collage.

Pictures are squashed to squares, where each of these is a projective map; all of them together
cost one bilinear sampling. Turns by 90 degrees and mirrorings are not among them: the network
takes all eight orientations for one.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation.random_draws import RandomDraws


def reshape_copies(pictures: Tensor, side: int, pages: Tensor, dice: RandomDraws) -> Tensor:
    """Return geometric copies (B, 3, side, side) of pictures (B, 3, S, S) in 0..1.

    ``pages`` (P, 3, side, side) are synthetic screens and captions that show around a framed
    picture.
    """
    count = len(pictures)
    centre, half = crop_windows(count, dice)
    angle = dice.uniform(count, -1, 1) * math.radians(15) * dice.chance(count, 0.25)
    cos, sin = angle.cos(), angle.sin()
    rotation = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    frame_centre, frame_half, paged, among, bars = frames(count, dice)
    # output -> frame -> rotation -> crop: source = C + H.R.((out - c) / h)
    linear = half[:, :, None] * rotation / frame_half[:, None, :]
    shift = centre - (linear @ frame_centre[:, :, None]).squeeze(2)
    theta = torch.cat([linear, shift[:, :, None]], 2)
    grid = F.affine_grid(theta, [count, 3, side, side], align_corners=False)
    tilted = dice.chance(count, 0.12)
    grid = tilt(grid, centre, tilted, dice)
    copies = sample(pictures, grid, linear, side)
    # Beyond the frame, or beyond the source where a rotation or a tilt turned a corner in.
    turned = (tilted | (angle != 0))[:, None, None, None]
    seen = turned | ((grid - centre[:, None, None, :]).abs() <= half[:, None, None, :] + 1e-3)
    inside = (seen & (grid.abs() <= 1.001)).all(dim=3)[:, None]
    around = grounds(count, pages, paged, dice)
    rows = among.nonzero().squeeze(1)
    if len(rows):
        others = F.interpolate(pictures.roll(7, 0)[rows], size=(side, side), mode="area")
        around[rows] = others
    rows = (bars & dice.chance(count, 0.5)).nonzero().squeeze(1)
    if len(rows):
        around[rows] = blurred_fill(pictures[rows], side)
    return torch.where(inside, copies, around)


def blurred_fill(pictures: Tensor, side: int) -> Tensor:
    """Return pictures (B, 3, S, S) enlarged and heavily blurred, as players fill bars, (B, 3, side, side)."""
    start, size = pictures.shape[2] // 6, 2 * pictures.shape[2] // 3
    middle = pictures[:, :, start : start + size, start : start + size]
    small = F.interpolate(middle, size=(10, 10), mode="area")
    return F.interpolate(small, size=(side, side), mode="bicubic").clamp(0, 1)


def tilt(grid: Tensor, centre: Tensor, tilted: Tensor, dice: RandomDraws) -> Tensor:
    """Return the sampling grid (B, side, side, 2), for the tilted seen as on a screen at an angle."""
    count = len(grid)
    slope = dice.columns(count, 2, -0.3, 0.3)
    slope = slope * tilted[:, None]
    offset = grid - centre[:, None, None, :]
    depth = 1 + (offset * slope[:, None, None, :]).sum(dim=3, keepdim=True)
    return centre[:, None, None, :] + offset / depth


def sample(pictures: Tensor, grid: Tensor, linear: Tensor, side: int) -> Tensor:
    """Return pictures sampled at the grid; from half the size where that avoids aliasing."""
    shrink = linear.abs().sum(dim=2).amax(dim=1) * pictures.shape[2] / side
    copies = torch.empty(len(pictures), 3, side, side, device=pictures.device)
    for chosen, small in ((shrink <= 1.7, False), (shrink > 1.7, True)):
        index = chosen.nonzero().squeeze(1)
        if len(index):
            source = F.avg_pool2d(pictures[index], 2) if small else pictures[index]
            copies[index] = F.grid_sample(source, grid[index], padding_mode="border", align_corners=False)
    return copies


def crop_windows(count: int, dice: RandomDraws) -> tuple[Tensor, Tensor]:
    """Return centres and half sizes (B, 2) of crops in -1..1; four in ten keep everything.

    Areas run from 20 % to 100 %, evenly on a logarithmic scale; one in ten is cut along one side alone, to
    the shape of a screen or a square.
    """
    area = torch.exp(dice.uniform(count, math.log(0.2), 0.0))
    shape = torch.exp(dice.uniform(count, -0.3, 0.3))
    half = torch.stack([(area * shape).sqrt(), (area / shape).sqrt()], 1).clamp(max=1)
    half = torch.where(dice.chance(count, 0.5)[:, None], half, torch.ones_like(half))
    cut, axis = dice.chance(count, 0.1), dice.whole(count, 2)
    half[cut] = 1.0
    half[cut, axis[cut]] = dice.uniform(count, 0.5, 0.95)[cut]
    # Most cuts to a shape keep the middle.
    loose = (~cut | dice.chance(count, 0.4))[:, None]
    centre = dice.columns(count, 2, -1, 1) * (1 - half) * loose
    return centre, half


def frames(count: int, dice: RandomDraws) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return centres and half sizes (B, 2) of pictures in frames; (B,) who has a page, a picture or bars.

    Half have no frame; the rest are padded, letterboxed, captioned, in a screenshot or in a collage.
    """
    kind = dice.whole(count, 100)
    half = torch.ones(count, 2, device=dice.device)
    centre = torch.zeros(count, 2, device=dice.device)
    pad, bars = (kind >= 50) & (kind < 60), (kind >= 60) & (kind < 72)
    caption, screen, collage = (kind >= 72) & (kind < 80), kind >= 80, kind >= 92
    half[pad] = (1 / (1 + 2 * dice.uniform(count, 0.02, 0.3)))[pad, None]
    axis = dice.whole(count, 2)
    rows = torch.arange(count, device=dice.device)
    thin = torch.where(bars, dice.uniform(count, 0.45, 0.95), half[rows, axis])
    half[rows, axis] = thin
    strip = dice.uniform(count, 0.7, 0.95)
    sign = dice.whole(count, 2) * 2.0 - 1
    half[caption, 1] = strip[caption]
    centre[caption, 1] = (sign * (1 - strip))[caption]
    size = torch.stack([dice.uniform(count, 0.38, 1.0), dice.uniform(count, 0.38, 0.95)], 1)
    place = dice.columns(count, 2, -1, 1) * (1 - size)
    half[screen], centre[screen] = size[screen], place[screen]
    return centre, half, caption | screen, collage, bars


def grounds(count: int, pages: Tensor, paged: Tensor, dice: RandomDraws) -> Tensor:
    """Return what lies around the pictures (B, 3, side, side): white, black, a colour or a page."""
    kind = dice.whole(count, 4)
    colour = dice.columns(count, 3)
    colour = torch.where((kind == 0)[:, None], torch.ones_like(colour), colour)
    colour = torch.where((kind == 1)[:, None], torch.zeros_like(colour), colour)
    colour = torch.where((kind == 2)[:, None], colour[:, :1].expand(-1, 3), colour)
    page = pages[dice.whole(count, len(pages))]
    return torch.where(paged[:, None, None, None], page, colour[:, :, None, None])
