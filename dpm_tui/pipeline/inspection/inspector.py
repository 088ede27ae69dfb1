"""Inspector: looks at two copies at full size. Does something small differ? Which is the better one?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import GRID
from dpm_tui.pipeline.inspection.changed_spots import ChangedSpot, find_spots
from dpm_tui.pipeline.inspection.palette_loss import Palette, allow_for_palettes, find_palette
from dpm_tui.pipeline.inspection.palette_proof import PaletteTraits, measure_palette
from dpm_tui.pipeline.inspection.tree_ensemble import tree_ensemble
from dpm_tui.pipeline.quality.common_frame import align, resize, to_common_size
from dpm_tui.pipeline.quality.pair_traits import measure_pair
from dpm_tui.pipeline.quality.picture_traits import (
    CODED,
    COLOURS,
    DETAIL,
    HISTORY,
    PIXELS,
    FileTraits,
    Numbers,
    measure_coarseness,
    measure_picture,
)
from dpm_tui.pipeline.quality.sample_region import Picture
from dpm_tui.pipeline.transparency.cutout import Cutout, StoredPicture
from dpm_tui.pipeline.transparency.flattening import lay_alike
from dpm_tui.pipeline.transparency.ground import resize_cutout

SHOWN = 4.0
"""Logarithm of the odds from which a place counts as changed in the map."""
FEW_COLOURS = math.log(300)
LARGER = 1.2
"""What speaks for the larger of two before anything is measured: people shrink pictures more often than they
blow them up, and both kinds were learned from alike."""
CLEARLY = 0.12
"""Difference of logarithms that is worth a word."""
PROVED = -10.0
"""Logarithm of the odds that something differs where a proof says that nothing does."""
NEARLY = math.log(1.02)
"""The same of numbers of pixels that are as good as equal."""
FLATTENED = 3.0
"""Logarithm of the odds that a cut-out is better than its flattening, which lost what was transparent."""
FINER = 1.5
"""Logarithm of the odds, measured of what is opaque, from which the flattening holds more all the same."""


@dataclass(frozen=True)
class CopyAtFullSize:
    """An RGB picture (height, width, 3) as its file shows it, with what is known of the file."""

    pixels: Picture
    traits: Numbers
    palette: Palette | None = None
    """Its colours where they are few."""
    cutout: Cutout | None = None

    @classmethod
    def of(cls, picture: StoredPicture, file: FileTraits) -> CopyAtFullSize:
        """Return the picture with its traits measured."""
        pixels = picture.pixels
        return cls(pixels, measure_picture(pixels, file), find_palette(pixels), picture.cutout)


def prepare() -> None:
    """Load what inspecting needs, and keep to one thread: there are as many processes as cores."""
    cv2.setNumThreads(1)
    for name in ("better", "changed"):
        tree_ensemble(name)


def inspect_copies(first: CopyAtFullSize, second: CopyAtFullSize) -> Inspection:
    """Look at two copies of one picture at full size.

    Pure and deterministic. Takes some 0.1 s for two pictures of 12 megapixels that are decoded and measured.
    """
    if (first.cutout is None) != (second.cutout is None):
        return _inspect_flattening(first, second)
    common = to_common_size(first.pixels, second.pixels)
    return _inspect(first, second, common)


def _inspect_flattening(first: CopyAtFullSize, second: CopyAtFullSize) -> Inspection:
    """Look at a cut-out and an opaque picture on the ground of that one.

    The cut-out is the better one, unless the other is larger or clearly finer: then neither stands for both.
    """
    common = to_common_size(first.pixels, second.pixels)
    size = common[0].shape[1], common[0].shape[0]
    stored = [
        StoredPicture(pixels, None if one.cutout is None else resize_cutout(one.cutout, size))
        for one, pixels in zip((first, second), common, strict=True)
    ]
    laid = lay_alike(*stored, coarse=False)
    found = _inspect(first, second, (laid.first, laid.second), laid=True)
    sign = 1 if first.cutout is not None else -1
    larger = sign * float(first.traits[PIXELS] - second.traits[PIXELS])
    if larger < -NEARLY or sign * found.better < -FINER:
        return replace(found, better=0.0, reason="", amount=0.0)
    better = sign * max(sign * found.better, FLATTENED)
    return replace(found, better=better, reason="flattened", amount=0.0)


def _inspect(
    first: CopyAtFullSize, second: CopyAtFullSize, common: tuple[Picture, Picture], *, laid: bool = False
) -> Inspection:
    """Look at two copies brought to one size; if they were ``laid`` on a ground, as they are then."""
    frame = align(*common)
    spots = find_changes(first, second, frame)
    odds = tree_ensemble("changed").score(np.stack([spot.numbers for spot in spots]))
    changed = float(odds.max())
    whole = common if laid else (first.pixels, second.pixels)
    better = _score_better(first, second, whole, common)
    places = _draw(spots, odds.tolist())
    palette = None if laid else _look_at_palettes(first, second)
    proved = palette is not None and palette.proved
    if proved:
        changed, places = min(changed, PROVED), bytes(GRID * GRID)
    elif palette is not None and palette.changed and changed < SHOWN:
        changed, places = SHOWN, _draw_places(palette)
    poorer, other = (second, first) if better > 0 else (first, second)
    reason, amount = _explain(poorer.traits, other.traits)
    return Inspection(
        changed,
        better,
        places,
        reason,
        amount,
        tuple(a - b for a, b in zip(*map(measure_tone, frame), strict=True)),
        proved,
    )


def find_changes(
    first: CopyAtFullSize, second: CopyAtFullSize, frame: tuple[Picture, Picture]
) -> list[ChangedSpot]:
    """Return the places that stand out of two copies that lie over each other in ``frame``."""
    allowed = allow_for_palettes(frame, (first.palette, second.palette))
    return find_spots(*allowed, measure_coarseness(first.traits, second.traits))


def measure_tone(picture: Picture) -> tuple[float, ...]:
    """Return mean and spread of the lightness, means of the two colour axes and of the colourfulness of an
    RGB picture, in levels of 8-bit CIELAB."""
    small = resize(picture, (64, 64))
    light, green, blue = (c.astype(np.float64) for c in cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)))
    colourful = np.hypot(green - 128, blue - 128)
    return (
        float(light.mean()), float(light.std()), float(green.mean()), float(blue.mean()),
        float(colourful.mean()),
    )  # fmt: skip


def better_inputs(first: Numbers, second: Numbers, pair: Numbers) -> Numbers:
    """Return what the ensemble ``better`` is asked on: differences, sums and the pair, in this order.

    For one pair, or for many with a row each.
    """
    ahead = pair[..., 0::2] - pair[..., 1::2]
    return np.concatenate([first - second, first + second, pair, ahead], axis=-1)


def swap_pair(pair: Numbers) -> Numbers:
    """Return the traits of a pair, or of many with a row each, as they are the other way round."""
    swapped = pair.copy()
    swapped[..., 0::2], swapped[..., 1::2] = pair[..., 1::2], pair[..., 0::2]
    return swapped


def _score_better(
    first: CopyAtFullSize,
    second: CopyAtFullSize,
    whole: tuple[Picture, Picture],
    common: tuple[Picture, Picture],
) -> float:
    """Return the logarithm of the odds that the first holds more, whichever comes first."""
    pair = measure_pair(*whole, common)
    inputs = np.stack(
        [
            better_inputs(first.traits, second.traits, pair),
            better_inputs(second.traits, first.traits, swap_pair(pair)),
        ]
    )
    ahead, behind = tree_ensemble("better").score(inputs).tolist()
    larger = float(first.traits[PIXELS] - second.traits[PIXELS])
    prior = math.copysign(LARGER, larger) if abs(larger) > CLEARLY else 0.0
    return float(ahead - behind) / 2 + prior


def _explain(poorer: Numbers, better: Numbers) -> tuple[str, float]:
    """Return what speaks against the poorer of two copies, the plainest first, with its number."""
    size = float(poorer[PIXELS] - better[PIXELS])
    coarse = [max(float(traits[HISTORY]), float(traits[CODED])) for traits in (poorer, better)]
    detail = float(poorer[DETAIL] - better[DETAIL])
    if size < -CLEARLY:
        return "smaller", math.exp(size)
    if size > CLEARLY:
        return "enlarged", math.exp(size)
    if poorer[COLOURS] < FEW_COLOURS and poorer[COLOURS] < better[COLOURS] - 1:
        return "few_colours", round(math.exp(float(poorer[COLOURS])))
    if coarse[0] > coarse[1] + CLEARLY and coarse[0] > -2.5:
        return "recompressed", _quality_of(coarse[0])
    if detail < -CLEARLY:
        return "softer", math.exp(detail)
    if detail > CLEARLY:
        return "noisier", math.exp(detail)
    return "retouched", 0.0


def _quality_of(coarseness: float) -> int:
    """Return the JPEG quality whose tables are as coarse."""
    scale = 100 * math.exp(coarseness)
    return int(min(max(round(5000 / scale if scale > 100 else (200 - scale) / 2), 1), 100))


def _look_at_palettes(first: CopyAtFullSize, second: CopyAtFullSize) -> PaletteTraits | None:
    """Return how far one of two pictures is from being the other one in fewer colours.

    None unless they have one frame and one of them has more colours than a palette can hold, the other not.
    """
    if first.pixels.shape != second.pixels.shape or (first.palette is None) == (second.palette is None):
        return None
    whole, cut = (first, second) if first.palette is None else (second, first)
    return None if cut.palette is None else measure_palette(whole.pixels, cut.pixels, cut.palette)


def _draw_places(palette: PaletteTraits) -> bytes:
    """Return the places that exceed what cutting colours leaves, GRID x GRID bytes."""
    levels: NDArray[np.uint8] = np.clip(palette.places * 127, 0, 255).astype(np.uint8)
    return bytes(levels | (levels > 0))


def _draw(spots: list[ChangedSpot], odds: list[float]) -> bytes:
    """Return the places that changed over the picture, GRID x GRID bytes."""
    places = np.zeros((GRID, GRID), np.uint8)
    for spot, odd in zip(spots, odds, strict=True):
        level = round(255 * min(max(odd + SHOWN, 0.0) / (2 * SHOWN), 1.0))
        # The lowest bit tells what differs (see ``verify.Verdict``).
        level = level & ~1 if spot.colour else level | (level > 0)
        row, column = min(int(spot.down * GRID), GRID - 1), min(int(spot.across * GRID), GRID - 1)
        places[row, column] = max(places[row, column], level)
    return places.tobytes()
