"""Texture statistics: how flat, grainy, sharp-edged and colourful a picture is, in numbers.

Drawings are flat between hard edges and keep to few colours; what a lens saw has grain and soft slopes
everywhere. All is measured on the square that the network sees, made smaller: so a picture and its copies of
other sizes have the same numbers, and turned and mirrored ones nearly so.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Plane = NDArray[np.uint8]

SIDES = (128, 64, 32)
"""Sides of the squares that slopes are measured on."""
LEVELS = np.array([0, 1, 2, 4, 7, 12, 20, 32, 56, 96])
"""Slopes, in grey levels from one pixel to the next: the share of pixels up to each is a number."""
SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
TILES = 4
"""Tiles a side: what most tiles say holds for crops, and where bars or pages surround a picture."""
FLAT, STRONG = 2, 32
"""Slopes up to which a place is flat, and from which it is an edge."""
MOST_COLOURS = (1, 2, 4, 8, 16, 64)
RINGS = (1, 2, 4, 8, 16, 32, 64)
"""Bounds of the octaves of the spectrum."""


def measure_texture(square: Plane) -> Numbers:
    """Return the statistics of an RGB picture squashed to a square (side, side, 3)."""
    numbers: list[Numbers] = []
    finer: Numbers | None = None
    views: list[Plane] = []
    small = square
    for side in SIDES:
        small = _resized(small, side)
        views.append(small)
        slope = _slope(_planes(small))
        total = _cumulated(slope)
        numbers += [total[LEVELS], _tile_shares(slope), _edge_hardness(total, finer)]
        finer = total
    large, middle = (_grey(view) for view in views[:2])
    numbers += [_grain(large), _blocks(large), _spectrum(middle), _lightness(middle), _coherence(middle)]
    # Colours are told apart where coding has little left to say: in means of several pixels.
    numbers += [_palette(views[1]), _chroma(views[1])]
    return np.concatenate(numbers).astype(np.float32)


def _resized(picture: Plane, side: int) -> Plane:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _planes(picture: Plane) -> list[Plane]:
    return [np.ascontiguousarray(picture[..., colour]) for colour in range(3)]


def _grey(picture: Plane) -> Plane:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _slope(planes: list[Plane]) -> Plane:
    """Return the greatest difference (side - 1, side - 1) of a pixel to the next, any way, of any colour."""
    slopes = []
    for plane in planes:
        here = plane[:-1, :-1]
        slopes.append(cv2.max(cv2.absdiff(here, plane[:-1, 1:]), cv2.absdiff(here, plane[1:, :-1])))
    return np.asarray(cv2.max(cv2.max(slopes[0], slopes[1]), slopes[2]), dtype=np.uint8)


def _cumulated(plane: Plane) -> Numbers:
    """Return the share of the pixels that are up to each level."""
    counts = np.bincount(plane.ravel(), minlength=256)
    return (np.cumsum(counts) / plane.size).astype(np.float32)


def _quantiles(total: Numbers) -> Numbers:
    return (np.searchsorted(total, SHARES) / 255).astype(np.float32)


def _tile_shares(slope: Plane) -> Numbers:
    """Return, over the tiles in order, the share of each that is flat, between, and edge."""
    found = []
    for mask in (slope <= FLAT, slope >= STRONG):
        shares = cv2.resize(mask.astype(np.float32), (TILES, TILES), interpolation=cv2.INTER_AREA)
        found.append(np.sort(shares.ravel())[[0, 2, 5, 8, 11, 13, 15]])
    return np.concatenate(found)


def _edge_hardness(total: Numbers, finer: Numbers | None) -> Numbers:
    """Return how steep the steepest places are, and beside the same places seen finer.

    Both are given by the shares of their slopes up to each level.
    """
    steep = np.searchsorted(total, (0.9, 0.97, 0.99))
    if finer is None:
        return np.log1p(steep).astype(np.float32)
    before = np.searchsorted(finer, (0.9, 0.97, 0.99))
    return np.concatenate([np.log1p(steep), np.log1p(steep) - np.log1p(before)]).astype(np.float32)


def _grain(grey: Plane) -> Numbers:
    """Return how strong and how heavy-tailed what a median takes away is, everywhere and in calm places."""
    residual = np.asarray(cv2.absdiff(grey, cv2.medianBlur(grey, 3)), dtype=np.uint8)
    shares = _cumulated(residual)[[0, 1, 2, 4, 8, 16]]
    values = residual.astype(np.float32)
    square = values * values
    power = cv2.mean(square)[0] + 0.05
    kurtosis = cv2.mean(square * square)[0] / power**2
    tiles = cv2.resize(values, (16, 16), interpolation=cv2.INTER_AREA)
    calm = np.sort(tiles.ravel())[[12, 64, 128, 192, 243]]
    return np.concatenate([shares, [np.log(power), np.log1p(kurtosis)], np.log(calm + 0.05)])


def _blocks(grey: Plane) -> Numbers:
    """Return quantiles of the spread of lightness within small blocks."""
    values = grey.astype(np.float32)
    found = []
    for side in (4, 8, 16):
        cells = (grey.shape[1] // side, grey.shape[0] // side)
        mean = cv2.resize(values, cells, interpolation=cv2.INTER_AREA)
        square = cv2.resize(values * values, cells, interpolation=cv2.INTER_AREA)
        spread = np.sort(np.sqrt(np.maximum(square - mean * mean, 0)).ravel())
        places = (np.array([0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98]) * len(spread)).astype(int)
        found.append(np.log1p(spread[places]))
    return np.concatenate(found)


def _spectrum(grey: Plane) -> Numbers:
    """Return the logarithms of the power in the octaves, and its fall from each to the next."""
    power = np.square(cv2.dct(grey.astype(np.float32)))
    whole = np.array([power[:bound, :bound].sum() for bound in RINGS])
    octaves = np.log(np.diff(whole).clip(min=0) / power.size + 0.02)
    return np.concatenate([octaves, np.diff(octaves)])


def _lightness(grey: Plane) -> Numbers:
    total = _cumulated(grey)
    counts = np.diff(total[3::4], prepend=0)
    entropy = -float((counts * np.log(counts + 1e-6)).sum())
    ends = [total[4], 1 - total[250], float(counts.max())]
    return np.concatenate([_quantiles(total), ends, [entropy]])


def _coherence(grey: Plane) -> Numbers:
    """Return how much slopes nearby agree in direction, weighted by their strength and not."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    tensor = [cv2.boxFilter(one, -1, (7, 7)) for one in (across * across, down * down, across * down)]
    trace = tensor[0] + tensor[1]
    apart = np.sqrt(np.square(tensor[0] - tensor[1]) + 4 * np.square(tensor[2]))
    agree = apart / (trace + 50)
    weighted = float(apart.sum()) / (float(trace.sum()) + 1)
    return np.array([weighted, float(agree.mean()), float((agree > 0.8).mean())], dtype=np.float32)


