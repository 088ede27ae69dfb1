"""Difference: where two aligned pictures show other content, apart from tone, sharpness and coding noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.comparison.blur import blur_alike
from dpm_tui.pipeline.comparison.noise_floor import above_noise_floor
from dpm_tui.pipeline.comparison.structure import Structure, match_structure
from dpm_tui.pipeline.comparison.tone import cut_off, fit_tone, is_negative, shrunk, tone_features

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]
Channels = NDArray[Any]
"""One or three channels as OpenCV returns them."""

TILES = 16
"""Tiles along the long side: at 256 px a tile of 16 px holds an eye or a mouth of a portrait."""
LIVE = 12.0
"""Range of lightness within a tile, in levels, from which the tile has structure that can agree or not."""
SOFTEN = 0.8
"""Blur in pixels before comparing: takes off single-pixel coding noise, keeps strokes of two pixels."""
ALIKE = 0.25
"""A live tile agrees when its difference stays below this share of its own contrast: copies lie below 0.1,
unrelated tiles around 0.6."""
CUT_OFF, FOLLOWED = 0.004, 6.0
"""Share of a picture that its tone cut off at black or white, from which the other one is toned instead: no
tone brings back what was there. And residual in levels up to which that one's tone is known."""
PLAIN = 2.0
"""Mean difference in levels below which no tone is fitted: every re-encode stays below."""
_NEAR = np.ones((3, 3), np.uint8)
_FLOOR = 0.3


@dataclass(frozen=True, eq=False)
class Difference:
    """What comparing two pictures of one frame found; levels are of 255."""

    pictures: tuple[Picture, Picture]
    """Both RGB pictures as they were."""
    mask: Picture | None
    """Where they are compared: where it is 255."""
    rich: bool
    """Whether a rich tone was fitted."""
    toned: tuple[Picture, Picture]
    """Both RGB pictures with one of them toned like the other."""
    lightness: tuple[Channels, Channels]
    """Of both, equally sharp and softened."""
    light: Map
    """Difference of lightness a pixel, in levels."""
    colour: Map
    """Difference of the stronger of the two colour axes a pixel, in levels."""
    inside: NDArray[np.bool_]
    """Where both pictures are."""
    agreement: float
    """Share of the live tiles, weighted by contrast, that agree."""
    live: int
    """Number of live tiles."""
    structure: Structure

    @cached_property
    def change(self) -> Map:
        """Difference of lightness and colour together a pixel, in levels."""
        return self.light * 0.7 + self.colour

    @cached_property
    def tones(self) -> NDArray[np.float64]:
        """Logarithms of how far tones lie apart before they are made alike."""
        return tone_features(*self.pictures, self.mask)

    @property
    def tones_apart(self) -> float:
        """Levels that all but a twentieth of the places stay below, before tones are made alike."""
        return float(np.exp(self.tones.max())) - 1

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """Logarithms and shares from which networks score the pair: as much work as all the rest."""
        same = _same_blocks(*self.pictures) if self.mask is None else 0.0
        structure = self.structure
        return np.concatenate(
            [
                _features(self.light, self.colour, self.mask, _tile(self.light), same),
                above_noise_floor(*self.lightness, None if self.mask is None else self.inside),
                self.tones,
                [self.agreement, structure.share, np.log1p(structure.same), structure.spread],
                [self.mask is not None, self.rich, np.log(max(self.light.shape))],
            ]
        )


def compare_aligned(
    first: Picture, second: Picture, mask: Picture | None = None, rich: bool = False
) -> Difference:
    """Compare two RGB pictures of one size, only where the mask is 255.

    The difference of a pixel is its distance to the range of values around the same place in the other
    picture, so that a shift of one pixel and another resampling cost nothing while a stroke that only one
    picture has costs its full contrast. The sharper picture is blurred to the sharpness of the other first.
    """
    a, b = _tone_alike(first, second, mask, rich)
    lab_a, lab_b = blur_alike(*(cv2.cvtColor(p, cv2.COLOR_RGB2LAB) for p in (a, b)))
    lab_a, lab_b = (cv2.GaussianBlur(p, (0, 0), SOFTEN) for p in (lab_a, lab_b))
    apart = range_distance(lab_a, lab_b)
    inside = np.ones(apart.shape[:2], np.bool_)
    if mask is not None:
        inside = cv2.erode(mask, np.ones((5, 5), np.uint8), borderValue=0) == 255
        apart[~inside] = 0
    light = apart[..., 0].astype(np.float32)
    colour = cv2.max(apart[..., 1], apart[..., 2]).astype(np.float32)
    lightness = lab_a[..., 0], lab_b[..., 0]
    tile = _tile(light)
    agreement, live = _agreement(light, *lightness, mask, tile)
    structure = match_structure(*lightness, inside, tile)
    return Difference(
        (first, second), mask, rich, (a, b), lightness, light, colour, inside, agreement, live, structure
    )


def _tile(light: Map) -> int:
    longest: int = max(light.shape)
    return max(4, round(longest / TILES))


