"""Changed spots: the places at which two copies differ most beyond what coding explains, each in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.inspection.difference_maps import (
    LEVELS,
    Channels,
    Layer,
    difference_layers,
    layer_side,
    prepare_channels,
)
from dpm_tui.pipeline.quality.sample_region import Picture

Map = NDArray[Any]

SPOTS = 10
"""Places that stand out most by any map; a picture with more changes has one among these."""
OF_EACH = 1
"""Places that stand out most by the maps of one kind, besides."""
FRAME_SIDE = -8
"""Place among the numbers of a spot of the logarithm of the longest side of the frame."""
FARTHEST = 3
"""Pixels by which one of two places is moved to see whether it then shows the same."""


@dataclass(frozen=True, slots=True)
class ChangedSpot:
    """A place where two pictures of one frame differ, as shares of width and height, and its numbers."""

    across: float
    down: float
    side: float
    """Of the square that stands out, as a share of the long side."""
    colour: bool
    """Whether it stands out by its colour rather than by its lightness."""
    numbers: NDArray[np.float64]


def find_spots(first: Picture, second: Picture, coarse: tuple[float, ...]) -> list[ChangedSpot]:
    """Return the places that stand out, the first by most, of two RGB pictures of one frame and size.

    Tone and sharpness are made alike first. A place stands out by how far it differs beyond what places of
    the same contrast usually differ by in this very pair. ``coarse`` are numbers on the coding of both,
    passed on.
    """
    channels = prepare_channels(first, second)
    layers = difference_layers(channels)
    height, width = layers[0].maps[0].shape
    kinds = [
        _highest([layer.above[kind] for layer in layers], (width, height)) for kind in range(len(LEVELS))
    ]
    score = _highest(kinds, (width, height))
    side = layer_side(max(height, width))
    places = _peaks(score, 2 * side, SPOTS, [])
    for kind in kinds:
        places += _peaks(kind, 2 * side, OF_EACH, places)
    general = _general(layers, channels, coarse)
    strengths = [float(score[place]) for place in places]
    return [
        _measure(place, number, strengths, layers, channels, general) for number, place in enumerate(places)
    ]


def _highest(maps: list[Map], size: tuple[int, int]) -> Map:
    """Return the highest of several maps at each place of one size."""
    found = cv2.resize(maps[0], size, interpolation=cv2.INTER_NEAREST)
    for each in maps[1:]:
        found = cv2.max(found, cv2.resize(each, size, interpolation=cv2.INTER_NEAREST))
    return found


def _peaks(score: Map, apart: int, most: int, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the highest places, each at least ``apart`` pixels from the others and from those taken."""
    left = score.copy()
    for row, column in taken:
        _cover(left, row, column, apart)
    places: list[tuple[int, int]] = []
    for _ in range(most):
        _, strength, _, (column, row) = cv2.minMaxLoc(left)
        if strength <= 0:
            break
        places.append((row, column))
        _cover(left, row, column, apart)
    return places or ([] if taken else [(score.shape[0] // 2, score.shape[1] // 2)])


def _cover(score: Map, row: int, column: int, apart: int) -> None:
    cv2.rectangle(score, (column - apart, row - apart), (column + apart, row + apart), -1.0, -1)


def _general(layers: list[Layer], channels: Channels, coarse: tuple[float, ...]) -> list[float]:
    """Return numbers on the whole pair: how far it differs in general, how large it is, and its coding."""
    usual = [
        value
        for kind in range(len(LEVELS))
        for value in (float(layers[0].maps[kind].mean()), layers[0].top[kind], layers[2].top[kind])
    ]
    return [*usual, math.log(max(channels.light[0].shape)), *coarse]


def _measure(
    place: tuple[int, int],
    number: int,
    strengths: list[float],
    layers: list[Layer],
    channels: Channels,
    general: list[float],
) -> ChangedSpot:
    row, column = place
    height, width = layers[0].maps[0].shape
    own: list[float] = []
    raw: list[float] = []
    beyond: list[float] = []
    best, highest = (0, 0), -1.0
    for level, layer in enumerate(layers):
        high, wide = layer.maps[0].shape
        at = min(row * high // height, high - 1), min(column * wide // width, wide - 1)
        for kind in range(len(LEVELS)):
            above = float(layer.above[kind][at])
            own.append(above)
            raw.append(float(layer.maps[kind][at]))
            beyond.append(above / (layer.top[kind] + 0.2))
            if above > highest:
                best, highest = (level, kind), above
    rest = [strengths[number] / (strengths[0] + 0.1), strengths[number] / (min(strengths) + 0.1), number]
    full = channels.light[0].shape
    down, across = (row + 0.5) / height, (column + 0.5) / width
    spot = int(down * full[0]), int(across * full[1])
    side = layer_side(max(height, width)) * max(full) / max(height, width)
    border = min(spot[0], spot[1], full[0] - 1 - spot[0], full[1] - 1 - spot[1]) / max(full)
    near = [*_surroundings(channels, spot, side), *_colours(channels, down, across, side)]
    numbers = np.array([*own, *raw, *beyond, *rest, *near, border, *general])
    share = side * 2 ** best[0] / max(full)
    return ChangedSpot(across, down, share, LEVELS[best[1]].colour, numbers)


def _part(place: tuple[int, int], reach: int) -> tuple[slice, slice]:
    row, column = place
    return slice(max(row - reach, 0), row + reach + 1), slice(max(column - reach, 0), column + reach + 1)


def _surroundings(channels: Channels, spot: tuple[int, int], side: float) -> list[float]:
    """Return how far two grey pictures agree around a place, at three widths, and what each has there."""
    found: list[float] = []
    for reach in (round(0.6 * side) + 1, round(side) + 2, round(2.5 * side) + 2):
        a, b = (np.ascontiguousarray(plane[_part(spot, reach)]) for plane in channels.light)
        one, other = (cv2.meanStdDev(part) for part in (a, b))
        mean_a, mean_b = float(one[0][0, 0]), float(other[0][0, 0])
        spread_a, spread_b = float(one[1][0, 0]), float(other[1][0, 0])
        both = cv2.mean(cv2.multiply(a, b, dtype=cv2.CV_32F))[0] - mean_a * mean_b
        left = math.sqrt(max(spread_a**2 + spread_b**2 - 2 * both, 0.0))
        found += [
            both / (spread_a * spread_b + 1.0),
            math.log(max(spread_a, spread_b) + 0.5),
            math.log(min(spread_a, spread_b) + 0.5),
            math.log(left + 0.5),
            abs(mean_a - mean_b),
        ]
    reach = round(side) + 2
    found += _best_moved(channels, spot, reach)
    inner, outer = (_part(spot, r) for r in (round(0.6 * side) + 1, round(2.5 * side) + 2))
    for plane in channels.light:
        # An object on plain ground stands out from what is around it.
        found.append(float(plane[inner].mean()) - float(plane[outer].mean()))
    found[-2:] = sorted(found[-2:])
    return found


def _best_moved(channels: Channels, spot: tuple[int, int], reach: int) -> list[float]:
    """Return the correlation around a place as it is, and how much moving one of two by some pixels helps."""
    one, other = channels.light
    template = np.ascontiguousarray(one[_part(spot, reach)])
    around = np.ascontiguousarray(other[_part(spot, reach + FARTHEST)])
    if around.shape != tuple(length + 2 * FARTHEST for length in template.shape):
        return [0.0, 0.0]
    alike = cv2.matchTemplate(around, template, cv2.TM_CCOEFF_NORMED)
    here, best = float(alike[FARTHEST, FARTHEST]), float(alike.max())
    return [min(max(best, -1.0), 1.0), min(max(best - here, 0.0), 2.0)]


def _colours(channels: Channels, down: float, across: float, side: float) -> list[float]:
    """Return how far the mean colours around a place lie apart, and how lively they are, at two widths."""
    shape = channels.colours[0][0].shape
    place = int(down * shape[0]), int(across * shape[1])
    scale = max(shape) / max(channels.light[0].shape)
    found: list[float] = []
    for width in (0.6 * side, 2 * side):
        part = _part(place, round(width * scale) + 1)
        apart, uneven, lively = [], [], []
        for pair in channels.colours:
            one, other = (np.ascontiguousarray(plane[part]) for plane in pair)
            both, each = cv2.subtract(one, other, dtype=cv2.CV_32F), (one, other)
            mean, spread = cv2.meanStdDev(both)
            apart.append(float(mean[0, 0]))
            uneven.append(float(spread[0, 0]))
            lively.append([float(cv2.meanStdDev(p)[1][0, 0]) for p in each])
        found += [math.hypot(*apart), math.hypot(*uneven)]
        found.append(math.log(0.5 + max(math.hypot(*spreads) for spreads in zip(*lively, strict=True))))
    return found
