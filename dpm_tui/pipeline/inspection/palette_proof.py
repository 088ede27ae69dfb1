"""Palette proof: whether a picture in few colours is another one of the same frame with its colours cut down.

A general eye for changes must forgive whatever coding leaves, and cutting colours leaves much. But what it
leaves is known: each pixel has the palette colour nearest to that of its source, or, dithered, neighbours
have it on average. So the residual is measured in how far the other picture would have to move to give what
is seen: nearly nothing in a copy, whatever its palette lacks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.catalog.image_file import MAX_COLOURS
from dpm_tui.catalog.verdict import GRID
from dpm_tui.pipeline.inspection.palette_loss import Palette
from dpm_tui.pipeline.quality.sample_region import Picture

Plane = NDArray[Any]

WIDTHS = (0.006, 0.012, 0.024, 0.048)
"""Sides of the squares that are averaged over, as shares of the long side."""
NARROWEST = 3
FINE = 5
"""Bits a channel to which the nearest colour is looked up."""
BAND = 1 << 20
"""Pixels that are measured at a time."""
USUAL = 0.98
"""Share of the places that differ by no more than is usual for the pair."""
SAMPLED = 40_000
"""Places from which it is learned what is usual."""
GRAIN = 0.1
"""Share of the steps of a dithered picture that is left when it is averaged."""
_LIGHT = 0.6
"""Weight of a step of lightness beside one of colour."""


PROVED_MOVED = (8.0, 7.0, 5.0, 4.0)
"""Levels up to which nothing was moved, by width: copies stay below 1 where their source is at hand."""
PROVED_UNEVEN = (3.4, 3.4, 2.0, 1.2)
"""Multiples of the grain up to which nothing differs."""
PROVED_OFF = (math.inf, 50.0, 36.0, 24.0)
"""Distance in CIELAB up to which a palette may lack a colour: one of three colours proves nothing."""
EXACT_MOVED = (3.0, 2.0, 2.0, 2.0)
"""Levels up to which every pixel has the nearest of all colours: with MANY of them to choose from none is
another one by chance, even where the palette lacks more."""
EXACT_OFF = (math.inf, 65.0, 55.0, 42.0)
MANY = 32
"""Colours from which on a palette has one nearer to a changed place than that of the change."""
SEEN_MOVED, SEEN_UNEVEN = (14.0, 6.0), (4.5, 5.0)
"""Levels, or multiples of the grain, from which a place differs, and how many times the usual that must be:
cut in another way, a whole picture stands out a little everywhere."""


@dataclass(frozen=True, slots=True)
class PaletteTraits:
    """How far a picture in few colours is from being made of another one, by width of the squares."""

    colours: int
    moved: tuple[float, ...]
    """Levels that the other picture must move to give the colours seen, where it is most."""
    usually_moved: tuple[float, ...]
    """The same in all but the last of the places."""
    uneven: tuple[float, ...]
    """Distance to the other picture dithered to the same colours, in multiples of the grain that is left."""
    usually_uneven: tuple[float, ...]
    """The same in all but the last of the places."""
    off: tuple[float, ...]
    """Distance in CIELAB to the other picture, where it is most."""
    places: Plane
    """By how much each place of a grid of GRID x GRID exceeds what may differ, as multiples of that."""

    @property
    def proved(self) -> bool:
        """Whether nothing can differ: the picture is the other one in its colours, plain or dithered."""
        alike = _below(self.moved, PROVED_MOVED) or _below(self.uneven, PROVED_UNEVEN)
        if alike and _below(self.off, PROVED_OFF):
            return True
        exact = self.colours >= MANY and _below(self.moved, EXACT_MOVED)
        return exact and _below(self.off, EXACT_OFF)

    @property
    def changed(self) -> bool:
        """Whether a place differs in a picture that is otherwise made of the other one."""
        if self.proved:
            return False
        moved = _stands_out(self.moved[0], self.usually_moved[0], SEEN_MOVED)
        return moved or _stands_out(self.uneven[0], self.usually_uneven[0], SEEN_UNEVEN)


def measure_palette(whole: Picture, cut: Picture, palette: Palette) -> PaletteTraits:
    """Return how far ``cut`` is from being ``whole`` in the colours of ``palette``; both RGB, of one size."""
    nearest = _render_nearest(whole, palette)
    dithered = _render_dithered(whole, palette)
    bands = [_bands(picture) for picture in (whole, cut, nearest, dithered)]
    moved = np.concatenate([_moved(*parts) for parts in zip(*bands[:3], strict=True)])
    grain = np.concatenate([_apart(*parts) for parts in zip(bands[0], bands[3], strict=True)])
    long = max(whole.shape[:2])
    rows: list[tuple[float, ...]] = []
    places = np.zeros((GRID, GRID), np.float32)
    for share in WIDTHS:
        side = max(round(share * long), NARROWEST)
        shift = _averaged(moved, side)
        one, other, like = (_lab(_averaged(picture, side)) for picture in (whole, cut, dithered))
        left = 1 + GRAIN * np.sqrt(cv2.blur(_averaged(grain, side), (5, 5)))
        uneven = _distance(other, like) / left
        if not rows:
            places = _coarsest(np.minimum(shift / SEEN_MOVED[0], uneven / SEEN_UNEVEN[0]))
        rows.append((*_highest(shift), *_highest(uneven), float(_distance(one, other).max())))
    moves, usual_moves, unevens, usual_unevens, offs = zip(*rows, strict=True)
    return PaletteTraits(len(palette), moves, usual_moves, unevens, usual_unevens, offs, places)


def _coarsest(values: Plane) -> Plane:
    """Return the highest value in each part of a grid of GRID x GRID."""
    parts = [np.array_split(band, GRID, axis=1) for band in np.array_split(values, GRID)]
    return np.array([[part.max(initial=0.0) for part in band] for band in parts], np.float32)


def _below(values: tuple[float, ...], bounds: tuple[float, ...]) -> bool:
    return all(value <= bound for value, bound in zip(values, bounds, strict=True))


def _stands_out(value: float, usual: float, bounds: tuple[float, float]) -> bool:
    least, times = bounds
    return value > least and value > times * usual


def _highest(values: Plane) -> tuple[float, float]:
    """Return the highest of some values, and that which USUAL of them stay below."""
    step = max(int((values.size / SAMPLED) ** 0.5), 1)
    return float(values.max()), float(np.quantile(values[::step, ::step], USUAL))


def _bands(picture: NDArray[Any]) -> list[NDArray[Any]]:
    rows = max(BAND // picture.shape[1], 1)
    return [picture[top : top + rows] for top in range(0, len(picture), rows)]


def _render_nearest(picture: Picture, palette: Palette) -> Picture:
    """Return a picture in the nearest colours of a palette, as nearly as FINE bits tell."""
    count, step = 1 << FINE, 256 >> FINE
    axis = (np.arange(count) * step + (step - 1) / 2).astype(np.float32)
    cells = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    colours = palette.astype(np.float32)
    lengths = (colours**2).sum(axis=1)
    table = np.concatenate(
        [(lengths - 2 * part @ colours.T).argmin(axis=1) for part in np.array_split(cells, 16)]
    ).astype(np.uint8)
    shift = 8 - FINE
    parts: list[Picture] = []
    for band in _bands(picture):
        red, green, blue = (channel.astype(np.int32) >> shift for channel in cv2.split(band))
        parts.append(palette[table[(red << 2 * FINE) | (green << FINE) | blue]])
    return np.concatenate(parts)


def _render_dithered(picture: Picture, palette: Palette) -> Picture:
    """Return a picture in the colours of a palette with errors spread (Floyd and Steinberg 1976)."""
    model = Image.new("P", (1, 1))
    model.putpalette(np.resize(palette, (MAX_COLOURS, 3)).tobytes())
    made = Image.fromarray(picture).quantize(palette=model, dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(made.convert("RGB"))


def _moved(whole: Picture, cut: Picture, nearest: Picture) -> Plane:
    """Return how many levels each pixel lies beyond the middle between the colour seen and the nearest."""
    seen, least = _apart(whole, cut), _apart(whole, nearest)
    gap = np.sqrt(_apart(cut, nearest))
    beyond: Plane = np.maximum(seen - least, 0) / np.maximum(2 * gap, 1)
    return beyond


def _apart(one: Picture, other: Picture) -> Plane:
    """Return the squared distance of each pixel in RGB."""
    apart = cv2.absdiff(one, other).astype(np.float32)
    found: Plane = cv2.transform(apart * apart, np.ones((1, 3), np.float32))
    return found


def _averaged(values: NDArray[Any], side: int) -> Plane:
    """Return averages over squares of about ``side`` pixels; fewer of them than there were values."""
    fold = max(side // NARROWEST, 1)
    if fold > 1:
        size = max(values.shape[1] // fold, 1), max(values.shape[0] // fold, 1)
        values = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    window = max(round(side / fold), 1)
    found: Plane = cv2.blur(values.astype(np.float32), (window, window), borderType=cv2.BORDER_REFLECT)
    return found


def _lab(picture: Plane) -> Plane:
    found: Plane = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    return found


def _distance(one: Plane, other: Plane) -> Plane:
    apart = one - other
    weights = np.array([[_LIGHT**2, 1, 1]], np.float32)
    found: Plane = np.sqrt(cv2.transform(apart * apart, weights))
    return found
