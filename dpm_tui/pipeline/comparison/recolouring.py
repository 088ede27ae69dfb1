"""Recolouring: where two pictures of one frame have other colours than a light tone of the whole explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.difference import range_distance
from dpm_tui.pipeline.comparison.light_tone import apply_light_tone, fit_light_tone
from dpm_tui.pipeline.comparison.tone import shrunk

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]

SIDE = 128
"""Longest side in pixels that colours are compared at: codings keep them no finer."""
SOFTEN = 1.2
"""Blur in pixels: takes off dithering and the blocks of a coarse JPEG."""
LIGHTNESS = 0.24
"""Weight of a level of lightness: its 255 levels are 100 steps, and it differs for less than a tint does."""
SPOTS = (3, 7, 15, 31)
"""Sides in pixels of the spots that another colour is looked for in."""
QUANTILES = (0.5, 0.75, 0.9, 0.97)
LEVELS = (3.0, 6.0, 12.0, 24.0)
"""Distances that a share of the picture lies above."""
TINTED = 8.0
"""Distance from grey of a place that has a colour."""
SLICES = 4
"""Slices of lightness in which colours are looked for."""
SLICE_REACH = 48
"""Levels from the middle of a slice that colours are taken into it from: slices overlap."""
NEW = (6.0, 12.0, 24.0)
"""Distances of a colour from all colours of the other picture that a share of a picture lies above."""


@dataclass(frozen=True, slots=True)
class Tint:
    """What comparing the colours of two pictures found."""

    apart: Map
    """Distance a place in CIELAB after the light tone, lightness counting for less; at most ``SIDE`` wide."""
    traits: NDArray[np.float64]
    """Numbers from which a copy is told from other colours."""


def compare_tints(first: Picture, second: Picture) -> Tint:
    """Compare the colours of two RGB pictures of one size and frame."""
    toned = [_reduced(p) for p in (first, second)]
    small = [shrunk(p) for p in toned]
    # Only the picture that was cut off at white and black less can be turned into the other.
    source = int(_clipped(small[1]) < _clipped(small[0]))
    tone, left = fit_light_tone(small[source], small[1 - source])
    toned[source] = apply_light_tone(toned[source], tone)
    soft = [cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2LAB), (0, 0), SOFTEN) for p in toned]
    outside = range_distance(soft[0], soft[1]).astype(np.float32)
    light: Map = outside[..., 0] * np.float32(LIGHTNESS)
    colour: NDArray[Any] = cv2.magnitude(outside[..., 1], outside[..., 2])
    apart: NDArray[Any] = cv2.magnitude(light, colour)
    traits = np.concatenate(
        [
            [np.log(left + 0.5)],
            _spread((colour, light, apart)),
            _shares(apart),
            _signed(soft),
            _grain(first, second),
            _tinted(soft, apart),
            _new_colours(soft),
        ]
    )
    return Tint(apart, traits)


def _clipped(picture: Picture) -> int:
    return int(np.count_nonzero((picture > 250) | (picture < 5)))


def _reduced(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    longest = max(height, width)
    if longest <= SIDE:
        return picture
    size = (max(1, round(width * SIDE / longest)), max(1, round(height * SIDE / longest)))
    small: NDArray[Any] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return small


def _spread(maps: tuple[Map, ...]) -> NDArray[np.float64]:
    """Return eight logarithms a map: the strongest spot of each size, and how far the rest goes."""
    found = []
    for apart in maps:
        found += [float(cv2.minMaxLoc(cv2.blur(apart, (side, side)))[1]) for side in SPOTS]
        told = np.sort(apart.ravel()[::3])
        last = len(told) - 1
        found += [float(told[round(last * q)]) for q in QUANTILES]
    return np.log(np.array(found) + 0.3)


def _shares(apart: Map) -> NDArray[np.float64]:
    """Return logarithms of the shares above each of ``LEVELS``, and of the largest pieces above two."""
    area = apart.size
    shares = [int(np.count_nonzero(apart > level)) / area for level in LEVELS]
    for level in LEVELS[1:3]:
        count, _, stats, _ = cv2.connectedComponentsWithStats((apart > level).astype(np.uint8))
        shares.append(float(stats[1:, cv2.CC_STAT_AREA].max()) / area if count > 1 else 0.0)
    return np.log(np.array(shares) + 3e-4)


def _signed(soft: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Return logarithms of the strongest spots of the mean difference: what dithering has left to neither."""
    change = soft[0].astype(np.float32) - soft[1]
    light, *chroma = cv2.split(change)
    found = []
    for side in SPOTS[:3]:
        low, high, _, _ = cv2.minMaxLoc(cv2.blur(light, (side, side)))
        across, along = (cv2.blur(c, (side, side)) for c in chroma)
        found += [max(abs(low), abs(high)), float(cv2.magnitude(across, along).max())]
    logs: NDArray[np.float64] = np.log(np.array(found) + 0.5)
    return logs


