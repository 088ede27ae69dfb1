"""Traits of one picture that tell how much of a scene its pixels really hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.quality.jpeg_history import block_coefficients, read_history
from dpm_tui.pipeline.quality.sample_region import Picture, Plane, lightness, pick_tiles

Numbers = NDArray[np.float64]

RINGS = 8
WINDOW = 64
"""Side in pixels of the windows whose spectra are averaged."""
BANDS = ((1, 3), (3, 6), (6, 9), (9, 15))
"""Bands of the block coefficients by row + column, from and below."""
ZERO = 0.8
"""A coefficient below this is as good as zero."""
_COLOURS_SEEN = 1 << 16
DETAIL, HISTORY, COLOURS, PIXELS, LOSSY, CODED = 16, 38, 44, 55, 57, 58
"""Places of some traits: mean strength of edges, coarseness of an earlier JPEG, logarithms of the colours
seen and of the pixels, whether the coding is lossy, coarseness of the JPEG that the file is."""


@dataclass(frozen=True, slots=True)
class FileTraits:
    """What a file says of the coding of its picture."""

    bytes: int
    lossy: bool
    quality: int = 0
    """JPEG quality by its tables, 0 where there is none."""


def measure_picture(picture: Picture, file: FileTraits) -> Numbers:
    """Return some forty numbers on an RGB picture (height, width, 3) at full size, most of them logarithms.

    Spectrum by rings, Laplacian, grid and zeros of 8 x 8 blocks on and off the grid, history as a JPEG,
    equal neighbours, colours, combs and gaps of the histogram, clipping, size and coding.
    """
    tiles = pick_tiles(picture)
    planes = [lightness(tile) for tile in tiles]
    parts = [
        _mean([_spectrum(plane) for plane in planes]),
        _mean([_edges(plane) for plane in planes]),
        _blocks(planes),
        _mean([_neighbours(tile) for tile in tiles]),
        _levels(tiles),
        _coding(picture, file),
    ]
    return np.concatenate(parts)


def _mean(rows: list[Numbers]) -> Numbers:
    found: Numbers = np.mean(rows, axis=0)
    return found


def _spectrum(plane: Plane) -> Numbers:
    """Return the mean logarithm of the power in rings of frequency: the finest along rows and columns too."""
    side = min(WINDOW, *plane.shape)
    tops = range(0, max(plane.shape[0] - side, 0) + 1, side)
    lefts = range(0, max(plane.shape[1] - side, 0) + 1, side)
    parts = np.stack([plane[top : top + side, left : left + side] for top in tops for left in lefts])
    parts = (parts - parts.mean(axis=(1, 2), keepdims=True)) * _window(side)
    waves = np.fft.rfft2(parts)
    power = (waves.real**2 + waves.imag**2).mean(axis=0, dtype=np.float64) / side**2
    rings, *fines = _rings(side)
    logs = [float(np.log(power[ring].mean() + 1e-4)) for ring in rings]
    fine = [float(np.log(power[each].mean() + 1e-4)) for each in fines]
    steps = np.diff(logs)
    return np.array([logs[1], logs[-2], logs[-1], *steps, *(value - logs[-2] for value in fine)])


@cache
def _window(side: int) -> NDArray[np.float32]:
    return (np.hanning(side)[:, None] * np.hanning(side)[None]).astype(np.float32)


@cache
def _rings(side: int) -> tuple[list[NDArray[np.bool_]], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which frequencies are of each ring, and of the finest along columns and along rows."""
    down, across = np.abs(np.fft.fftfreq(side))[:, None], np.fft.rfftfreq(side)[None]
    radius = np.hypot(down, across)
    ring = np.minimum((radius / 0.5 * RINGS).astype(int), RINGS)
    tall, wide = ((np.broadcast_to(f, radius.shape) > 0.45) & (radius < 0.52) for f in (down, across))
    return [ring == number for number in range(1, RINGS + 1)], tall, wide


