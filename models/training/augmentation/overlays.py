"""Overlaid copies: text, watermarks, stickers; and the synthetic pages around screenshots."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn import functional as F

from models.training.augmentation.random_draws import RandomDraws

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,!?@#"


def words(rng: Generator, length: int) -> str:
    """Return a line of random letters."""
    return "".join(LETTERS[index] for index in rng.integers(0, len(LETTERS), length))


@cache
def text_masks(side: int, count: int = 160, seed: int = 1) -> Tensor:
    """Return masks (count, 1, side, side) in 0..1: a few lines of text, or a tiled watermark."""
    rng = np.random.default_rng(seed)
    return torch.stack([torch.from_numpy(text_mask(side, rng))[None] for _ in range(count)]).float() / 255


def text_mask(side: int, rng: Generator) -> NDArray[np.uint8]:
    """Return one mask (side, side), drawn at twice the size and reduced."""
    canvas = Image.new("L", (2 * side, 2 * side))
    draw = ImageDraw.Draw(canvas)
    if rng.random() < 0.3:
        font, line = ImageFont.load_default(int(rng.integers(14, 34))), words(rng, 8)
        step_x, step_y = int(rng.integers(60, 160)), int(rng.integers(30, 110))
        for x in range(-side, 3 * side, step_x):
            for y in range(-side, 3 * side, step_y):
                draw.text((x, y), line, fill=255, font=font)
        canvas = canvas.rotate(float(rng.uniform(-45, 45)), Image.Resampling.BILINEAR)
    else:
        for _ in range(int(rng.integers(1, 4))):
            font = ImageFont.load_default(int(rng.integers(14, 60)))
            place = (int(rng.integers(-20, side)), int(rng.integers(0, 2 * side - 20)))
            draw.text(place, words(rng, int(rng.integers(4, 24))), fill=255, font=font)
    return np.array(canvas.resize((side, side), Image.Resampling.BOX))


@cache
def screen_pages(side: int, count: int = 96, seed: int = 2) -> Tensor:
    """Return pages (count, 3, side, side) in 0..1: text, bars and boxes on light or dark."""
    rng = np.random.default_rng(seed)
    pages = [np.asarray(screen_page(side, rng)) for _ in range(count)]
    return torch.from_numpy(np.stack(pages)).permute(0, 3, 1, 2).contiguous().float() / 255


def screen_page(side: int, rng: Generator) -> Image.Image:
    """Return one page that looks roughly like an app or a captioned post."""
    dark = rng.random() < 0.45
    ground = int(rng.integers(0, 60) if dark else rng.integers(215, 256))
    ink = 255 - ground
    page = Image.new("RGB", (2 * side, 2 * side), (ground, ground, ground))
    draw = ImageDraw.Draw(page)
    for _ in range(int(rng.integers(0, 6))):
        x, y = (int(value) for value in rng.integers(0, 2 * side, 2))
        tint = tuple(int(value) for value in rng.integers(0, 256, 3))
        width, height = int(rng.integers(8, 2 * side)), int(rng.integers(6, 30))
        draw.rectangle((x, y, x + width, y + height), fill=tint)
    size = int(rng.integers(10, 34))
    font = ImageFont.load_default(size)
    for y in range(int(rng.integers(0, 20)), 2 * side, size + int(rng.integers(4, 30))):
        if rng.random() < 0.7:
            draw.text((int(rng.integers(0, 40)), y), words(rng, 40), fill=(ink, ink, ink), font=font)
    return page.resize((side, side), Image.Resampling.BOX)


def overlay_text(pictures: Tensor, masks: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures (B, 3, S, S) with text or watermarks of any colour and strength."""
    count = len(pictures)
    mask = masks[dice.whole(count, len(masks))]
    shade = dice.whole(count, 3)[:, None]
    colour = dice.columns(count, 3)
    colour = torch.where(shade == 0, torch.ones_like(colour), colour)
    colour = torch.where(shade == 1, torch.zeros_like(colour), colour)
    mask = mask * dice.uniform(count, 0.15, 1.0)[:, None, None, None]
    return pictures + mask * (colour[:, :, None, None] - pictures)


def overlay_sticker(pictures: Tensor, others: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures (B, 3, S, S) with another picture, or a colour, pasted over 2 to 36 % of the area."""
    count, side = len(pictures), pictures.shape[2]
    half = dice.columns(count, 2, 0.15, 0.6)
    centre = dice.columns(count, 2, -1, 1) * (1 - half)
    scale = torch.diag_embed(1 / half)
    theta = torch.cat([scale, (-centre / half)[:, :, None]], 2)
    grid = F.affine_grid(theta, [count, 3, side, side], align_corners=False)
    pasted = F.grid_sample(F.avg_pool2d(others, 2), grid, padding_mode="border", align_corners=False)
    colour = dice.columns(count, 3)[:, :, None, None]
    pasted = torch.where(dice.chance(count, 0.3)[:, None, None, None], colour, pasted)
    square, disc = grid.abs().amax(dim=3) <= 1, grid.square().sum(dim=3) <= 1
    covered = torch.where(dice.chance(count, 0.5)[:, None, None], square, disc)
    return torch.where(covered[:, None], pasted, pictures)


def overlay_box(pictures: Tensor, dice: RandomDraws) -> Tensor:
    """Return pictures (B, 3, S, S) with a box of one colour over 15 to 42 % of the area."""
    count, side = len(pictures), pictures.shape[2]
    area, shape = dice.uniform(count, 0.15, 0.42), torch.exp(dice.uniform(count, -0.7, 0.7))
    half = torch.stack([(area * shape).sqrt(), (area / shape).sqrt()], 1).clamp(max=0.95)
    centre = dice.columns(count, 2, -1, 1) * (1 - half)
    places = (2 * torch.arange(side, device=pictures.device) + 1) / side - 1
    x = (places[None] - centre[:, :1]).abs() <= half[:, :1]
    y = (places[None] - centre[:, 1:]).abs() <= half[:, 1:]
    colour = dice.columns(count, 3)[:, :, None, None]
    return torch.where((y[:, :, None] & x[:, None, :])[:, None], colour, pictures)
