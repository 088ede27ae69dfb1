"""Recolours: the same drawing in other colours, which no judge may call a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from models.training.data.held_out_copies import thumbnail

Pixels = NDArray[np.uint8]
Recolour = Callable[[Pixels, Generator], Pixels | None]
"""Takes an RGB picture and random numbers; returns it in other colours, None where it has none to change."""

SEEN = 10.0
"""Distance in CIELAB that the changed part has on average: two neighbours of the emoji skin tones have 11."""
SEEN_SHARE = 0.004
"""Share of the picture that must be changed at least so much."""


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    lab: NDArray[Any] = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def _rgb(lab: NDArray[np.float32]) -> Pixels:
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    pixels: Pixels = np.clip(rgb * 255 + 0.5, 0, 255).astype(np.uint8)
    return pixels


def _mixed(pixels: Pixels, other: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """Return the picture with another showing where the mask is, with edges as soft as a brush leaves."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)[..., None]
    mixed: Pixels = (pixels * (1 - soft) + other * soft + 0.5).astype(np.uint8)
    return mixed


def hue(pixels: Pixels, rng: Generator) -> Pixels | None:
    """One range of hues, 2 to 60 % of the picture, turned into another."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV_FULL)
    lively = (hsv[..., 1] > 60) & (hsv[..., 2] > 40)
    if lively.mean() < 0.02:
        return None
    seed = int(hsv[..., 0][lively][int(rng.integers(int(lively.sum())))])
    reach = int(rng.integers(10, 30))
    near = (np.abs((hsv[..., 0].astype(int) - seed + 128) % 256 - 128) < reach) & lively
    if not 0.02 < near.mean() < 0.6:
        return None
    turn = int(rng.choice([-1, 1])) * int(rng.integers(20, 128))
    hsv[..., 0] = (hsv[..., 0].astype(int) + turn) % 256
    turned: NDArray[Any] = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL)
    return _mixed(pixels, turned, near)


def _cluster(lab: NDArray[np.float32], rng: Generator, reach: float) -> NDArray[np.bool_]:
    """Return where the picture has about the colour of one of its places, seldom white or black ones."""
    flat = lab.reshape(-1, 3)
    lively = np.flatnonzero((np.hypot(flat[:, 1], flat[:, 2]) > 8) | ((flat[:, 0] > 15) & (flat[:, 0] < 92)))
    if len(lively) < 30:
        return np.zeros(lab.shape[:2], np.bool_)
    seed = flat[int(lively[int(rng.integers(len(lively)))])]
    apart = (lab - seed) * np.array([0.6, 1, 1], np.float32)
    near: NDArray[np.bool_] = np.sqrt((apart**2).sum(axis=2)) < reach
    return near


def shade(pixels: Pixels, rng: Generator) -> Pixels | None:
    """One colour made another: lighter or darker, as skin, hair and cloth are, and of another tint."""
    lab = _lab(pixels)
    near = _cluster(lab, rng, rng.uniform(10, 22))
    if not 0.008 < near.mean() < 0.6:
        return None
    middle = lab[near].mean(axis=0)
    light = rng.uniform(-45, 30) if rng.random() < 0.75 else 0.0
    tint = rng.normal(0, 14, 2) if rng.random() < 0.8 else np.zeros(2)
    moved = lab.copy()
    goal = float(np.clip(middle[0] + light, 8, 97))
    moved[..., 0] = np.clip(lab[..., 0] * (goal / max(float(middle[0]), 5.0)), 0, 100)
    moved[..., 1:] += tint.astype(np.float32)
    return _mixed(pixels, _rgb(moved), near)


SKINS = ((255, 204, 77), (247, 222, 206), (243, 210, 162), (213, 171, 136), (175, 126, 87), (124, 83, 62))
"""The six tones that emoji come in, as one of the sets has them."""


def skin(pixels: Pixels, rng: Generator) -> Pixels | None:
    """What has about the colour of a skin in another of the tones of emoji."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV_FULL).astype(int)
    like = ((hsv[..., 0] + 12) % 256 < 52) & (hsv[..., 1] > 35) & (hsv[..., 2] > 70)
    if not 0.01 < like.mean() < 0.6:
        return None
    lab = _lab(pixels)
    middle = np.median(lab[like], axis=0)
    goals = _lab(np.array([SKINS], np.uint8))[0]
    far = [g for g in goals if np.linalg.norm(g - middle) >= SEEN]
    goal = far[int(rng.integers(len(far)))]
    moved = lab.copy()
    moved[..., 0] = np.clip(lab[..., 0] * (goal[0] / max(float(middle[0]), 5.0)), 0, 100)
    moved[..., 1:] += goal[1:] - middle[1:]
    return _mixed(pixels, _rgb(moved), like)