def _grain(first: Picture, second: Picture) -> NDArray[np.float64]:
    """Return logarithms of how fine the detail of both is, how much of it differs, and of their colours."""
    green = [np.ascontiguousarray(p[..., 1]) for p in (first, second)]
    fine = [cv2.Laplacian(g, cv2.CV_16S) for g in green]
    numbers = [float(cv2.mean(cv2.convertScaleAbs(f))[0]) for f in (*fine, fine[0] - fine[1])]
    for picture in (first, second):
        p = picture[::2, ::2].astype(np.int32) >> 3
        counts = np.bincount(((p[..., 0] << 10) | (p[..., 1] << 5) | p[..., 2]).ravel())
        numbers += [float((counts > 0).sum()), float((counts > 8).sum())]
    logs: NDArray[np.float64] = np.log(np.array(numbers) + 1)
    return logs


def _tinted(soft: list[NDArray[Any]], apart: Map) -> NDArray[np.float64]:
    """Return how much of the pictures has a colour and keeps it, how strong colours are, and the size."""
    planes = [
        [plane.ravel().astype(np.float32) - np.float32(128) for plane in cv2.split(p)[1:]] for p in soft
    ]
    chroma = [np.sqrt(a * a + b * b) for a, b in planes]
    area = apart.size
    coloured = np.maximum(*chroma) > TINTED
    count = max(int(np.count_nonzero(coloured)), 1)
    told = apart.ravel()
    kept, lost = (np.count_nonzero(coloured & n) / count for n in (told < 4, told > 8))
    sizes = [float(c @ c) / area / 2 + 1 for c in chroma]
    along = sum(float(a @ b) for a, b in zip(*planes, strict=True)) / area / 2 / (sizes[0] * sizes[1]) ** 0.5
    flat = np.count_nonzero(soft[0][..., 0] > 245) / area
    means = [np.log(float(c.sum()) / area + 1) for c in chroma]
    longest = np.log(max(apart.shape))
    return np.array([count / area, kept, lost, along, flat, *means, means[0] - means[1], longest])


def _new_colours(soft: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Return logarithms of the shares whose colour is nowhere in the other picture, larger and lesser.

    A palette leaves out colours and makes none; other colours of a part are new on both sides.
    """
    cells = [_cells(p) for p in soft]
    shares = []
    for own, other in (cells, cells[::-1]):
        maps = [cv2.distanceTransform(1 - plane, cv2.DIST_L2, 3) for plane in _present(other)]
        apart = np.minimum(np.stack(maps), 64) * np.float32(4)
        far = apart[own[0] * SLICES // 256, own[1] >> 2, own[2] >> 2]
        shares.append([int(np.count_nonzero(far > level)) / far.size for level in NEW])
    both = np.sort(np.array(shares), axis=0).ravel()
    return np.log(both + 3e-4)


def _cells(picture: NDArray[Any]) -> list[NDArray[np.int32]]:
    return [plane.ravel().astype(np.int32) for plane in cv2.split(picture)]


def _present(cells: list[NDArray[np.int32]]) -> NDArray[np.uint8]:
    """Return which of 64 x 64 colours occur in each slice of lightness."""
    light, across, along = cells
    place = (across >> 2) * 64 + (along >> 2)
    middles = (np.arange(SLICES) + 0.5) * 256 / SLICES
    inside = [np.bincount(place[np.abs(light - m) <= SLICE_REACH], minlength=64 * 64) > 0 for m in middles]
    present: NDArray[np.uint8] = np.stack(inside).reshape(SLICES, 64, 64).astype(np.uint8)
    return present
