"""Difference maps: how far two copies differ at every place, in several ways and at three widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.difference import range_distance
from dpm_tui.pipeline.comparison.tone import SAMPLE, fit_tone, is_negative, shrunk
from dpm_tui.pipeline.quality.common_frame import resize
from dpm_tui.pipeline.quality.sample_region import Picture
from dpm_tui.pipeline.quality.sharpness import make_alike

Map = NDArray[Any]

LARGE = 900
"""Longest side from which maps have half the resolution of the pictures."""
LAYERS = 3
"""Widths at which differences are averaged, each twice the one before."""
WIDTH = 0.0065
"""Side of the smallest square that a difference is averaged over, as a share of the long side."""
NARROWEST = 3
"""The same in pixels of a map at least."""
CONTRASTS = np.array([0, 3, 6, 10, 16, 24, 36, 54, 80, 256], np.float32)
"""Contrast around a place in levels: what coding leaves grows with it."""
PLAIN = 2.0
"""Mean difference in levels below which no tone is fitted."""
BLACK, WHITE = 3, 252
"""Levels at which values may have been cut off."""
SAMPLED = 20_000
"""Places from which it is learned what is usual."""
FEWEST = 30
_CONTRAST_LEVELS = np.digitize(np.arange(256), CONTRASTS[1:-1]).astype(np.uint8)[None]
_AROUND = np.ones((7, 7), np.uint8)


@dataclass(frozen=True, slots=True)
class Measure:
    """A way in which places differ; ``floor`` are the levels that any place may differ by."""

    floor: float
    colour: bool


LEVELS = (
    Measure(0.7, False),  # distance to the range of values around the same place: forgives a pixel of shift
    Measure(0.5, True),
    Measure(0.6, False),  # mean with its sign: what coding leaves averages out
    Measure(0.4, True),
    Measure(1.5, False),  # root of the mean square
)


@dataclass(frozen=True, slots=True)
class Channels:
    """Two pictures of one frame, tone and sharpness made alike, in parts."""

    light: tuple[Map, Map]
    colours: tuple[tuple[Map, Map], ...]
    """Of both colour axes, at the resolution of the maps."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The maps of one width, in the order of LEVELS."""

    maps: list[Map]
    above: list[Map]
    """How many times each place differs by what is usual at places of its contrast."""
    top: list[float]
    """What all but a few places of ``above`` stay below."""


def layer_side(long: int) -> int:
    """Return the side of the squares that the maps of a picture are averaged over."""
    return max(round(WIDTH * long), NARROWEST)


def prepare_channels(first: Picture, second: Picture) -> Channels:
    """Return both RGB pictures in lightness and colours, made alike."""
    planes = [cv2.cvtColor(p, cv2.COLOR_RGB2YCrCb) for p in _tone_alike(first, second)]
    light = make_alike(*(cv2.extractChannel(p, 0) for p in planes))
    size = _map_size(light[0].shape)
    if size != light[0].shape[::-1]:
        planes = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in planes]
    colours = [tuple(cv2.GaussianBlur(cv2.extractChannel(p, c), (3, 3), 0.8) for p in planes) for c in (1, 2)]
    one, other = (cv2.GaussianBlur(p, (3, 3), 0.8) for p in light)
    return Channels((one, other), tuple((a, b) for a, b in colours))