def palette(pixels: Pixels, rng: Generator) -> Pixels | None:
    """Two to four colours changed at once, as a sprite in another team's colours has."""
    changed: Pixels | None = None
    for _ in range(int(rng.integers(2, 5))):
        made = (hue if rng.random() < 0.5 else shade)(pixels if changed is None else changed, rng)
        changed = changed if made is None else made
    return changed


def part(pixels: Pixels, rng: Generator) -> Pixels | None:
    """A frame, a half or a patch of 2 to 30 % in another tint."""
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.bool_)
    way = int(rng.integers(3))
    if way == 0:
        rim = max(2, round(min(height, width) * rng.uniform(0.04, 0.12)))
        mask[:] = True
        mask[rim:-rim, rim:-rim] = False
    else:
        side = rng.uniform(0.14, 0.55) ** 1.0
        high, wide = max(4, int(height * side)), max(4, int(width * side))
        top, left = int(rng.integers(0, height - high + 1)), int(rng.integers(0, width - wide + 1))
        if way == 1:
            mask[top : top + high, left : left + wide] = True
        else:
            rows, columns = np.mgrid[0:height, 0:width]
            down, across = (rows - top - high / 2) / (high / 2), (columns - left - wide / 2) / (wide / 2)
            mask = down**2 + across**2 < 1
    lab = _lab(pixels)
    turn = rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(12, 45)
    lab[..., 1] += np.float32(reach * np.cos(turn))
    lab[..., 2] += np.float32(reach * np.sin(turn))
    return _mixed(pixels, _rgb(lab), mask)


def flat_patches(image: Image.Image, rng: Generator) -> tuple[Image.Image, Image.Image] | None:
    """Return the picture with a flat patch, as a scarf or a sign is, and with the patch in another colour.

    None where it is hardly seen.
    """
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    high, wide = (max(4, int(side * rng.uniform(0.08, 0.35))) for side in (height, width))
    top, left = int(rng.integers(0, height - high + 1)), int(rng.integers(0, width - wide + 1))
    rows, columns = np.mgrid[0:height, 0:width]
    down, across = (rows - top - high / 2) / (high / 2), (columns - left - wide / 2) / (wide / 2)
    roundness = float(rng.choice([2, 4, 30]))
    mask = np.abs(down) ** roundness + np.abs(across) ** roundness < 1
    made = [_mixed(pixels, np.full_like(pixels, rng.integers(10, 246, 3)), mask) for _ in range(2)]
    first, second = (Image.fromarray(p) for p in made)
    return (first, second) if _seen(first, second) else None


RECOLOURS: dict[str, Recolour] = {"hue": hue, "shade": shade, "skin": skin, "palette": palette, "part": part}
"""Every way to recolour a picture by its name."""


TRIES = 3
"""Tries at a recolour that a picture may have no colour for."""


def recolour(image: Image.Image, name: str, rng: Generator) -> Image.Image | None:
    """Return the RGB picture recoloured so that an eye sees it on the thumbnail, None where a try fails."""
    made = RECOLOURS[name](np.asarray(image), rng)
    if made is None:
        return None
    changed = Image.fromarray(made)
    return changed if _seen(image, changed) else None


def _seen(before: Image.Image, after: Image.Image) -> bool:
    first, second = (cv2.GaussianBlur(_lab(thumbnail(i)), (0, 0), 1.5) for i in (before, after))
    apart = (first - second) * np.array([0.6, 1, 1], np.float32)
    return float((np.sqrt((apart**2).sum(axis=2)) >= SEEN).mean()) >= SEEN_SHARE