def _palette(small: Plane) -> Numbers:
    """Return how few colours make up how much of the picture, coarsely and more finely told apart."""
    found = []
    planes = _planes(small)
    for bits in (3, 4, 5):
        half = 1 << (7 - bits)
        numbers = np.zeros(small.shape[:2], dtype=np.int32)
        for plane in planes:
            # Half a step off, so that pure white and its neighbours after coding are one colour.
            numbers <<= bits
            numbers += np.minimum(plane, 255 - half) + half >> (8 - bits)
        counts = np.bincount(numbers.ravel())
        counts = np.sort(counts[counts > 0])[::-1]
        shares = counts / numbers.size
        total = np.cumsum(shares)
        top = total[np.minimum(MOST_COLOURS, len(total)) - 1]
        entropy = -float((shares * np.log(shares)).sum())
        found.append(np.concatenate([top, [np.log(len(counts)), entropy]]))
    return np.concatenate(found)


def _chroma(small: Plane) -> Numbers:
    """Return how colourful the picture is, how its colours go together, and how many hues it has."""
    red, green, blue = _planes(small)
    chroma = np.asarray(
        cv2.max(cv2.max(red, green), blue) - cv2.min(cv2.min(red, green), blue), dtype=np.uint8
    )
    total = _cumulated(chroma)
    colours = np.stack([red, green, blue]).reshape(3, -1).astype(np.float32)
    means = colours.mean(axis=1)
    spread = colours @ colours.T / colours.shape[1] - means[:, None] * means
    scale = np.sqrt(np.diag(spread).clip(min=0)) + 2
    ties = spread[(0, 0, 1), (1, 2, 2)] / (scale[[0, 0, 1]] * scale[[1, 2, 2]])
    hue = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 0]
    weights = np.bincount(hue.ravel() // 10, weights=chroma.ravel(), minlength=18)
    hues = weights / (weights.sum() + 1)
    entropy = -float((hues * np.log(hues + 1e-6)).sum())
    return np.concatenate([_quantiles(total), total[[4, 16, 64, 128, 200]], ties, [entropy, hues.max()]])