def difference_layers(channels: Channels) -> list[Layer]:
    """Return the maps of both pictures, the finest first."""
    one, other = channels.light
    size = _map_size(one.shape)
    contrast = cv2.max(*(cv2.morphologyEx(p, cv2.MORPH_GRADIENT, _AROUND) for p in channels.light))
    signed = cv2.subtract(one, other, dtype=cv2.CV_32F)
    maps = [
        _reduced(range_distance(one, other).astype(np.float32), size),
        cv2.max(*(range_distance(a, b) for a, b in channels.colours)).astype(np.float32),
        _reduced(signed, size),
        *(cv2.subtract(a, b, dtype=cv2.CV_32F) for a, b in channels.colours),
    ]
    maps.append(_reduced(cv2.multiply(signed, signed), size))
    contrast = _reduced(contrast, size)
    side = layer_side(max(size))
    layers: list[Layer] = []
    for number in range(LAYERS):
        if number:
            half = max(maps[0].shape[1] // 2, 1), max(maps[0].shape[0] // 2, 1)
            *maps, contrast = (cv2.resize(p, half, interpolation=cv2.INTER_AREA) for p in (*maps, contrast))
        layers.append(_layer([cv2.blur(p, (side, side)) for p in maps], contrast))
    return layers


def _map_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return width and height of the finest maps of a picture."""
    height, width = shape[:2]
    return (width // 2, height // 2) if max(height, width) >= LARGE else (width, height)


def _reduced(values: Map, size: tuple[int, int]) -> Map:
    if values.shape[::-1] == size:
        return values
    return cv2.resize(values[: 2 * size[1], : 2 * size[0]], size, interpolation=cv2.INTER_AREA)


def _layer(averages: list[Map], contrast: Map) -> Layer:
    near, colour, light, red, blue, square = averages
    maps = [near, colour, np.abs(light), cv2.magnitude(red, blue), cv2.sqrt(square)]
    level = cv2.LUT(contrast, _CONTRAST_LEVELS)
    step = max(round((level.size / SAMPLED) ** 0.5), 1)
    some = level[::step, ::step].ravel()
    order = np.argsort(some, kind="stable")
    ends = np.searchsorted(some[order], np.arange(len(CONTRASTS)))
    above = [
        _above_usual(each, level, kind.floor, order, ends, step)
        for each, kind in zip(maps, LEVELS, strict=True)
    ]
    return Layer(maps, above, [_quantile(each[::step, ::step].ravel(), 0.995) for each in above])


def _above_usual(
    values: Map,
    level: NDArray[Any],
    floor: float,
    order: NDArray[np.int64],
    ends: NDArray[np.int64],
    step: int,
) -> Map:
    """Return how many times each value exceeds what is usual at places of its contrast.

    ``order`` sorts every ``step``th place each way by contrast; ``ends`` are where each level of it begins.
    """
    usual = np.full(len(CONTRASTS) - 1, floor, np.float32)
    some_values = values[::step, ::step].ravel()
    before = 0.0
    for number in range(len(usual)):
        own = some_values[order[ends[number] : ends[number + 1]]]
        if len(own) >= FEWEST:
            # The change itself must not raise what is usual, and neither must a few odd places.
            before = _quantile(own, 0.5) + _quantile(own, 0.9)
        usual[number] += before
    found: Map = cv2.divide(values, cv2.LUT(level, np.resize(usual, 256).astype(np.float32)))
    return found


def _quantile(values: Map, share: float) -> float:
    place = int(share * (len(values) - 1))
    return float(np.partition(values, place)[place])


def _tone_alike(first: Picture, second: Picture) -> tuple[Picture, Picture]:
    """Return both pictures, one of them with a light tone of the whole picture undone."""
    small = [shrunk(resize(picture, (2 * SAMPLE, 2 * SAMPLE))) for picture in (first, second)]
    if float(cv2.absdiff(*small).mean()) < PLAIN or is_negative(*small):
        return first, second
    forward, backward = (fit_tone(a, b) for a, b in (small, small[::-1]))
    if forward.residual <= backward.residual:
        return _unclipped(forward.apply(first), first, second), second
    return first, _unclipped(backward.apply(second), second, first)


def _unclipped(toned: Picture, before: Picture, goal: Picture) -> Picture:
    """Return a toned picture with what had been cut off at black or white before set right.

    No tone brings back how far beyond white the other picture goes.
    """
    bright, dark = (part.view(np.uint8) for part in (before >= WHITE, before <= BLACK))
    cv2.copyTo(cv2.max(toned, goal), bright, toned)
    cv2.copyTo(cv2.min(toned, goal), dark, toned)
    return toned