def _edges(plane: Plane) -> Numbers:
    found: list[float] = []
    for scaled in (plane, cv2.pyrDown(plane)):
        bends = np.abs(cv2.Laplacian(scaled, cv2.CV_32F))[1:-1, 1:-1]
        some = np.sort(bends.ravel()[:: max(bends.size // 10_000, 1)])
        places = np.array((0.1, 0.5, 0.9, 0.99)) * (len(some) - 1)
        found += [*np.interp(places, np.arange(len(some)), some), float(bends.mean())]
    return np.log(np.array(found) + 0.05)


def _blocks(planes: list[Plane]) -> Numbers:
    """Return grid and zeros of blocks on the grid against four pixels off it, and the history as a JPEG."""
    on = np.concatenate([block_coefficients(plane) for plane in planes])
    off = np.concatenate([block_coefficients(plane[4:, 4:]) for plane in planes])
    place = np.add.outer(np.arange(8), np.arange(8))
    zeros = []
    for found in (on, off):
        shares = (np.abs(found) < ZERO).mean(axis=0)
        zeros.append([float(shares[(place >= low) & (place < high)].mean()) for low, high in BANDS])
    coarse, sure = read_history(on)
    grid = _mean([_grid(plane) for plane in planes])
    return np.array([*zeros[0], *(a - b for a, b in zip(*zeros, strict=True)), *grid, coarse, sure])


def _grid(plane: Plane) -> Numbers:
    """Return how much steps at the edges of 8 x 8 and 4 x 4 blocks exceed others, across and along."""
    found: list[float] = []
    for turned in (plane, plane.T):
        steps = np.abs(np.diff(turned, axis=1)).mean(axis=0)
        bends = np.abs(np.diff(turned, 3, axis=1)).mean(axis=0)
        for values, first in ((steps, 7), (bends, 6)):
            if len(values) <= first + 8:
                found += [0.0, 0.0]
                continue
            phase = np.arange(len(values)) % 8
            rest = values[(phase % 4) != first % 4].mean() + 0.05
            found.append(float(np.log((values[phase == first].mean() + 0.05) / rest)))
            found.append(float(np.log((values[phase == (first + 4) % 8].mean() + 0.05) / rest)))
    return np.array(found)


def _neighbours(tile: Picture) -> Numbers:
    """Return the share of equal neighbours at even and at odd places: pixels that were doubled."""
    found: list[float] = []
    packed = cv2.cvtColor(tile, cv2.COLOR_RGB2RGBA).view(np.uint32)[..., 0]
    for turned in (packed, packed.T):
        equal = (turned[:, 1:] == turned[:, :-1]).mean(axis=0)
        even, odd = float(equal[::2].mean()), float(equal[1::2].mean()) if len(equal) > 1 else 0.0
        found += [max(even, odd), abs(even - odd)]
    return np.array(found)


def _levels(tiles: list[Picture]) -> Numbers:
    samples = np.concatenate([tile.reshape(-1, 3) for tile in tiles])
    step = max(len(samples) // _COLOURS_SEEN, 1)
    some = samples[::step].astype(np.uint32)
    colours = np.sort(some[:, 0] << 16 | some[:, 1] << 8 | some[:, 2])
    count = 1 + int(np.count_nonzero(colours[1:] != colours[:-1]))
    combs, gaps, clipped = [], [], []
    planes = [np.ascontiguousarray(samples[None, :, channel]) for channel in range(3)]
    for plane in planes:
        counts = cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel()
        histogram = counts.astype(np.float64) / len(samples)
        inner = histogram[1:-1]
        combs.append(float(np.abs(inner - (histogram[:-2] + histogram[2:]) / 2).sum()))
        used = np.flatnonzero(histogram)
        gaps.append(1 - len(used) / max(int(used[-1] - used[0] + 1), 1))
        clipped.append((histogram[0], histogram[-1]))
    dark, light = np.mean(clipped, axis=0)
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(samples.reshape(1, -1)))
    grey = sum(cv2.mean(cv2.absdiff(*planes[at : at + 2]))[0] for at in (0, 1))
    return np.array(
        [
            np.log(count), np.log(count / len(some)), np.mean(combs), max(combs), np.mean(gaps), max(gaps),
            np.log(dark + 1e-4), np.log(light + 1e-4), np.log(spread + 1), np.log(grey + 1),
            mean / 255,
        ]
    )  # fmt: skip


def _coding(picture: Picture, file: FileTraits) -> Numbers:
    pixels = picture.shape[0] * picture.shape[1]
    return np.array(
        [np.log(pixels), np.log(file.bytes * 8 / pixels + 1e-3), float(file.lossy), _coarseness(file.quality)]
    )


def _coarseness(quality: int) -> float:
    """Return the logarithm of the steps of a JPEG quality as a multiple of the standard table."""
    if not quality:
        return -6.0
    return float(np.log((5000 / quality if quality < 50 else 200.5 - 2 * quality) / 100))


def measure_coarseness(one: Numbers, other: Numbers) -> tuple[float, ...]:
    """Return numbers on what coding and size of two pictures may hide; their order does not matter."""
    coarse = sorted(max(float(traits[HISTORY]), float(traits[CODED])) for traits in (one, other))
    colours = min(float(traits[COLOURS]) for traits in (one, other))
    sizes = sorted(float(traits[PIXELS]) / 2 for traits in (one, other))
    lossy = float(one[LOSSY] + other[LOSSY])
    fine = sorted(float(traits[2]) for traits in (one, other))
    return (*coarse, colours, sizes[1] - sizes[0], lossy, *fine)