def slopes_follow(difference: Difference) -> float:
    """Return the lower of the correlations of the slopes across and along two pictures of one frame.

    Other text on the same ruling, or other things before the same horizon, agree in one direction only.
    """
    grey = [cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 1.2) for p in difference.toned]
    lowest = 1.0
    for along in (0, 1):
        one, other = (cv2.Sobel(p, cv2.CV_32F, 1 - along, along)[difference.inside] for p in grey)
        size = float((one**2).sum()) * float((other**2).sum())
        lowest = min(lowest, float((one * other).sum()) / math.sqrt(size) if size > 0 else 1.0)
    return lowest


def _tone_alike(first: Picture, second: Picture, mask: Picture | None, rich: bool) -> tuple[Picture, Picture]:
    """Return both pictures, one of them toned: the one that was not cut off at black or white by its tone.

    Of others the direction that explains more wins (grey from colour).
    """
    small = [shrunk(p) for p in (first, second)]
    if mask is None and not rich and float(cv2.absdiff(*small).mean()) < PLAIN:
        return first, second
    if is_negative(small[0], small[1]):
        first, small[0] = np.invert(first), np.invert(small[0])
    forward, backward = (fit_tone(a, b, mask, rich) for a, b in (small, small[::-1]))
    ahead = forward.residual <= backward.residual
    tone, other = (forward, backward) if ahead else (backward, forward)
    source, goal = (first, second) if ahead else (second, first)
    toned = tone.apply(source)
    lost = cut_off(source, toned, goal, mask)
    if lost >= CUT_OFF and other.residual < FOLLOWED:
        undone = other.apply(goal)
        if cut_off(goal, undone, source, mask) < lost / 2:
            ahead, toned = not ahead, undone
    return (toned, second) if ahead else (first, toned)


def range_distance(a: Channels, b: Channels) -> Channels:
    """Return the distance of each value to the range of values around its place in the other picture."""
    return cv2.max(_outside(a, b), _outside(b, a))


def _outside(a: Channels, b: Channels) -> Channels:
    low, high = cv2.erode(b, _NEAR), cv2.dilate(b, _NEAR)
    return cv2.max(cv2.subtract(a, high), cv2.subtract(low, a))


def _same_blocks(first: Picture, second: Picture) -> float:
    """Return the share of structured 8 x 8 blocks that are equal to the bit.

    A local edit leaves the rest untouched, a re-encode or resize touches every block with structure.
    """
    change = cv2.boxFilter(cv2.absdiff(first, second), cv2.CV_32F, (8, 8), normalize=False)
    equal = change[4:-3:8, 4:-3:8].sum(axis=2) == 0
    green = np.ascontiguousarray(first[..., 1])
    block = np.ones((8, 8), np.uint8)
    contrast = cv2.subtract(cv2.dilate(green, block), cv2.erode(green, block))[4:-3:8, 4:-3:8]
    structured = contrast > LIVE
    count = int(structured.sum())
    return float((equal & structured).sum() / count) if count >= 4 else 0.0


def _agreement(light: Map, a: Channels, b: Channels, mask: Picture | None, tile: int) -> tuple[float, int]:
    step = slice(tile // 2, None, max(tile // 2, 1))
    window = (tile, tile)
    spread = []
    for p in (a, b):
        values = p.astype(np.float32)
        mean = cv2.blur(values, window)[step, step]
        spread.append(np.sqrt(np.maximum(cv2.sqrBoxFilter(values, -1, window)[step, step] - mean**2, 0)))
    contrast = np.maximum(*spread)
    live = contrast > LIVE / 4
    if mask is not None:
        live &= cv2.erode(mask, np.ones(window, np.uint8), borderValue=0)[step, step] == 255
    weight = np.minimum(contrast, 30) * live
    total = float(weight.sum())
    if total == 0:
        return 0.0, 0
    agree = cv2.blur(light, window)[step, step] < ALIKE * contrast
    return float((weight * agree).sum()) / total, int(live.sum()) // 4


def _features(light: Map, colour: Map, mask: Picture | None, tile: int, same: float) -> NDArray[np.float64]:
    spot, step = max(tile // 2, 3), max(tile // 2, 1)
    inside = slice(None) if mask is None else mask[step // 2 :: step, step // 2 :: step].ravel() == 255
    values: list[float] = []
    for m in (light, colour):
        tiles = cv2.blur(m, (tile, tile))
        sampled = tiles[step // 2 :: step, step // 2 :: step].ravel()[inside]
        noise = np.quantile(sampled, (0.5, 0.75, 0.9)) if sampled.size else np.zeros(3)
        values += [float(cv2.blur(m, (n, n)).max()) for n in (3, spot, 2 * tile)]
        values += [float(tiles.max()), *noise]
    values.append(float(cv2.blur(light * 0.6 + colour * 1.5, (spot, spot)).max()))
    return np.append(np.log(np.array(values) + _FLOOR), same)
