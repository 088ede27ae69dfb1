"""Changed spots: the places at which two copies differ most beyond what coding explains, each in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.differ import range_distance
from dpm_tui.pipeline.inspection.sample_region import Picture
from dpm_tui.pipeline.inspection.sharpness import make_alike
from dpm_tui.pipeline.tone import fit_tone, is_negative, shrunk

Map = NDArray[Any]

SPOTS = 8
"""Places that are looked at: a picture with more changes has one among these."""
WIDTHS = (0.006, 0.012, 0.024)
"""Sides of the squares that a change is averaged over, as shares of the long side."""
NARROWEST = (2, 3, 5)
CONTRASTS = np.array([0, 4, 8, 14, 22, 34, 50, 75, 110, 256], np.float32)
"""Contrast around a place in levels: what coding leaves grows with it."""
FLOOR = (0.7, 0.5)
"""Levels of lightness and of colour that any place may differ by."""
PLAIN = 2.0
"""Mean difference in levels below which no tone is fitted."""
SAMPLED = 40_000
"""Places from which it is learned what is usual."""
_LEVELS = np.digitize(np.arange(256), CONTRASTS[1:-1]).astype(np.uint8)[None]
_AROUND = np.ones((7, 7), np.uint8)


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

    A place differs by its distance to the range of values around the same place in the other picture, once
    tone and sharpness are made alike. It stands out by how far that exceeds what places of the same contrast
    usually differ by in this very pair. ``coarse`` are numbers on the coding of both, passed on.
    """
    lab = [cv2.cvtColor(picture, cv2.COLOR_RGB2LAB) for picture in _tone_alike(first, second)]
    greys = [cv2.GaussianBlur(p, (3, 3), 0.8) for p in make_alike(*(cv2.extractChannel(p, 0) for p in lab))]
    half = max(lab[0].shape[1] // 2, 1), max(lab[0].shape[0] // 2, 1)
    lab = [cv2.resize(p, half, interpolation=cv2.INTER_AREA) for p in lab]
    colours = [[cv2.GaussianBlur(cv2.extractChannel(p, c), (3, 3), 0.8) for p in lab] for c in (1, 2)]
    light = range_distance(*greys).astype(np.float32)
    colour = cv2.max(*(range_distance(*both) for both in colours)).astype(np.float32)
    contrast = cv2.max(*(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, _AROUND) for grey in greys))
    level = cv2.LUT(contrast, _LEVELS)
    coarse_level = cv2.resize(level, half, interpolation=cv2.INTER_NEAREST)
    long = max(light.shape)
    sides = [max(round(share * long), least) for share, least in zip(WIDTHS, NARROWEST, strict=True)]
    averages = [_halved(cv2.blur(light, (side, side)), half) for side in sides]
    averages += [cv2.blur(colour, ((side + 1) // 2, (side + 1) // 2)) for side in sides]
    above = [
        _above_usual(map_, coarse_level, FLOOR[number >= len(WIDTHS)]) for number, map_ in enumerate(averages)
    ]
    score = above[0]
    for map_ in above[1:]:
        score = cv2.max(score, map_)
    places = _peaks(score, sides[1] + 1)
    strengths = [float(score[place]) for place in places]
    general = [
        *(float(np.quantile(above[number][::3, ::3], 0.99)) for number in (1, 2, 4, 5)),
        float(light.mean()), float(colour.mean()), float(np.quantile(light[::4, ::4], 0.99)),
        float(np.quantile(colour[::3, ::3], 0.99)), math.log(long), *coarse,
    ]  # fmt: skip
    spots: list[ChangedSpot] = []
    for number, (row, column) in enumerate(places):
        own = [float(map_[row, column]) for map_ in above]
        raw = [float(map_[row, column]) for map_ in averages]
        rest = [strengths[number] / (strengths[0] + 0.1), strengths[number] / (strengths[-1] + 0.1), number]
        near = [
            *_surroundings(greys[0], greys[1], 2 * row, 2 * column, sides),
            *_colours(colours, row, column, sides),
        ]
        border = min(row, column, score.shape[0] - 1 - row, score.shape[1] - 1 - column) * 2 / long
        here = float(contrast[min(2 * row, len(contrast) - 1), min(2 * column, contrast.shape[1] - 1)])
        numbers = np.array([*own, *raw, *rest, *near, here, border, *general])
        best = int(np.argmax(own))
        spots.append(
            ChangedSpot(
                (column + 0.5) / score.shape[1],
                (row + 0.5) / score.shape[0],
                sides[best % len(WIDTHS)] / long,
                best >= len(WIDTHS),
                numbers,
            )
        )
    return spots


def _tone_alike(first: Picture, second: Picture) -> tuple[Picture, Picture]:
    """Return both pictures, one of them with a light tone of the whole picture undone."""
    small = [shrunk(picture) for picture in (first, second)]
    if float(cv2.absdiff(*small).mean()) < PLAIN or is_negative(*small):
        return first, second
    forward, backward = (fit_tone(a, b) for a, b in (small, small[::-1]))
    if forward.residual <= backward.residual:
        return forward.apply(first), second
    return first, backward.apply(second)


def _halved(values: Map, size: tuple[int, int]) -> Map:
    """Return a map at half its size; of four values the highest counts."""
    highest = cv2.dilate(values, np.ones((2, 2), np.uint8), anchor=(0, 0))
    found: Map = np.ascontiguousarray(highest[: 2 * size[1] : 2, : 2 * size[0] : 2])
    return found if found.shape == size[::-1] else cv2.resize(values, size)


def _above_usual(values: Map, level: NDArray[Any], floor: float) -> Map:
    """Return how many times each value exceeds what is usual at places of its contrast."""
    usual = np.full(len(CONTRASTS) - 1, floor, np.float32)
    step = max(round((values.size / SAMPLED) ** 0.5), 1)
    some_values, some_levels = values[::step, ::step].ravel(), level[::step, ::step].ravel()
    before = 0.0
    for number in range(len(usual)):
        own = some_values[some_levels == number]
        if len(own) >= 40:
            # The change itself must not raise what is usual, and neither must a few odd places.
            before = float(np.quantile(own, 0.5)) + float(np.quantile(own, 0.9))
        usual[number] += before
    found: Map = cv2.divide(values, cv2.LUT(level, np.resize(usual, 256).astype(np.float32)))
    return found


def _peaks(score: Map, apart: int) -> list[tuple[int, int]]:
    """Return the highest places, each at least ``apart`` pixels from the others."""
    left = score.copy()
    places: list[tuple[int, int]] = []
    for _ in range(SPOTS):
        _, strength, _, (column, row) = cv2.minMaxLoc(left)
        if strength <= 0:
            break
        places.append((row, column))
        cv2.rectangle(left, (column - apart, row - apart), (column + apart, row + apart), -1.0, -1)
    return places or [(score.shape[0] // 2, score.shape[1] // 2)]


def _part(row: int, column: int, reach: int) -> tuple[slice, slice]:
    return slice(max(row - reach, 0), row + reach + 1), slice(max(column - reach, 0), column + reach + 1)


def _surroundings(
    one: NDArray[Any], other: NDArray[Any], row: int, column: int, sides: list[int]
) -> list[float]:
    """Return how far two grey pictures agree around a place, at three widths, and what each has there."""
    found: list[float] = []
    for reach in (sides[0] + 1, sides[1] + 2, 2 * sides[2]):
        a, b = (picture[_part(row, column, reach)].astype(np.float32) for picture in (one, other))
        spread_a, spread_b = float(a.std()), float(b.std())
        mean_a, mean_b = float(a.mean()), float(b.mean())
        both = float(((a - mean_a) * (b - mean_b)).mean())
        found += [
            both / (spread_a * spread_b + 1.0),
            math.log(max(spread_a, spread_b) + 0.5),
            abs(math.log((spread_a + 0.7) / (spread_b + 0.7))),
            abs(mean_a - mean_b),
        ]
    return found


def _colours(colours: list[list[NDArray[Any]]], row: int, column: int, sides: list[int]) -> list[float]:
    """Return how far the mean colours around a place lie apart, at two widths."""
    found: list[float] = []
    for reach in (sides[0] // 2 + 1, sides[2]):
        part = _part(row, column, reach)
        found.append(math.hypot(*(float(a[part].mean()) - float(b[part].mean()) for a, b in colours)))
    return found
